#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: browser.py DMASPACE IRIS.dtb TRACE.txt

Opens reports in a real browser without a screen: they load nothing, answer questions, work with the keyboard, hold
hostile input, and read well in light, dark and on a narrow window. TAP.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import hostile  # noqa: E402
import webdriver  # noqa: E402

RIGHT, LEFT, TAB, ENTER, ESCAPE, END = "\ue014", "\ue012", "\ue004", "\ue007", "\ue00c", "\ue010"

# Contrast of text with what is behind it, by WCAG 2: the least of all texts on the page, with that text.
CONTRAST = """
const channel = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const luminance = (rgb) => 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const behind = (node) => {
  for (; node; node = node.parentElement) {
    const colour = parse(getComputedStyle(node).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
let worst = [99, ""];
for (const node of document.querySelectorAll("body *")) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  if (!own || node instanceof SVGElement || !node.checkVisibility()) continue;
  const a = luminance(parse(getComputedStyle(node).color)), b = luminance(behind(node));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < worst[0]) worst = [ratio, node.textContent];
}
return worst;
"""

ANSWERS = "return [...document.querySelectorAll('#answers p')].map((p) => p.textContent)"
READOUT = "return document.activeElement.parentElement.querySelector('.readout').textContent"


class Pages:
    def __init__(self, browser, dmaspace, tree, trace, folder):
        self.browser = browser
        self.dmaspace = dmaspace
        self.folder = folder
        self.tree = self.make(tree)
        self.trace = self.make(trace, "--reserve", "0-0x257fffff")

    def make(self, source, *options):
        page = self.folder / (pathlib.Path(source).stem + ".html")
        subprocess.run([self.dmaspace, "report", source, "-o", page, *options], check=True)
        return page

    def ask(self, question):
        self.browser.run("document.getElementById('query').value = ''")
        self.browser.type_into("#query", question + ENTER)
        return self.browser.run(ANSWERS)


def must(condition, *what):
    if not condition:
        raise AssertionError(*what)


def a_page_loads_nothing_and_complains_of_nothing(pages):
    for page in (pages.tree, pages.trace):
        pages.browser.requests()
        pages.browser.open(page)
        must(pages.browser.run("return document.querySelectorAll('details.device').length") > 0, "no devices")
        asked = pages.browser.requests()
        must(asked == [page.resolve().as_uri()], asked)
        log = pages.browser.log("browser")
        must(log == [], log)


def the_policy_refuses_what_is_not_the_pages_own(pages):
    pages.browser.open(pages.tree)
    run = pages.browser.run("""
        const script = document.createElement('script');
        script.textContent = 'window.foreign = true';
        document.body.append(script, Object.assign(document.createElement('img'), {src: 'http://127.0.0.1:1/x.png'}));
        return window.foreign === undefined""")
    must(run, "a foreign script ran")
    texts = [entry["message"] for entry in pages.browser.log("browser")]
    must(any("script" in text and "Content Security Policy" in text for text in texts), texts)
    must(any("x.png" in text and "Content Security Policy" in text for text in texts), texts)


def the_search_knows_who_owns_an_address_on_a_stream(pages):
    pages.browser.open(pages.tree)
    answer, = pages.ask("0x25801000 on 0x1940")
    must("/non-pixel" in answer and "it is free" in answer, answer)
    answer, = pages.ask("who owns 0x25701000 on 0x1940?")
    must("not in iommu-ranges" in answer and "0x257fffff" in answer, answer)
    answer, = pages.ask("0xe0000000 on 0x1944")
    must("/bitstream" in answer and "reserved by" in answer, answer)
    answer, = pages.ask("0x1000 on 0x1941")
    must("No device owns stream 0x1941" in answer, answer)
    answer = pages.ask("0x1a20")[0]
    must("Stream 0x1a20 of iommu@15000000 belongs to" in answer and "/non-pixel" in answer, answer)
    must(len(pages.ask("video-codec")) == 4, "names")
    must(pages.ask("0x10000000000000000 on 1") == ["No device has “0x10000000000000000 on 1” in its name."])
    must(pages.ask("0xffffffffffffffff on 0x1940")[0].endswith("not translated."))


def an_answer_leads_to_the_place(pages):
    pages.browser.open(pages.tree)
    pages.ask("0x25701000 on 0x1940")
    pages.browser.run("document.querySelector('#answers button').click()")
    must("0x0 – 0x257fffff" in pages.browser.run(READOUT), pages.browser.run(READOUT))
    must(pages.browser.run("return document.activeElement.closest('details').open"), "closed")


def a_space_is_walked_with_the_arrow_keys(pages):
    pages.browser.open(pages.tree)
    pages.browser.run("""
        const card = [...document.querySelectorAll('details.device')].find((d) => d.textContent.includes('non-pixel'));
        card.open = true;
        card.querySelector('summary').focus()""")
    for _ in range(8):
        pages.browser.keys(TAB)
        if pages.browser.run("return document.activeElement.tagName") == "svg":
            break
    pages.browser.keys(RIGHT, RIGHT)
    must("0x25800000 – 0xdabfffff" in pages.browser.run(READOUT), pages.browser.run(READOUT))
    pages.browser.keys(END)
    must("0xfffffffff" in pages.browser.run(READOUT), pages.browser.run(READOUT))
    pages.browser.keys(LEFT, "+", "+")
    axis = pages.browser.run("return [...document.activeElement.querySelectorAll('text')].map((t) => t.textContent)")
    must("0xfffffffff" not in axis, axis)
    pages.browser.keys("0")
    axis = pages.browser.run("return [...document.activeElement.querySelectorAll('text')].map((t) => t.textContent)")
    must("0xfffffffff" in axis and "0x0" in axis, axis)
    pages.browser.keys(ESCAPE)
    must("Point at" in pages.browser.run(READOUT), "still chosen")


def the_search_box_is_a_key_away(pages):
    pages.browser.open(pages.tree)
    pages.browser.keys("/")
    must(pages.browser.run("return document.activeElement.id") == "query")
    pages.browser.keys(*"0x1943", ENTER)
    must("/pixel" in pages.browser.run(ANSWERS)[0], pages.browser.run(ANSWERS))


def everything_to_act_on_has_a_name(pages):
    for page in (pages.tree, pages.trace):
        pages.browser.open(page)
        pages.ask("0x1000")
        shown = pages.browser.run("""
            return [...document.querySelectorAll('button, input, summary, svg[tabindex], table')]
                .filter((node) => node.checkVisibility())""")
        must(len(shown) > 10, shown)
        for element in shown:
            element = element[webdriver.ELEMENT]
            must(pages.browser.name_of(element).strip(), page.name, pages.browser.html_of(element))


def a_trace_shows_what_broke_the_rules(pages):
    pages.browser.open(pages.trace)
    text = pages.browser.run("return document.body.innerText")
    must("of 2 ranges that the kernel gave break the rules" in text, text)
    must(pages.browser.run("return document.querySelectorAll('rect.bad-range[x]').length") > 0, "no red range")
    answer = pages.ask("0x10001000")
    must(any("decode (pid 102), against the rules" in line for line in answer), answer)


def the_chart_is_read_with_the_arrow_keys(pages):
    pages.browser.open(pages.trace)
    pages.browser.run("document.querySelector('svg[aria-roledescription=chart]').focus()")
    pages.browser.keys(*[RIGHT] * 121)
    readout = pages.browser.run(READOUT)
    must("2 ranges; kernel 6.3 % split" in readout and "dmaspace 0.0 % split" in readout, readout)


def a_narrow_window_needs_no_sideways_scrolling(pages):
    try:
        for page in (pages.tree, pages.trace):
            pages.browser.size(340, 800)
            pages.browser.open(page)
            pages.browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            width = pages.browser.run("return document.documentElement.scrollWidth")
            must(width <= 340, page.name, width)
    finally:
        pages.browser.devtools("Emulation.clearDeviceMetricsOverride")


def a_narrow_window_breaks_no_short_name(pages):
    try:
        pages.browser.size(340, 800)
        pages.browser.open(pages.tree)
        lines = pages.browser.run("""
            document.querySelectorAll('details').forEach((d) => { d.open = true; });
            return [...document.querySelectorAll('td')].filter((td) => td.textContent.startsWith('arm,smmu'))
                .map((td) => {
                  const text = document.createRange();
                  text.selectNodeContents(td);
                  return text.getClientRects().length;
                })""")
        must(lines and max(lines) == 1, lines)
        hidden = pages.browser.run("""
            return [...document.querySelectorAll('.scroll')].map((box) => box.scrollWidth - box.clientWidth)""")
        must(max(hidden) == 0, hidden)
    finally:
        pages.browser.devtools("Emulation.clearDeviceMetricsOverride")


def one_of_a_kind_is_not_told_as_several(pages):
    pages.browser.open(pages.make(hostile.broken_tree(pages.folder)))
    tiles = pages.browser.run("return [...document.querySelectorAll('#tiles > div')].map((d) => d.textContent)")
    must("DMA master1" in tiles and "reserved regions0" in tiles, tiles)


def light_and_dark_are_both_legible(pages):
    papers = []
    for scheme in ("light", "dark"):
        pages.browser.scheme(scheme)
        for page in (pages.tree, pages.trace):
            pages.browser.open(page)
            pages.ask("0x1000")
            ratio, text = pages.browser.run(CONTRAST)
            must(ratio >= 4.5, scheme, ratio, text)
        papers.append(pages.browser.run("return getComputedStyle(document.body).backgroundColor"))
    must(papers[0] != papers[1], papers)


def hostile_names_stay_text(pages):
    for source in (hostile.tree(pages.folder), hostile.trace(pages.folder)):
        pages.browser.open(pages.make(source))
        must(pages.browser.run("return document.querySelectorAll('details.device').length") == 1, source)
        must(pages.browser.run("return window.owned === undefined && !document.querySelector('img')"), source)
        must("</script>" in pages.browser.run("return document.body.innerText"), "the name is not shown")
        log = pages.browser.log("browser")
        must(log == [], log)


def a_finding_says_what_linux_does_and_what_to_do(pages):
    pages.browser.open(pages.make(hostile.broken_tree(pages.folder)))
    text = pages.browser.run("return document.querySelector('details.device .finding.error').innerText")
    must("iommus" in text and "\nLinux " in text and len(text.splitlines()) >= 4, text)


def a_space_of_64_bits_shows_a_page(pages):
    pages.browser.open(pages.make(hostile.wide_tree(pages.folder)))
    widths = pages.browser.run("""
        const card = document.querySelector('details.device');
        card.open = true;
        return [...card.querySelectorAll('.space rect')].filter((r) => r.stretch)
            .map((r) => [r.getAttribute('class'), Number(r.getAttribute('width'))])""")
    pages_wide = [width for kind, width in widths if kind == "reserved"]
    must(len(widths) >= 4 and min(pages_wide) > 20, json.dumps(widths))


TESTS = [value for name, value in list(globals().items())
         if callable(value) and getattr(value, "__code__", None) and value.__code__.co_varnames[:1] == ("pages",)
         and value.__code__.co_argcount == 1]


def run_all(pages):
    failed = 0
    print(f"1..{len(TESTS)}")
    for number, test in enumerate(TESTS, 1):
        pages.browser.log("browser")
        try:
            test(pages)
            print(f"ok {number} - {test.__name__.replace('_', ' ')}", flush=True)
        except Exception:  # whatever it is, the next test runs
            failed += 1
            print(f"not ok {number} - {test.__name__.replace('_', ' ')}", flush=True)
            print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()[-3:]), end="")
    return 1 if failed else 0


def main(dmaspace, tree, trace):
    try:
        browser = webdriver.Browser()
    except webdriver.Missing as missing:
        print(f"1..0 # SKIP {missing}")
        return 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            return run_all(Pages(browser, dmaspace, tree, trace, pathlib.Path(folder)))
    finally:
        browser.close()


sys.exit(main(*sys.argv[1:]))
