#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: names.py SOURCE-ROOT

The threat model names the test that shows each answer. Here every file and every test that it names exists.
"""

import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "freestanding"))
from tap import Tap  # noqa: E402

# A test's own name: a sentence of at least four words.
TEST = re.compile(r"(?:[\w-]+/)?([a-z0-9]+(?:_[a-z0-9]+){3,})$")


def main():
    root = pathlib.Path(sys.argv[1])
    page = root / "docs" / "security.md"
    names = re.findall(r"`([^`\n]+)`", page.read_text())
    sources = "\n".join(path.read_text() for path in (root / "tests").rglob("test_*.c"))
    files = {path.name for path in root.glob("tests/**/*")}
    missing_tests, missing_files, checked = [], [], 0
    for name in dict.fromkeys(names):
        sentence = TEST.match(name)
        if sentence and not name.startswith("dms_"):
            checked += 1
            if not re.search(rf"\b{sentence[1]}\b", sources):
                missing_tests.append(name)
        elif re.match(r"(tests|verify|src)/", name) and not (root / name).exists():
            missing_files.append(name)
        elif re.match(r"\w+\.c$", name) and name not in files:
            missing_files.append(name)
    tap = Tap()
    tap.check("every test that docs/security.md names exists", missing_tests)
    tap.check("every file that it names exists", missing_files)
    tap.check("it names tests", [] if checked > 15 else [f"only {checked}"])
    tap.end()


if __name__ == "__main__":
    main()
