#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: readme.py DMASPACE README FOLDER

Commands of the README that ask about a device tree of the folder print what stands below them, up to a line of dots.
"""

import os
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "freestanding"))
from tap import Tap  # noqa: E402


def examples(text):
    """Each "$ dmaspace ... FILE.dtb ..." with the indented lines below it."""
    for block in re.split(r"(?m)^\S.*$", text):
        for example in re.split(r"(?m)^    \$ ", block)[1:]:
            command, shown = example.split("\n", 1)
            if re.match(r"dmaspace (inspect|resolve|check|explain) ", command):
                yield command, [line[4:] for line in shown.rstrip().split("\n")]


def differences(command, shown, folder, dmaspace):
    path = f"{pathlib.Path(dmaspace).resolve().parent}:{os.environ['PATH']}"
    said = subprocess.run(["bash", "-c", command], cwd=folder, env={**os.environ, "PATH": path},
                          capture_output=True, text=True, check=False)
    printed = (said.stdout + said.stderr).rstrip("\n").split("\n")
    for number, line in enumerate(shown):
        if line.strip() == "...":
            return []
        if number == len(printed) or printed[number] != line:
            return [f"README: {line}", f"it says: {(printed[number:number + 1] or ['nothing more'])[0]}"]
    return [f"it says as well: {line}" for line in printed[len(shown):]]


def main():
    dmaspace, readme, folder = sys.argv[1:]
    tap = Tap()
    for command, shown in examples(pathlib.Path(readme).read_text()):
        file = re.search(r"\S+\.dtb", command)[0]
        if not (pathlib.Path(folder) / file).exists():
            tap.skip(command, f"{file} is not ours")
            continue
        tap.check(command.replace("#", "\\#"), differences(command, shown, folder, dmaspace))
    tap.check("there are such commands", [] if tap.count >= 4 else ["too few"])
    tap.end()


if __name__ == "__main__":
    main()
