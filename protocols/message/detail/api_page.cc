// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/api_page.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <couplet/protocols/http/escape_html.h>
#include <couplet/protocols/http/percent.h>
#include <couplet/protocols/message/detail/scalar.h>

namespace couplet::detail {

namespace {

using Kind = ValueType::Kind;

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --link: #2563eb; --bad: #dc2626; }
@media (prefers-color-scheme: dark) { :root { --link: #7aa9f9; --bad: #f87171; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin: 0; font-size: 1.75rem; }
h2 { margin: 0; font-size: 1.25rem; }
p { margin: .25rem 0 1rem; }
.type, .answer { font-size: .875rem; opacity: .75; }
section { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.25rem;
  margin: 1rem 0; }
.row { display: grid; grid-template-columns: 15rem 1fr; gap: .25rem 1rem; margin: .5rem 0; }
.row label, dt { font-weight: 600; overflow-wrap: anywhere; }
.row .type { display: block; font-weight: 400; }
input, select, textarea, button { font: inherit; padding: .3rem .5rem; border-radius: .3rem;
  border: 1px solid var(--line); box-sizing: border-box; background: var(--soft); color: inherit; }
input:not([type=checkbox]), select, textarea { width: 100%; }
input[type=checkbox] { justify-self: start; align-self: center; }
code, pre, textarea { font: .875rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
textarea { resize: vertical; }
button { background: #2563eb; border-color: transparent; color: #fff; padding: .3rem 1.25rem;
  cursor: pointer; }
button:disabled { opacity: .5; }
a { color: var(--link); overflow-wrap: anywhere; }
output { display: block; margin-top: 1rem; border-left: 3px solid #16a34a; padding-left: .75rem; }
output[hidden] { display: none; }
output.bad { border-color: var(--bad); }
.bad .status { color: var(--bad); }
.status { font-weight: 600; margin-right: .75rem; }
pre { margin: .25rem 0 0; white-space: pre-wrap; }
dd { margin: 0 0 .5rem 1rem; }
@media (max-width: 36rem) { .row { grid-template-columns: 1fr; } }
)";

// Names of members are those of inputs, and hide what a form has by such a name: so the script asks
// the section for everything. An input that is empty is not sent where that would be a text, and
// the default is none.
constexpr std::string_view kScript = R"(
const longest = 2000;

function show(section, isGood, status, where, text) {
  const output = section.querySelector("output");
  output.hidden = false;
  output.classList.toggle("bad", !isGood);
  output.querySelector(".status").textContent = status;
  output.querySelector("code").textContent = where;
  output.querySelector("pre").textContent = text;
}

async function ask(section, form) {
  const given = new URLSearchParams();
  for (const [name, value] of new FormData(form)) given.append(name, value);
  for (const input of section.querySelectorAll("[data-none]"))
    if (input.value === "") given.delete(input.name);
  const path = section.dataset.path;
  const query = String(given);
  const url = query ? path + "?" + query : path;
  const isLong = url.length > longest;
  const where = isLong ? "POST " + path : "GET " + url;
  try {
    const answer = await fetch(isLong ? path : url, isLong ? {method: "POST", body: given} : {});
    const text = await answer.text();
    show(section, answer.ok, answer.status + " " + answer.statusText, where, text);
  } catch (error) {
    show(section, false, "No answer", where, error.message);
  }
}

document.addEventListener("submit", async event => {
  event.preventDefault();
  const section = Element.prototype.closest.call(event.target, "section");
  const button = section.querySelector("button");
  button.disabled = true;
  await ask(section, event.target);
  button.disabled = false;
});
)";

std::string formatText(std::string_view format) {
  if (format == "byte") return "base64";
  if (format == "date-time") return "time";
  return std::string(format);
}

/// For people: "list of optional int32".
std::string typeText(const ValueType* type) {
  switch (type->kind) {
    case Kind::kBool:
      return "boolean";
    case Kind::kInteger: {
      const auto& integer = as<IntegerType>(type);
      return (integer.isSigned ? "int" : "uint") + std::to_string(integer.size * 8);
    }
    case Kind::kReal:
      return "number";
    case Kind::kString:
      return "text";
    case Kind::kText:
      return isEnumeration(type) ? "choice" : formatText(as<TextType>(type).format);
    case Kind::kOptional:
      return "optional " + typeText(as<OptionalType>(type).inner);
    case Kind::kList: {
      const auto& list = as<ListType>(type);
      const std::string count = list.size > 0 ? std::to_string(list.size) + ' ' : "";
      return "list of " + count + typeText(list.element);
    }
    case Kind::kPair: {
      const auto& parts = as<PairType>(type).parts;
      return '[' + typeText(parts[0]) + ", " + typeText(parts[1]) + ']';
    }
    case Kind::kMap:
      return "object of " + typeText(as<MapType>(type).element);
    case Kind::kMessage:
      return std::string(as<MessageType>(type).shortName());
  }
  return "";
}

class PageWriter {
 public:
  explicit PageWriter(const ApiDescription& api) : api_(api) {}

  std::string write() {
    const std::string title = escapeHTML(api_.title());
    add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
        title, "</title>\n<style>", kStyle, "</style>\n</head>\n<body>\n<h1>", title,
        "</h1>\n<p>As a program sees it: <a href=\"openapi.json\">openapi.json</a></p>\n");
    for (const DescribedRequest& request : api_.requests()) writeRequest(request);
    writeMessages();
    add("<script>", kScript, "</script>\n</body>\n</html>\n");
    return std::move(page_);
  }

 private:
  template <class... Piece>
  void add(const Piece&... pieces) {
    (page_.append(pieces), ...);
  }
  void addAttribute(std::string_view name, std::string_view value) {
    add(" ", name, "=\"", escapeHTML(value), "\"");
  }

  void writeRequest(const DescribedRequest& request) {
    const std::string_view name = request.message->type->shortName();
    add("<section");
    addAttribute("data-path", percentEncode(name));
    add(">\n<h2>", escapeHTML(name), "</h2>\n<p class=\"answer\">Answers with ",
        escapeHTML(request.answer->type->shortName()), "</p>\n<form");
    addAttribute("action", percentEncode(name));
    add(">\n");
    for (const DescribedMember& member : request.message->members) writeRow(member);
    add("<button>Send</button>\n</form>\n"
        "<output hidden><span class=\"status\"></span><code></code><pre></pre></output>\n"
        "</section>\n");
  }

  void writeRow(const DescribedMember& member) {
    id_ = 'm' + std::to_string(++rows_);
    add("<div class=\"row\"><label");
    addAttribute("for", id_);
    add(">", escapeHTML(member.name), "<span class=\"type\">", escapeHTML(typeText(member.type)),
        "</span></label>");
    writeInput(member);
    add("</div>\n");
  }

  void writeInput(const DescribedMember& member) {
    const ValueType* const type = withoutOptional(member.type);
    const std::string value = bareText(member.byDefault.value_or(""));
    if (isNested(type)) return writeTextArea(member, member.byDefault.value_or(""));
    if (isEnumeration(type)) return writeChoice(member, value);
    if (type->kind != Kind::kBool) return writeField(member, value);
    if (member.byDefault == "false") return writeCheckbox(member);
    writeTruth(member, value);
  }

  void begin(std::string_view tag, const DescribedMember& member) {
    add("<", tag);
    addAttribute("id", id_);
    addAttribute("name", member.name);
    const bool isNoneByDefault = member.byDefault == "null";
    if (isNoneByDefault && mayBeEmpty(withoutOptional(member.type))) add(" data-none");
  }

  void writeField(const DescribedMember& member, std::string_view value) {
    const ValueType* const type = withoutOptional(member.type);
    begin("input", member);
    if (type->kind == Kind::kInteger) {
      addAttribute("type", "number");
      addRange(as<IntegerType>(type));
    } else if (type->kind == Kind::kReal) {
      add(" type=\"number\" step=\"any\"");
    } else if (type->kind == Kind::kText && as<TextType>(type).format == "date") {
      addAttribute("type", "date");
    }
    addAttribute("value", value);
    add(">");
  }

  void addRange(const IntegerType& type) {
    const int bits = type.size * 8;
    const std::uint64_t all = std::numeric_limits<std::uint64_t>::max() >> (64 - bits);
    const auto most = static_cast<std::int64_t>(all >> 1);
    addAttribute("min", type.isSigned ? std::to_string(-most - 1) : "0");
    addAttribute("max", type.isSigned ? std::to_string(most) : std::to_string(all));
  }

  /// What is not checked is not sent, so this is for what is false by default.
  void writeCheckbox(const DescribedMember& member) {
    begin("input", member);
    add(" type=\"checkbox\" value=\"true\">");
  }

  void writeTruth(const DescribedMember& member, std::string_view value) {
    beginChoice(member, value);
    writeOption("true", value);
    writeOption("false", value);
    add("</select>");
  }

  void writeChoice(const DescribedMember& member, std::string_view value) {
    const auto& names = as<TextType>(withoutOptional(member.type));
    beginChoice(member, value);
    for (std::size_t i = 0; !names.name(i).empty(); ++i) writeOption(names.name(i), value);
    add("</select>");
  }

  /// With an empty choice where nothing is one, or is the default.
  void beginChoice(const DescribedMember& member, std::string_view value) {
    begin("select", member);
    add(">");
    if (member.type->kind == Kind::kOptional || value.empty()) writeOption("", value);
  }

  void writeOption(std::string_view name, std::string_view chosen) {
    add("<option", name == chosen ? " selected>" : ">", escapeHTML(name), "</option>");
  }

  void writeTextArea(const DescribedMember& member, std::string_view json) {
    begin("textarea", member);
    addAttribute("rows", std::to_string(std::min<std::size_t>(10, 1 + json.size() / 50)));
    add(" spellcheck=\"false\">", json == "null" ? "" : escapeHTML(json), "</textarea>");
  }

  void writeMessages() {
    add("<section>\n<h2>Messages</h2>\n<dl>\n");
    for (const DescribedMessage& message : api_.messages()) {
      if (!message.isReached) continue;
      add("<dt>", escapeHTML(message.type->name), "</dt>\n");
      for (const DescribedMember& member : message.members) writeMember(member);
    }
    add("</dl>\n</section>\n");
  }

  void writeMember(const DescribedMember& member) {
    add("<dd>", escapeHTML(member.name), " <span class=\"type\">",
        escapeHTML(typeText(member.type)));
    if (member.byDefault) add(" = ", escapeHTML(*member.byDefault));
    add("</span></dd>\n");
  }

  const ApiDescription& api_;
  std::string page_;
  std::string id_;  // of the input that is being written
  int rows_ = 0;
};

}  // namespace

std::string pageOf(const ApiDescription& api) { return PageWriter(api).write(); }

std::string_view pagePolicy() noexcept {
  return "default-src 'none'; "
         "style-src 'sha256-NbqWyXnIEIjk8e0tcwUOF2hpnCUTDa09qPw0N7YOGNs='; "
         "script-src 'sha256-RkgS4lDQH4JS8DpbCkPWAlJLnh57U1D5KfpBs5CPnCI='; "
         "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
}

}  // namespace couplet::detail
