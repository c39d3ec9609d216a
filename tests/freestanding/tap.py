# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Test results as TAP, for tests in Python."""

import sys


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, sentence, problems):
        """One test: passes when `problems` is empty."""
        self.count += 1
        problems = list(problems)
        if problems:
            self.failed += 1
        print(f"{'not ok' if problems else 'ok'} {self.count} - {sentence}")
        for problem in problems[:40]:
            print(f"#   {problem}")

    def skip(self, sentence, reason):
        self.count += 1
        print(f"ok {self.count} - {sentence} # SKIP {reason}")

    def end(self):
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)
