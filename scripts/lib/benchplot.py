# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Cost against live ranges on log axes, as SVG: a panel per curve, ours and Linux at one thread and at two."""

import math
from xml.sax.saxutils import escape

PANEL_W, PANEL_H = 300, 300
LEFT, TOP, GAP, RIGHT, BOTTOM = 64, 64, 36, 24, 64
SERIES = [  # key of a line, threads, name, colour, dashes
    ("ours", 1, "dmaspace, 1 thread", "#0b6e4f", ""),
    ("ours", 2, "dmaspace, 2 threads", "#0b6e4f", "5 4"),
    ("linux", 1, "Linux, 1 thread", "#b3411e", ""),
    ("linux", 2, "Linux, 2 threads", "#b3411e", "5 4"),
]


def curves(lines):
    """{curve: {(key, threads): [(live, ns)]}} in order of appearance."""
    out = {}
    for line in lines:
        if "plot" not in line or line["unit"] != "ns":
            continue
        of = out.setdefault(line["plot"], {})
        for key in ("ours", "linux"):
            if line.get(key):
                of.setdefault((key, line["threads"]), []).append((line["live"], line[key]))
    return {curve: {key: sorted(points) for key, points in of.items()} for curve, of in out.items()}


def decades(values):
    return math.floor(math.log10(min(values))), max(math.ceil(math.log10(max(values))),
                                                    math.floor(math.log10(min(values))) + 1)


class Axis:
    def __init__(self, values, start, length):
        self.first, self.last = decades(values)
        self.start, self.length = start, length

    def at(self, value):
        return self.start + self.length * (math.log10(value) - self.first) / (self.last - self.first)

    def ticks(self):
        return [(decade, self.at(10.0 ** decade)) for decade in range(self.first, self.last + 1)]


def text(x, y, what, anchor="middle", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{escape(what)}</text>'


def time_name(decade):
    units = [(9, "s"), (6, "ms"), (3, "µs"), (0, "ns")]
    power, unit = next((power, unit) for power, unit in units if decade >= power)
    return f"{10 ** (decade - power)} {unit}"


def count_name(decade):
    return "1" if decade == 0 else f"10{''.join('⁰¹²³⁴⁵⁶⁷⁸⁹'[int(c)] for c in str(decade))}"


def panel(title, of, x0, lives, y_axis, first):
    x_axis = Axis(lives, x0, PANEL_W)
    bottom = TOP + PANEL_H
    yield text(x0 + PANEL_W / 2, TOP - 12, title, extra=' class="title"')
    for decade, x in x_axis.ticks():
        yield f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}"/>'
        yield text(x, bottom + 18, count_name(decade))
    for decade, y in y_axis.ticks():
        yield f'<line class="grid" x1="{x0}" y1="{y:.1f}" x2="{x0 + PANEL_W}" y2="{y:.1f}"/>'
        if first and decade >= 0:
            yield text(x0 - 8, y + 4, time_name(decade), "end")
    for key, threads, _, colour, dashes in SERIES:
        points = of.get((key, threads))
        if not points:
            continue
        path = " ".join(f"{x_axis.at(live):.1f},{y_axis.at(ns):.1f}" for live, ns in points)
        yield f'<polyline points="{path}" stroke="{colour}" stroke-dasharray="{dashes or "none"}"/>'
        for live, ns in points:
            fill = colour if threads == 1 else "#fff"
            yield (f'<circle cx="{x_axis.at(live):.1f}" cy="{y_axis.at(ns):.1f}" r="3.2" '
                   f'fill="{fill}" stroke="{colour}"/>')
    yield text(x0 + PANEL_W / 2, bottom + 38, "live ranges")


def legend(width):
    step = (width - LEFT - RIGHT) / len(SERIES)
    for i, (_, threads, name, colour, dashes) in enumerate(SERIES):
        x = LEFT + i * step
        fill = colour if threads == 1 else "#fff"
        yield (f'<line x1="{x}" y1="22" x2="{x + 30}" y2="22" stroke="{colour}" stroke-width="1.8" '
               f'stroke-dasharray="{dashes or "none"}"/>')
        yield f'<circle cx="{x + 15}" cy="22" r="3.2" fill="{fill}" stroke="{colour}"/>'
        yield text(x + 38, 26, name, "start")


def svg(lines):
    """None where no line belongs to a curve."""
    of = curves(lines)
    if not of:
        return None
    times = [ns for series in of.values() for points in series.values() for _, ns in points]
    lives = [live for series in of.values() for points in series.values() for live, _ in points]
    width = LEFT + len(of) * PANEL_W + (len(of) - 1) * GAP + RIGHT
    height = TOP + PANEL_H + BOTTOM - 12
    y_axis = Axis(times, TOP + PANEL_H, -PANEL_H)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="12">',
        "<style>.grid{stroke:#ddd}.title{font-size:14px;font-weight:bold}text{fill:#222}"
        "polyline{fill:none;stroke-width:1.8}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *legend(width),
    ]
    for i, (title, series) in enumerate(of.items()):
        out += panel(title, series, LEFT + i * (PANEL_W + GAP), lives, y_axis, i == 0)
    return "\n".join(out + ["</svg>"]) + "\n"
