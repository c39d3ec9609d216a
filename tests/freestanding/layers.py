#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: layers.py SOURCE-ROOT

The room plan of ARCHITECTURE.md, held by what files include. A room includes only rooms below it, and no C
library header but the freestanding ones.
"""

import pathlib
import re
import sys

sys.dont_write_bytecode = True
from tap import Tap  # noqa: E402

# Room: the rooms whose private headers it may include.
ROOMS_BELOW = {
    "base": set(),
    "of": {"base"},
    "iova": {"base"},
    "pgtable": {"base"},
    "iommu": {"base"},
    "smmuv3": {"base", "pgtable", "iommu"},
    "device": {"base"},
    "dma": {"base", "device"},
}

# Room: the public headers it may include, beside those of `base`.
BASE_HEADERS = {"types", "error", "port"}
HEADERS_BELOW = {
    "base": set(),
    "of": {"of"},
    "iova": {"iova"},
    "pgtable": {"pgtable", "mapping"},
    "iommu": {"iommu", "mapping"},
    "smmuv3": {"smmuv3", "iommu", "mapping", "pgtable"},
    "device": {"device", "fault", "of", "iova", "iommu", "mapping"},
    "dma": {"dma", "device", "fault", "iova", "iommu", "mapping"},
}

# Public header: the public headers it may include, beside those of `base`.
PUBLIC_BELOW = {
    "of": set(),
    "iova": set(),
    "mapping": set(),
    "pgtable": {"mapping"},
    "iommu": {"mapping"},
    "smmuv3": {"iommu", "mapping"},
    "device": {"iommu", "iova", "mapping"},
    "fault": {"device", "iommu", "iova", "mapping"},
    "dma": {"device", "iova", "mapping"},
    "posix": set(),
    "error": set(),
    "types": set(),
    "port": set(),
}

FREESTANDING = {"stdint.h", "stddef.h", "stdbool.h", "stdatomic.h", "limits.h"}
# What libfdt itself includes is its own affair; only the room that reads trees may know it.
SYSTEM_OF_ROOM = {"of": {"libfdt.h"}}
LINES_MAX = 1000

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
PUBLIC = re.compile(r"dmaspace/(\w+)\.h")


def includes(path):
    return INCLUDE.findall(path.read_text())


def public_name(spelling):
    match = PUBLIC.fullmatch(spelling)
    return match[1] if match else None


def system_problems(room, path):
    for bracket, name in includes(path):
        if bracket == "<" and not public_name(name):
            if name not in FREESTANDING | SYSTEM_OF_ROOM.get(room, set()):
                yield f"{path}: <{name}>"


def room_problems(room, path):
    for bracket, name in includes(path):
        if bracket == '"':
            other = name.split("/")[0] if "/" in name else room
            if other != room and other not in ROOMS_BELOW[room]:
                yield f'{path}: "{name}"'


def header_problems(room, path):
    for bracket, name in includes(path):
        header = public_name(name)
        if header and header not in BASE_HEADERS | HEADERS_BELOW[room]:
            yield f"{path}: <{name}>"


def public_problems(path):
    if path.stem == "dmaspace":
        return
    for _, name in includes(path):
        header = public_name(name)
        if path.stem not in PUBLIC_BELOW:
            yield f"{path}: not in the table of this test"
        elif header and header not in BASE_HEADERS | PUBLIC_BELOW[path.stem]:
            yield f"{path}: <{name}>"
        elif not header and name not in FREESTANDING:
            yield f"{path}: <{name}>"


def over_long(path):
    lines = len(path.read_text().splitlines())
    if lines > LINES_MAX:
        yield f"{path}: {lines} lines"


def wrong_signs(path):
    """DMS_E names are negative already; a minus makes an error a success."""
    code = re.sub(r"/\*.*?\*/", " ", path.read_text(), flags=re.DOTALL)
    for match in re.finditer(r"-\s*DMS_E\w+", code):
        yield f"{path}: {match[0]}"


def missing_from_all(public):
    text = (public / "dmaspace.h").read_text()
    for path in sorted(public.glob("*.h")):
        if path.stem not in ("dmaspace", "posix") and f"<dmaspace/{path.name}>" not in text:
            yield path.name


def main():
    root = pathlib.Path(sys.argv[1])
    public = root / "include" / "dmaspace"
    rooms = {path.name: sorted(path.rglob("*.[ch]")) for path in (root / "src").iterdir() if path.is_dir()}
    library = [path for files in rooms.values() for path in files] + sorted(public.glob("*.h"))
    code = library + [path for folder in ("cli", "models", "ports", "tests", "bench", "examples")
                      for path in sorted((root / folder).rglob("*.[ch]"))]

    def in_rooms(problems):
        return [problem for room, files in rooms.items() if room in ROOMS_BELOW
                for path in files for problem in problems(room, path)]

    tap = Tap()
    tap.check("every room has its place in the plan", sorted(rooms.keys() ^ ROOMS_BELOW.keys()))
    tap.check("no room includes a C library header", in_rooms(system_problems))
    tap.check("no room includes a private header beside or above it", in_rooms(room_problems))
    tap.check("no room includes a public header beside or above it", in_rooms(header_problems))
    tap.check("public headers include only what is below them",
              [problem for path in sorted(public.glob("*.h")) for problem in public_problems(path)])
    tap.check("dmaspace.h includes every room's header", missing_from_all(public))
    tap.check("no error code carries a second sign", [p for path in library for p in wrong_signs(path)])
    tap.check(f"no file has more than {LINES_MAX} lines", [p for path in code for p in over_long(path)])
    tap.end()


main()
