#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: screenshots.py DMASPACE IRIS.dtb BOARD.dtb TRACE FOLDER

Takes the pictures of reports in docs/ anew.
"""

import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import webdriver  # noqa: E402

ENTER = "\ue007"


def take(browser, page, picture, scheme, question, width, height):
    browser.scheme(scheme)
    browser.size(width, height)
    browser.open(page)
    if question:
        browser.type_into("#query", question + ENTER)
    browser.run("document.activeElement.blur()")
    browser.screenshot(picture, x=0, y=0, width=width, height=height)


def main(dmaspace, iris, board, trace, folder):
    folder = pathlib.Path(folder)
    shots = [
        (iris, [], "report-iris.png", "light", "0x25801000 on 0x1940", 1000, 1180),
        (board, [], "report-board.png", "dark", "", 1000, 1000),
        (trace, ["--reserve", "0-0x257fffff"], "report-trace.png", "light", "", 1000, 1310),
    ]
    browser = webdriver.Browser()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            for source, options, picture, scheme, question, width, height in shots:
                page = pathlib.Path(scratch) / "page.html"
                subprocess.run([dmaspace, "report", source, "-o", page, *options], check=True)
                take(browser, page, folder / picture, scheme, question, width, height)
    finally:
        browser.close()


main(*sys.argv[1:])
