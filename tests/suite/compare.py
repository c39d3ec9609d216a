#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: compare.py EXPECTED OTHER

Compares what the suite printed on two machines, line by line. Differences that docs/smmuv3-differences.md lists
count as none; every other one is printed. Test numbers, and what stands before the name of a test, do not count.
Exit status 0: alike.
"""

import difflib
import re
import sys
from pathlib import Path

RESULT = re.compile(r"(not ok|ok) \d+ - (?:[^:]*: )?(\w+)(.*)")
# F_TRANSLATION, F_ADDR_SIZE, F_ACCESS, F_PERMISSION: word 1 has CLASS in bits 41:40 (7.3.13).
RECORD = re.compile(r"# record: (0x[0-9a-f]*1[0-3]) (0x[0-9a-f]+) (.*)")
CLASS = 3 << 40


def plain(line):
    """The line without what may differ; None: the line does not count."""
    if match := RESULT.fullmatch(line):
        if match[3].startswith(" # SKIP"):
            return f"skipped {match[2]}"
        return f"{match[1]} {match[2]}{match[3]}"
    if match := RECORD.fullmatch(line):
        return f"# record: {match[1]} {int(match[2], 16) & ~CLASS:#x} {match[3]}"
    return None if re.fullmatch(r"1\.\.\d+", line) else line


def plain_lines(lines):
    return [text for line in lines if (text := plain(line.rstrip("\n"))) is not None]


def differences(expected, other):
    """Lines of a diff; tests that either machine has skipped are left out with their comments."""
    expected, other = plain_lines(expected), plain_lines(other)
    skipped = {line[8:] for line in expected + other if line.startswith("skipped ")}

    def without_skipped(lines):
        kept, comments = [], []
        for line in lines:
            if line.startswith("#"):
                comments.append(line)
                continue
            if line.split(" ")[-1] not in skipped:
                kept += comments + [line]
            comments = []
        return kept + comments

    return list(difflib.unified_diff(without_skipped(expected), without_skipped(other), "expected", "other",
                                     lineterm="", n=1))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    expected, other = (Path(path).read_text().splitlines() for path in sys.argv[1:])
    diff = differences(expected, other)
    print("\n".join(diff) if diff else f"alike: {len(expected)} lines")
    sys.exit(bool(diff))


if __name__ == "__main__":
    main()
