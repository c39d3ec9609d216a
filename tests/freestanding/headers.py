#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: headers.py INCLUDE-FOLDER

Every public header compiles alone and twice, as C11 and as C++17, without a warning.
"""

import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from tap import Tap  # noqa: E402

COMPILERS = [
    ("gcc", ["-std=c11", "-x", "c"]),
    ("clang", ["-std=c11", "-x", "c"]),
    ("g++", ["-std=c++17", "-x", "c++"]),
    ("clang++", ["-std=c++17", "-x", "c++"]),
]


def complaints(compiler, options, include, header):
    line = f"#include <dmaspace/{header}>\n"
    run = subprocess.run(
        [compiler, *options, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
         "-I", include, "-"], input=line * 2, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return run.stdout.splitlines() or ["failed without a word"] if run.returncode else []


def main():
    include = sys.argv[1]
    headers = sorted(path.name for path in pathlib.Path(include, "dmaspace").glob("*.h"))
    tap = Tap()
    tap.check("there are public headers", [] if headers else [f"none in {include}"])
    for compiler, options in COMPILERS:
        sentence = f"every public header compiles alone with {compiler} {options[0]}"
        if not shutil.which(compiler):
            tap.skip(sentence, f"{compiler} is not installed")
            continue
        tap.check(sentence, [f"{header}: {line}" for header in headers
                             for line in complaints(compiler, options, include, header)])
    tap.end()


main()
