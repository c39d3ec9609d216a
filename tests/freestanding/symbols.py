#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: symbols.py CORE.a LIBRARY.so INCLUDE-FOLDER

What the library wants from outside, and what it shows.
"""

import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from tap import Tap  # noqa: E402

MEMORY_FUNCTIONS = {"memcpy", "memmove", "memset", "memcmp"}
# Made by the linker, not by anybody's library.
LINKER_NAMES = {"_GLOBAL_OFFSET_TABLE_"}


def symbols(*arguments):
    """(name, kind letter) of each symbol that nm prints."""
    out = subprocess.run(["nm", "-P", *arguments], check=True, text=True, stdout=subprocess.PIPE).stdout
    rows = (line.split() for line in out.splitlines() if not line.endswith(":"))
    return [(row[0], row[1]) for row in rows if len(row) >= 2]


def undefined_outside(archive):
    found = symbols(archive)
    defined = {name for name, kind in found if kind not in "Uw"}
    return {name for name, kind in found if kind in "Uw"} - defined - LINKER_NAMES


def allowed(name):
    return name in MEMORY_FUNCTIONS or name.startswith("fdt_")


def writable_data(archive):
    """Objects in data sections; .data.rel.ro holds constants that point at something."""
    out = subprocess.run(["objdump", "-t", archive], check=True, text=True, stdout=subprocess.PIPE).stdout
    found = re.findall(r"^[0-9a-f]+ .{7} (\.t?data\S*|\.t?bss\S*|\*COM\*)\s+\w+\s+(?:\.\w+ )?(\S+)$",
                       out, flags=re.MULTILINE)
    return {name for section, name in found if name != section and not section.startswith(".data.rel.ro")}


def words_of_headers(folder):
    text = "".join(path.read_text() for path in pathlib.Path(folder).glob("dmaspace/*.h"))
    return set(re.findall(r"\bdms_\w+", re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)))


def exported(library):
    return {name for name, kind in symbols("-D", "--defined-only", library) if kind in "TDBRVW"}


def main():
    archive, library, include = sys.argv[1:]
    tap = Tap()
    wanted = undefined_outside(archive)
    tap.check("the library wants nothing but four memory functions and libfdt",
              sorted(name for name in wanted if not allowed(name)))
    tap.check("the library has no writable data", sorted(writable_data(archive)))
    shown = exported(library)
    tap.check("the shared library shows something", [] if shown else ["no symbol at all"])
    tap.check("the shared library shows only what public headers declare",
              sorted(shown - words_of_headers(include)))
    tap.end()


main()
