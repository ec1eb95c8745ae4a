# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The page of an API in headless Chromium.

    python3 api_page_test.py build/release/bin build/release/tests/api_server [Page | Policy]

With COUPLET_SCREENSHOTS=FOLDER it leaves pictures of the page there.
"""

import base64
import hashlib
import json
import re
import sys
import unittest
import urllib.request

import chromium
import http_peers
import programs
from chromium import Browser
from programs import DEADLINE, Program

SERVER = sys.argv.pop(2)
ENTER = "\ue007"


def section(request):
    return f'section[data-path="{request}"]'


class Page(unittest.TestCase):
    NEEDS = chromium.NEEDS

    def setUp(self):
        self.url = f"http://127.0.0.1:{self.enterContext(Program(SERVER)).port()}/api/"
        self.driver = self.enterContext(chromium.driver())

    def browse(self, **options):
        browser = Browser(self.driver, **options)
        self.addCleanup(browser.quit)
        browser.open(self.url)
        return browser

    def answer(self, browser, request):
        """What the page shows, once it does."""
        shown = f"{section(request)} output:not([hidden])"
        self.assertTrue(browser.find(f"{section(request)} button:enabled"))
        return [browser.text(f"{shown} {part}") for part in (".status", "code", "pre")]

    def test_a_form_shows_the_answer_below_it(self):
        browser = self.browse()
        multiply = section("Multiply")
        self.assertEqual(browser.property(f"{multiply} [name=x]", "value"), "0.0")
        browser.write(f"{multiply} [name=x]", "1.5")
        browser.write(f"{multiply} [name=y]", "2.25" + ENTER)
        self.assertEqual(self.answer(browser, "Multiply"), [
            "200 OK", "GET Multiply?x=1.5&y=2.25",
            '{"value":["kinds.Output",{"value":3.375},[]]}'])
        self.assertEqual(browser.call("GET", "/url"), self.url)
        browser.picture("multiply.png")

    def test_a_fault_is_shown_as_one(self):
        browser = self.browse()
        browser.write(f'{section("Multiply")} [name=x]', "13")
        browser.click(f'{section("Multiply")} button')
        browser.find(f'{section("Multiply")} output.bad')
        status, _, text = self.answer(browser, "Multiply")
        self.assertRegex(status, "^422 ")
        self.assertEqual(json.loads(text)["value"][0], "kinds.NoProduct")
        browser.picture("fault.png")

    def test_every_kind_of_member_comes_back_as_its_form_has_it(self):
        browser = self.browse()
        everything = section("Everything")
        browser.picture("everything.png")
        by_default = self.fetch("Everything")
        browser.click(f"{everything} button")
        status, where, text = self.answer(browser, "Everything")
        self.assertEqual((status, where.split("?")[0]), ("200 OK", "GET Everything"))
        self.assertEqual(json.loads(text), by_default)

    def test_members_may_be_changed(self):
        browser = self.browse()
        everything = section("Everything")
        browser.click(f"{everything} [name=off]")
        browser.click(f"{everything} [name=on] option:last-child")
        browser.click(f"{everything} [name=colour] option:first-child")
        browser.click(f"{everything} [name=maybe_colour] option:last-child")
        browser.write(f"{everything} [name=maybe]", "-5")
        browser.write(f"{everything} [name=text]", "<i>&\"'")
        browser.write(f"{everything} [name=three]", "[7, 8, 9]")
        browser.click(f"{everything} button")
        status, _, text = self.answer(browser, "Everything")
        members = json.loads(text)["value"][1]
        self.assertEqual(status, "200 OK")
        self.assertEqual([members[name] for name in
                          ("off", "on", "colour", "maybe_colour", "maybe", "text", "three")],
                         [True, False, "red", "green", -5, "<i>&\"'", [7, 8, 9]])
        browser.picture("changed.png")

    def test_members_may_have_the_names_of_what_a_form_has(self):
        browser = self.browse()
        browser.click(f'{section("Clobber")} button')
        status, _, text = self.answer(browser, "Clobber")
        self.assertEqual((status, json.loads(text)["value"][1]["action"]), ("200 OK", "none"))
        self.assertEqual(browser.call("GET", "/url"), self.url)

    def test_what_is_long_is_posted(self):
        browser = self.browse()
        browser.run("document.querySelector('[name=text]').value = 'a'.repeat(5000)")
        browser.click(f'{section("Everything")} button')
        status, where, text = self.answer(browser, "Everything")
        self.assertEqual((status, where), ("200 OK", "POST Everything"))
        self.assertEqual(json.loads(text)["value"][1]["text"], "a" * 5000)

    def test_a_form_leads_to_its_answer_where_scripts_do_not_run(self):
        browser = self.browse(scripts=False)
        browser.write(f'{section("Multiply")} [name=x]', "1.5")
        browser.write(f'{section("Multiply")} [name=y]', "2.25")
        browser.click(f'{section("Multiply")} button')
        self.assertIn('{"value":["kinds.Output",{"value":3.375},[]]}', browser.text("body > pre"))
        browser.open(self.url)
        browser.click(f'{section("Everything")} button')
        self.assertEqual(json.loads(browser.text("body > pre")), self.fetch("Everything"))

    def test_nothing_is_loaded_from_elsewhere_and_nothing_is_refused(self):
        browser = self.browse()
        browser.click(f'{section("Multiply")} button')
        self.answer(browser, "Multiply")
        loaded = browser.run("return performance.getEntriesByType('resource').map(e => e.name)")
        self.assertEqual(loaded, [self.url + "Multiply?x=0.0&y=0.0"])
        self.assertEqual(browser.complaints(), [])

    def test_a_script_that_is_not_the_pages_own_is_refused(self):
        browser = self.browse()
        browser.run("""const script = document.createElement('script');
                       script.textContent = 'document.title = "changed"';
                       document.body.append(script);""")
        self.assertEqual(browser.call("GET", "/title"), "kinds")
        self.assertRegex("\n".join(browser.complaints()), "Content Security Policy")

    def fetch(self, target):
        with urllib.request.urlopen(self.url + target, timeout=DEADLINE) as response:
            return json.load(response)


class Policy(unittest.TestCase):
    NEEDS = ()

    def test_the_policy_has_the_hashes_of_what_is_in_the_page(self):
        url = f"http://127.0.0.1:{self.enterContext(Program(SERVER)).port()}/api/"
        request = urllib.request.Request(url, headers={"Accept": "text/html"})
        with urllib.request.urlopen(request, timeout=DEADLINE) as response:
            policy, page = response.headers["Content-Security-Policy"], response.read()
        for element in (b"style", b"script"):
            content = re.search(b"<%b>(.*?)</%b>" % (element, element), page, re.DOTALL).group(1)
            digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
            self.assertIn(f"{element.decode()}-src 'sha256-{digest}';", policy)


if __name__ == "__main__":
    http_peers.main()
