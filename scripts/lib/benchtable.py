# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What scripts/bench does with the figures of the benchmarks (docs/bench.md): the table, and those of the documents."""

SECTIONS = {
    "iova": "IOVA allocator",
    "pgtable": "Page table, per call",
    "combined": "IOVA + map + unmap + free",
    "commands": "Commands to the SMMU, per map and unmap (software SMMUv3)",
    "flood": "Beside another function's flood of faults: share of the rate alone (software SMMUv3)",
}

# Goals of nothing, which the benchmarks' own lines cannot say.
GOALS = {"long mixed run, 60 %: failed": 0, "long mixed run, 80 %: failed": 1}

# What was done: key of a line, and its word in the table.
WORK = [("nodes_visited", "nodes"), ("entries", "entries"), ("barriers", "barriers"),
        ("invalidations", "invalidations"), ("syncs", "syncs")]

# The README's rows: a line's name and threads.
README_ROWS = [
    ("alloc+free, 1 pages", 1), ("alloc+free, 64 pages", 2), ("ring of 1024 live 64-page ranges", 2),
    ("churn of 64 pages, 1e5 live", 1), ("churn of mixed sizes, 1e5 live", 1),
    ("allocation that must fail, 1.5e5 live", 1), ("reserve, 10000 reservations there", 1),
    ("long mixed run, 60 %: mean", 1), ("long mixed run, 60 %: 99.9 %", 1), ("memory per live range", 1),
    ("map 1 x 4 KiB", 1), ("unmap 1 x 4 KiB", 1), ("map 512 x 4 KiB in one call", 1),
    ("unmap 512 x 4 KiB in one call", 1), ("map 1 x 2 MiB", 1), ("unmap 1 x 2 MiB", 1),
    ("IOVA + map + unmap + free, 4 KiB", 1), ("IOVA + map + unmap + free, 4 KiB", 2),
    ("IOVA + map + unmap + free, 64 x 4 KiB", 1), ("IOVA + map + unmap + free, 64 x 4 KiB", 2),
]
BEGIN = "<!-- bench: written by scripts/bench --docs -->"
END = "<!-- bench: end -->"


def number(value):
    """Three significant digits, thousands apart."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) < 0.1 else f"{value:.3g}"


def goal_of(line):
    return line.get("goal", GOALS.get(line["row"]))


def met(line):
    """True, False, or None where there is no goal."""
    goal = goal_of(line)
    if goal is None:
        return None
    return line["ours"] >= goal if line["more_is_better"] else line["ours"] <= goal


def ratio(line):
    """How many times better than Linux; None where that has no meaning."""
    ours, theirs = line["ours"], line.get("linux")
    if not ours or not theirs:
        return None
    return ours / theirs if line["more_is_better"] else theirs / ours


def theirs(line):
    if line.get("linux") is None:
        return "-"
    bound = "" if not line["linux_did_not_end"] else "<" if line["more_is_better"] else ">"
    return bound + number(line["linux"])


def work(line):
    return ", ".join(f"{number(line[key])} {word}" for key, word in WORK if line.get(key))


def cells(line):
    verdict = {True: "met", False: "MISSED", None: ""}[met(line)]
    goal = goal_of(line)
    times = ratio(line)
    return [line["row"], str(line["threads"]), number(line["ours"]), theirs(line), line["unit"],
            f"{times:.2f}" if times else "-", "" if goal is None else number(goal), verdict,
            ", ".join(filter(None, [work(line), line.get("note")]))]


HEAD = ["", "T", "ours", "Linux", "", "ratio", "goal", "", "work"]
LEFT = {0, 4, 7, 8}


def aligned(rows):
    width = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    for row in rows:
        yield "  ".join(text.ljust(width[i]) if i in LEFT else text.rjust(width[i])
                        for i, text in enumerate(row)).rstrip()


def summary(lines):
    goals = [line for line in lines if met(line) is not None]
    missed = [line for line in goals if not met(line)]
    slower = [line for line in lines if (ratio(line) or 1) < 1]
    yield f"{len(goals) - len(missed)} of {len(goals)} goals met"
    for title, those in [("missed", missed), ("behind Linux", slower)]:
        for line in those:
            yield f"{title}: {line['row']}, {line['threads']} thread{'s' * (line['threads'] > 1)}"


def table(results):
    """The whole table, as lines. T: threads. ratio: Linux / ours, or ours / Linux where more is better."""
    lines = results["lines"]
    rows = [HEAD]
    starts = {}
    for bench, title in SECTIONS.items():
        own = [line for line in lines if line["bench"] == bench]
        if own:
            starts[len(rows)] = title
        rows += [cells(line) for line in own]
    for i, text in enumerate(aligned(rows)):
        if i in starts:
            yield ""
            yield starts[i]
        yield text
    yield ""
    if not results["peer"]:
        yield f"no peer: {results['no_peer']}"
    yield from summary(lines)


def readme(results):
    """The main rows as Markdown: times and bytes, not the instructions of rows by the same name."""
    by_row = {(line["row"], line["threads"]): line for line in results["lines"] if line["unit"] != "instr"}
    yield "| work | threads | dmaspace | Linux | times better |"
    yield "|---|---|---|---|---|"
    for key in README_ROWS:
        line = by_row.get(key)
        if line:
            times = ratio(line)
            yield (f"| {line['row']} | {line['threads']} | {number(line['ours'])} {line['unit']} | "
                   f"{theirs(line)} {line['unit']} | {number(times) if times else '-'} |")


def side_by_side(line):
    return f"{number(line['ours'])} / {theirs(line)}" if line else "-"


def provenance(results):
    return f"One run on {results['processor']}, {results['processors']} processors, load {results['load']:.1f} at its end:"


def allocator(results):
    """Every row of the allocator but those of policies, as Markdown; instructions last."""
    rows = {}
    yield provenance(results)
    yield ""
    for line in results["lines"]:
        if line["bench"] == "iova" and not line["row"].startswith("policy "):
            rows.setdefault((line["row"], line["unit"]), {})[line["threads"]] = line
    yield "| work | unit | 1 thread: dmaspace / Linux | 2 threads: dmaspace / Linux |"
    yield "|---|---|---|---|"
    for (row, unit), by_threads in rows.items():
        yield f"| {row} | {unit} | {side_by_side(by_threads.get(1))} | {side_by_side(by_threads.get(2))} |"


def policies(results):
    """What each policy refuses and leaves, as Markdown. Nothing where the run was quick."""
    by_row = {line["row"]: line for line in results["lines"]}
    names = list(dict.fromkeys(row.removeprefix("policy ").rpartition(",")[0]
                               for row in by_row if row.startswith("policy ") and row.endswith(" %: failed")))
    yield "| policy | 60 % in use | 75 % | 90 % |"
    yield "|---|---|---|---|"
    for name in names:
        run = [f"policy {name}, {percent} %: " for percent in (60, 75, 90)]
        yield f"| {name} | " + " | ".join(
            f"{number(by_row[start + 'failed']['ours'])} %; "
            f"{number(by_row[start + 'largest gap at the end']['ours'])}" for start in run) + " |"


def missed(results):
    """The rows that miss their goal or are behind Linux, as Markdown."""
    yield provenance(results)
    yield ""
    yield "| row | threads | dmaspace | goal | Linux |"
    yield "|---|---|---|---|---|"
    for line in results["lines"]:
        if met(line) is False or (ratio(line) or 1) < 1:
            goal = goal_of(line)
            yield (f"| {line['row']} | {line['threads']} | {number(line['ours'])} {line['unit']} | "
                   f"{'-' if goal is None else number(goal)} | {theirs(line)} |")


def insert(text, *tables):
    """A document with its tables exchanged, in the order of their places. ValueError: it has not as many places."""
    parts = text.split(BEGIN)
    if len(parts) != len(tables) + 1 or not all(END in part for part in parts[1:]):
        raise ValueError(f"not {len(tables)} places for tables: {BEGIN} ... {END}")
    for i, lines in enumerate(tables):
        parts[i + 1] = "\n" + "\n".join(lines) + "\n" + END + parts[i + 1].partition(END)[2]
    return BEGIN.join(parts)
