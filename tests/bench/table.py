#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: table.py SOURCE-ROOT

What scripts/bench makes of given figures: the table, the README's rows, the plot.
"""

import copy
import json
import pathlib
import sys
import xml.etree.ElementTree

sys.dont_write_bytecode = True
ROOT = pathlib.Path(sys.argv[1])
sys.path[:0] = [str(ROOT / "scripts" / "lib"), str(ROOT / "tests" / "freestanding")]
import benchplot  # noqa: E402
import benchtable  # noqa: E402
from tap import Tap  # noqa: E402

HERE = ROOT / "tests" / "bench"
SVG = "{http://www.w3.org/2000/svg}"


def differences(expected, found):
    if expected != found:
        yield f"expected: {expected!r}"
        yield f"found:    {found!r}"


def line_differences(expected, found):
    for i in range(max(len(expected), len(found))):
        yield from differences(expected[i] if i < len(expected) else None, found[i] if i < len(found) else None)


def points(polyline):
    return [tuple(map(float, pair.split(","))) for pair in polyline.get("points").split()]


def plot_problems(lines):
    """Ten times as many live ranges are as far right as ten times the cost is up: both axes are logarithms."""
    root = xml.etree.ElementTree.fromstring(benchplot.svg(lines))
    drawn = [points(found) for found in root.iter(f"{SVG}polyline")]
    yield from differences(2, len(drawn))
    (x0, y0), (x1, y1) = drawn[0]
    (_, z0), (_, z1) = drawn[1]
    decade = (y0 - z0) / 1  # 100 ns against 1000 ns at the same place
    yield from differences(True, x1 > x0 and z1 < z0 < y0)
    yield from differences(round(decade * 0.17609, 1), round(y0 - y1, 1))  # log10(150 / 100)
    width, height = float(root.get("width")), float(root.get("height"))
    if not all(0 <= x <= width and 0 <= y <= height for line in drawn for x, y in line):
        yield "a point outside the picture"


def insert_problems(results):
    text = f"before\n{benchtable.README_BEGIN}\nold\n{benchtable.README_END}\nafter\n"
    new = benchtable.readme_insert(text, results)
    if "old" in new or not new.startswith("before\n") or not new.endswith("\nafter\n"):
        yield new
    yield from differences(new, benchtable.readme_insert(new, results))
    try:
        benchtable.readme_insert("no place", results)
        yield "a README without a place was accepted"
    except ValueError:
        pass


def main():
    results = json.loads((HERE / "lines.json").read_text())
    alone = copy.deepcopy(results)
    alone.update(peer=None, no_peer="linux-source-6.1 is not installed")
    for line in alone["lines"]:
        line.pop("linux", None)
    tap = Tap()
    tap.check("the table is the one that was looked at",
              line_differences((HERE / "table.txt").read_text().splitlines(), list(benchtable.table(results))))
    tap.check("without a peer the table says why, and no line is behind it",
              [line for line in benchtable.table(alone) if "behind" in line]
              + differences_of_missing_peer(benchtable.table(alone)))
    tap.check("the README has the rows that were measured",
              line_differences((HERE / "readme.txt").read_text().splitlines(), list(benchtable.readme(results))))
    tap.check("the README's table is exchanged, and all else stays", insert_problems(results))
    tap.check("the plot has logarithmic axes and stays inside its frame", plot_problems(results["lines"]))
    tap.check("figures without a curve make no plot", differences(None, benchplot.svg(results["lines"][:2])))
    tap.end()


def differences_of_missing_peer(lines):
    return [] if "no peer: linux-source-6.1 is not installed" in list(lines) else ["no reason"]


if __name__ == "__main__":
    main()
