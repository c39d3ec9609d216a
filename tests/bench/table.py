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


def place(content):
    return f"{benchtable.BEGIN}\n{content}\n{benchtable.END}"


def insert_problems():
    text = f"before\n{place('old')}\nbetween\n{place('older')}\nafter\n"
    new = benchtable.insert(text, ["one"], ["two", "three"])
    yield from differences(f"before\n{place('one')}\nbetween\n" + place("two\nthree") + "\nafter\n", new)
    yield from differences(new, benchtable.insert(new, ["one"], ["two", "three"]))
    for short in ("no place", f"{benchtable.BEGIN}\nno end\n", text):
        try:
            benchtable.insert(short, ["one"])
            yield f"accepted for one table: {short!r}"
        except ValueError:
            pass


def policy_problems():
    lines = [{"row": f"policy best fit, {percent} %: {what}", "ours": ours}
             for percent in (60, 75, 90) for what, ours in (("failed", percent / 10), ("largest gap at the end", 1000))]
    yield from line_differences(["| best fit | 6 %; 1,000 | 7.5 %; 1,000 | 9 %; 1,000 |"],
                                list(benchtable.policies({"lines": lines}))[2:])


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
    tap.check("the allocator's page has both threads of a row side by side",
              differences(True, "| alloc+free, 1 pages | ns | 7.8 / 17.4 | 10.4 / 8.56 |"
                          in list(benchtable.allocator(results))))
    tap.check("the page of benchmarks has the rows that miss or are behind",
              differences(True, "| alloc+free, 1 pages | 2 | 10.4 ns | 8 | 8.56 |" in list(benchtable.missed(results))))
    tap.check("policies are compared by what they refuse and leave", policy_problems())
    tap.check("a document's tables are exchanged, and all else stays", insert_problems())
    tap.check("the plot has logarithmic axes and stays inside its frame", plot_problems(results["lines"]))
    tap.check("figures without a curve make no plot", differences(None, benchplot.svg(results["lines"][:2])))
    tap.end()


def differences_of_missing_peer(lines):
    return [] if "no peer: linux-source-6.1 is not installed" in list(lines) else ["no reason"]


if __name__ == "__main__":
    main()
