// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/circuit/page_text.h"

namespace circuit {

constexpr std::string_view kPage = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>circuit</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
<script src="page.js" defer></script>
</head>
<body>
<header>
<h1>Circuit</h1>
<p>as <strong id="node">this node</strong> knows it</p>
<p id="link" role="status">connecting</p>
</header>
<main>
<svg id="circuit" viewBox="0 0 760 250" role="img" aria-labelledby="what">
<title id="what">A clock, wired to a pin, wired to a buzzer</title>
<g class="wires">
<path d="M178 100 H272"/><path d="M488 100 H582"/>
<circle id="tickDot" class="dot" cx="178" cy="100" r="6"/>
<circle id="bitDot" class="dot" cx="488" cy="100" r="6"/>
</g>
<g id="clock" class="part">
<circle class="body" cx="116" cy="100" r="62"/>
<path class="marks" d="M116 46v9M116 145v9M62 100h9M161 100h9"/>
<path id="hand" class="hand" d="M116 108V58"/>
<circle class="hub" cx="116" cy="100" r="6"/>
</g>
<g id="pin" class="part">
<path class="legs" d="M312 40V26M358 40V26M402 40V26M448 40V26M312 160v14M358 160v14M402 160v14M448 160v14"/>
<rect class="body" x="272" y="40" width="216" height="120" rx="14"/>
<g id="bits"></g>
</g>
<g id="buzzer" class="part">
<path class="sound" d="M695 40a84 84 0 0 1 0 120M713 26a106 106 0 0 1 0 148"/>
<circle class="body" cx="644" cy="100" r="62"/>
<circle class="ring" cx="644" cy="100" r="40"/>
<circle class="hub" cx="644" cy="100" r="11"/>
</g>
<g class="labels">
<text class="name" x="116" y="210">clock</text><text id="tick" x="116" y="236"></text>
<text class="name" x="380" y="210">I/O pin</text><text id="pinText" x="380" y="236"></text>
<text class="name" x="644" y="210">buzzer</text><text id="buzzes" x="644" y="236"></text>
</g>
</svg>
<figure>
<svg id="scope" viewBox="0 0 760 96" role="img" aria-labelledby="trace">
<title id="trace">The last signals that the buzzer got</title>
<path class="grid" d="M20 24H740M20 72H740"/>
<text x="8" y="28">1</text><text x="8" y="76">0</text>
<path id="line" d=""/>
</svg>
<figcaption>What the buzzer got, the latest on the right</figcaption>
</figure>
<p id="summary" aria-live="polite"></p>
<noscript><p>The picture needs JavaScript.</p></noscript>
</main>
</body>
</html>
)";

constexpr std::string_view kPageStyle = R"(:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #fff; --ink: #1c2430; --soft: #6b7686; --line: #c9d0da;
  --metal: #e9edf2; --live: #15803d; --lost: #c2410c; --signal: #2563eb; --glow: #f59e0b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151b; --card: #181e27; --ink: #e6ebf2; --soft: #93a0b2; --line: #3a4554;
    --metal: #232c38; --live: #4ade80; --lost: #fb923c; --signal: #7aa9f9; --glow: #fbbf24;
  }
}
body {
  font: 16px/1.5 system-ui, sans-serif; background: var(--ground); color: var(--ink);
  max-width: 52rem; margin: 2rem auto; padding: 0 1rem;
}
header { display: flex; align-items: baseline; gap: .75rem; flex-wrap: wrap; }
h1 { margin: 0; font-size: 1.75rem; }
header p { margin: 0; color: var(--soft); }
strong { color: var(--ink); }
#link { margin-left: auto; font-weight: 600; color: var(--lost); }
#link::before { content: "○ "; }
.live #link { color: var(--live); }
.live #link::before { content: "● "; }
main {
  background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.5rem 1.25rem 1rem; margin-top: 1rem;
}
svg { display: block; width: 100%; height: auto; overflow: visible; }
main > svg, figure { transition: opacity .3s; }
body:not(.live) main > svg, body:not(.live) figure { opacity: .35; }
figure { margin: 1.25rem 0 0; }
figcaption { color: var(--soft); font-size: .875rem; text-align: center; }
#summary { min-height: 1.5em; text-align: center; margin: 1rem 0 0; }
.trouble #summary { color: var(--lost); }

.body { fill: var(--metal); stroke: var(--line); stroke-width: 3; }
.wires path { stroke: var(--line); stroke-width: 5; stroke-linecap: round; }
.dot { fill: var(--signal); opacity: 0; }
.trouble .wires path:nth-of-type(2) { stroke: var(--lost); stroke-dasharray: 2 12; }
.marks, .legs { stroke: var(--soft); stroke-width: 4; stroke-linecap: round; }
.legs { stroke: var(--line); stroke-width: 10; }
.hand { stroke: var(--ink); stroke-width: 5; stroke-linecap: round; transform-origin: 116px 100px;
  transition: transform .25s ease-out; }
.hub { fill: var(--ink); }
.ring { fill: none; stroke: var(--line); stroke-width: 3; }
.bit circle { fill: var(--card); stroke: var(--soft); stroke-width: 3; }
.bit text { fill: var(--soft); }
.bit.one circle { fill: var(--signal); stroke: var(--signal); }
.bit.one text { fill: var(--card); }
.sound { fill: none; stroke: var(--glow); stroke-width: 6; stroke-linecap: round; opacity: 0;
  transition: opacity .2s; }
#buzzer .body, #buzzer .hub { transition: fill .2s, stroke .2s; }
#buzzer.on .body { fill: var(--glow); stroke: var(--glow); }
#buzzer.on .ring { stroke: var(--card); }
#buzzer.on .hub { fill: var(--card); }
#buzzer.on .sound { opacity: 1; }
.unseen { opacity: .4; }
.unseen .body { stroke-dasharray: 6 8; }
text { fill: var(--soft); text-anchor: middle; font: 16px ui-monospace, monospace; }
.name { fill: var(--ink); font: 600 18px system-ui, sans-serif; }
.grid { stroke: var(--line); stroke-width: 1; stroke-dasharray: 2 6; }
#line { fill: none; stroke: var(--signal); stroke-width: 4; stroke-linejoin: round;
  stroke-linecap: round; }
#scope { background: none; margin-top: .5rem; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
)";

constexpr std::string_view kPageScript = R"js("use strict";

const at = id => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const glow = 700;  // ms that the buzzer stays lit
let shown = null;  // the state that is; null before there is one
let dark = 0;      // the timer that puts the buzzer out
let wait = 250;    // ms until the next attempt to connect

function make(kind, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function drawBits(bits) {
  const step = Math.min(60, 200 / bits.length);
  at("bits").replaceChildren(...bits.map((bit, i) => {
    const x = 380 + (i - (bits.length - 1) / 2) * step;
    const group = make("g", {class: bit ? "bit one" : "bit"});
    const text = make("text", {x, y: 106});
    text.textContent = step < 20 ? "" : bit;
    group.append(make("circle", {cx: x, cy: 100, r: Math.min(22, step * .4)}), text);
    return group;
  }));
}

function drawSignals(signals) {
  const step = 15;
  let x = 740 - signals.length * step;
  let path = "";
  for (const signal of signals) {
    const y = signal ? 24 : 72;
    path += path ? `V${y}` : `M${x} ${y}`;
    path += `H${x += step}`;
  }
  at("line").setAttribute("d", path);
}

function run(dot) {
  if (calm.matches) return;
  at(dot).animate([{opacity: 1}, {opacity: 1, transform: "translateX(94px)"}], 350);
}

function buzz() {
  at("buzzer").classList.add("on");
  clearTimeout(dark);
  dark = setTimeout(() => at("buzzer").classList.remove("on"), glow);
}

function summary(state) {
  if (state.trouble) return "The buzzer gets nothing: " + state.trouble;
  if (state.ticks > 0) return `Tick ${state.tick}: the pin is ${state.bits.join(" ")}.`;
  if (state.signals.length > 0) return `The last signal is ${state.signals.at(-1)}.`;
  return "Nothing has happened yet.";
}

function show(state) {
  const seesClock = state.node !== "Buzzer";
  const bits = seesClock ? state.bits : state.signals.slice(-1);
  document.title = state.node + ": circuit";
  document.body.classList.toggle("trouble", state.trouble !== "");
  at("node").textContent = state.node;
  at("clock").classList.toggle("unseen", !seesClock);
  at("hand").style.transform = `rotate(${state.ticks * 30}deg)`;
  at("tick").textContent = !seesClock ? "not seen from here"
      : state.ticks > 0 ? "tick " + state.tick : "no tick yet";
  at("pinText").textContent = bits.length > 0 ? bits.join(" ") : "no bits yet";
  at("buzzes").textContent = state.buzzes > 0 ? "buzzes: " + state.buzzes : "silent";
  at("summary").textContent = summary(state);
  drawBits(bits);
  drawSignals(state.signals);
  if (shown !== null && state.ticks !== shown.ticks) run("tickDot");
  if (shown !== null && String(state.signals) !== String(shown.signals)) run("bitDot");
  if (shown !== null && state.buzzes > shown.buzzes) buzz();
  shown = state;
}

function setLive(isLive) {
  document.body.classList.toggle("live", isLive);
  at("link").textContent = isLive ? "live" : "disconnected, trying again";
}

function connect() {
  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/live");
  socket.addEventListener("open", () => {
    wait = 250;
    setLive(true);
  });
  socket.addEventListener("message", event => show(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    setLive(false);
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 4000);
  });
}

connect();
)js";

}  // namespace circuit
