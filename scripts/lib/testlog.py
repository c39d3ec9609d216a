# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Counts what a meson test run did, TAP subtest by TAP subtest."""

import json
import re
from dataclasses import dataclass, field

TAP_LINE = re.compile(r"^(not ok|ok)\b\s*(?P<number>\d+)?\s*(?:-\s*)?(?P<rest>.*)$")
TAP_SKIP = re.compile(r"#\s*skip\S*\s*(?P<reason>.*)$", re.IGNORECASE)
TAP_SKIP_ALL = re.compile(r"^1\.\.0\b.*?#\s*skip\S*\s*(?P<reason>.*)$", re.IGNORECASE)


@dataclass
class Tally:
    passed: int = 0
    failures: list = field(default_factory=list)
    skips: list = field(default_factory=list)

    def __add__(self, other):
        return Tally(self.passed + other.passed, self.failures + other.failures, self.skips + other.skips)

    def __str__(self):
        return f"{self.passed} passed, {len(self.failures)} failed, {len(self.skips)} skipped"


def read_tap(text, where):
    """The subtests of one program. `where` names it in failures and skips."""
    tally = Tally()
    last_comment = ""
    for line in text.splitlines():
        if line.startswith("#"):
            last_comment = line.lstrip("# ").strip()
        match = TAP_LINE.match(line)
        skip_all = TAP_SKIP_ALL.match(line)
        if skip_all:
            tally.skips.append(f"{where}: {skip_all['reason'] or 'no reason given'}")
        if not match:
            continue
        skip = TAP_SKIP.search(match["rest"])
        if skip:
            name = match["rest"][:skip.start()].strip() or f"subtest {match['number']}"
            tally.skips.append(f"{where}: {name}: {skip['reason'] or last_comment or 'no reason given'}")
        elif match[1] == "ok":
            tally.passed += 1
        else:
            tally.failures.append(f"{where}: {match['rest'] or 'subtest ' + str(match['number'])}")
        last_comment = ""
    return tally


TELLING = re.compile(r"SUMMARY: .*Sanitizer|runtime error|[Aa]ssert")


def telling_line(entry):
    """What says most about a failure: a sanitizer's summary or an assertion, else the last words."""
    lines = (entry.get("stdout", "") + "\n" + entry.get("stderr", "")).strip().splitlines()
    for line in reversed(lines):
        if TELLING.search(line):
            return line.strip()
    return lines[-1].strip() if lines else "no output"


def read_entry(entry, build):
    """One test program of testlog.json."""
    where = f"[{build}] {entry['name']}"
    result = entry["result"]
    tap = read_tap(entry.get("stdout", ""), where)
    good = result in ("OK", "EXPECTEDFAIL", "SKIP")
    if not good and not tap.failures:
        # It crashed, timed out, or ran fewer subtests than it had planned.
        tap.failures.append(f"{where}: {result}, exit status {entry['returncode']}: {telling_line(entry)}")
    if good and not (tap.passed or tap.failures or tap.skips):
        # Not a TAP program: one program, one test.
        if result == "SKIP":
            tap.skips.append(f"{where}: {telling_line(entry)}")
        else:
            tap.passed = 1
    return tap


def read_testlog(path, build):
    total = Tally()
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            total += read_entry(json.loads(line), build)
    return total
