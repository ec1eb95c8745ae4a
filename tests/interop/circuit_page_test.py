# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The pages of the circuit's nodes in headless Chromium.

    python3 circuit_page_test.py build/release/bin

With COUPLET_SCREENSHOTS=FOLDER it leaves pictures of them there.
"""

import re
import signal
import unittest

import chromium
import http_peers
import programs
from chromium import Browser
from programs import Program


class Node(Program):
    """A node that serves, at `number`."""

    def __init__(self, sketch, *arguments, port=0):
        super().__init__("circuit", sketch, f"--port={port}", *arguments)
        line = self.out.until("serving on")
        self.number = int(re.search(r"localhost:(\d+)$", line).group(1))


class Page(unittest.TestCase):
    NEEDS = chromium.NEEDS

    def setUp(self):
        self.driver = self.enterContext(chromium.driver())
        self.buzzer = self.enterContext(Node("buzzer"))
        self.pin = self.enterContext(self.new_pin(chance=0))

    def new_pin(self, port=0, chance=0):
        return Node("iopin", f"--chance={chance}", f"--buzzer=127.0.0.1:{self.buzzer.number}", port=port)

    def browse(self, node, scheme="light"):
        browser = Browser(self.driver)
        self.addCleanup(browser.quit)
        browser.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]}})
        browser.open(f"http://127.0.0.1:{node.number}/")
        browser.find("body.live")
        self.until(browser, "document.title.endsWith('circuit')")
        browser.run("""window.wasLit = false;
            new MutationObserver(() => { wasLit ||= at('buzzer').classList.contains('on'); })
                .observe(at('buzzer'), {attributes: true});""")
        return browser

    def until(self, browser, condition):
        """Waits until the expression is true in the page."""
        self.assertIs(browser.wait_for(
            f"while (!({condition})) await new Promise(go => setTimeout(go, 20)); return true;"), True)

    def tick(self, count=1, delay=0):
        done = programs.run("circuit", "clock", f"--port={self.pin.number}", f"--tacks={count}",
                            f"--delay={delay}")
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def texts(self, browser, *names):
        return [browser.text("#" + name) for name in names]

    def test_the_pins_page_shows_ticks_bits_and_the_buzzer(self):
        browser = self.browse(self.pin)
        self.assertEqual(self.texts(browser, "node", "link", "tick", "pinText", "buzzes", "summary"), [
            "IOPin", "live", "no tick yet", "no bits yet", "silent", "Nothing has happened yet."])
        browser.picture("circuit_quiet.png")
        self.tick(2)
        self.until(browser, "at('buzzes').textContent === 'buzzes: 6'")
        self.assertEqual(self.texts(browser, "tick", "pinText", "summary"),
                         ["tick 1", "1 1 1", "Tick 1: the pin is 1 1 1."])
        self.assertEqual(browser.run("return document.querySelectorAll('.bit.one').length"), 3)
        self.assertEqual(browser.run("return at('hand').style.transform"), "rotate(60deg)")
        self.assertTrue(browser.run("return wasLit"))

    def test_the_buzzer_lights_up_for_a_while(self):
        browser = self.browse(self.pin)
        self.tick()
        self.until(browser, "wasLit")
        browser.picture("circuit_light.png")
        self.until(browser, "!at('buzzer').classList.contains('on')")

    def test_zeros_do_not_light_the_buzzer(self):
        with self.new_pin(chance=1) as self.pin:
            browser = self.browse(self.pin)
            self.tick()
            self.until(browser, "at('line').getAttribute('d') !== ''")
            self.assertEqual(self.texts(browser, "pinText", "buzzes"), ["0 0 0", "silent"])
            self.assertFalse(browser.run("return wasLit"))

    def test_in_the_dark(self):
        with self.new_pin(chance=0.5) as self.pin:
            browser = self.browse(self.pin, "dark")
            self.tick(9)
            self.until(browser, "at('tick').textContent === 'tick 8'")
            browser.picture("circuit_dark.png")
            self.assertEqual(browser.run("return getComputedStyle(document.body).backgroundColor"),
                             "rgb(17, 21, 27)")

    def test_the_buzzers_page_shows_what_the_buzzer_hears(self):
        browser = self.browse(self.buzzer)
        self.tick()
        self.until(browser, "at('buzzes').textContent === 'buzzes: 3'")
        self.assertEqual(self.texts(browser, "node", "tick", "pinText", "summary"),
                         ["Buzzer", "not seen from here", "1", "The last signal is 1."])
        browser.find("#clock.unseen")
        browser.picture("circuit_buzzer.png")

    def test_it_says_that_the_buzzer_is_gone(self):
        browser = self.browse(self.pin)
        self.buzzer.stop(signal.SIGKILL)
        self.tick()
        browser.find("body.trouble")
        self.assertRegex(browser.text("#summary"), "^The buzzer gets nothing: .* refused")
        browser.picture("circuit_trouble.png")

    def test_it_says_that_it_is_disconnected_and_connects_again_by_itself(self):
        browser = self.browse(self.pin)
        self.assertEqual(self.pin.stop(signal.SIGINT), 0)
        browser.find("body:not(.live)")
        self.assertEqual(browser.text("#link"), "disconnected, trying again")
        browser.picture("circuit_disconnected.png")
        with self.new_pin(port=self.pin.number) as self.pin:
            browser.find("body.live")
            self.tick()
            self.until(browser, "at('tick').textContent === 'tick 0'")

    def test_who_comes_later_sees_what_is(self):
        self.tick(2)
        browser = self.browse(self.pin)
        self.assertEqual(self.texts(browser, "tick", "buzzes"), ["tick 1", "buzzes: 6"])

    def test_nothing_is_loaded_from_elsewhere_and_nothing_is_refused(self):
        browser = self.browse(self.pin)
        self.tick()
        self.until(browser, "at('tick').textContent === 'tick 0'")
        loaded = browser.run("return performance.getEntriesByType('resource').map(e => e.name)")
        self.assertEqual({name.removeprefix(f"http://127.0.0.1:{self.pin.number}/") for name in loaded}
                         - {"data:,"}, {"page.css", "page.js"})
        self.assertEqual(browser.complaints(), [])

    def test_it_can_be_heard(self):
        browser = self.browse(self.pin)
        self.assertEqual(browser.run("return document.querySelector('#summary').ariaLive"), "polite")
        for picture in ("#circuit", "#scope"):
            name = browser.call("GET", browser.find(picture) + "/computedlabel")
            self.assertGreater(len(name), 20)


if __name__ == "__main__":
    http_peers.main()
