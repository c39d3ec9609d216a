# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Plain text, as the comments of this tree are written, turned into man(7) requests."""

import re

# "DMS_EINVAL", "DMS_EIO, DMS_EAGAIN", "DMS_EINVAL (direct)": the head of an entry in a list of errors.
_CODES = r"DMS_E[A-Z0-9]+(?:(?:, | and )DMS_E[A-Z0-9]+)*(?: \([^()]*\))?"
_ENTRY = re.compile(rf"(?:^|(?<=[.;] ))(?P<codes>{_CODES})(?P<end>[:.;])(?: |$)")
_AFTERWARDS = re.compile(r"(?<=\. )(?=(?:After|Otherwise|In these cases|Errors as|When it returns)\b)")
_TABLE_ROW = re.compile(r"^ *(?P<tag>[A-Za-z_][\w, -]*?)(?:: +| {2,})(?P<body>\S.*)$")


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return re.sub(r"^\.", r"\\&.", text)


def inline(text):
    """Names of functions, and what stands in backquotes, in bold; *words* in italics."""
    pieces = re.split(r"(`[^`]+`|\b(?:dms_|DMS_)\w+|(?<!\w)\*\w+\*(?!\w))", text)
    out = []
    for piece in pieces:
        if re.fullmatch(r"`[^`]+`", piece):
            out.append(f"\\fB{escape(piece[1:-1])}\\fP")
        elif re.fullmatch(r"(dms_|DMS_)\w+", piece):
            out.append(f"\\fB{escape(piece)}\\fP")
        elif re.fullmatch(r"\*\w+\*", piece):
            out.append(f"\\fI{escape(piece[1:-1])}\\fP")
        else:
            out.append(escape(piece))
    # A request would begin with the full stop.
    return re.sub(r"^\.", r"\\&.", "".join(out))


def code(text):
    """Lines that stay as they are."""
    return [".PP", ".EX", *(escape(line) for line in text.rstrip("\n").split("\n")), ".EE"]


def tidy(lines):
    """No paragraph request behind a heading."""
    return [line for before, line in zip([""] + lines, lines)
            if not (line == ".PP" and re.match(r"\.S[HS]\b", before))]


def tagged(tag, body):
    return [".TP", f".B {escape(tag)}", inline(body)]


class Prose:
    """Paragraphs to man(7). `meanings` says what an error means where the text says no more."""

    def __init__(self, meanings=None):
        self.meanings = meanings or {}

    def render(self, text):
        out = []
        for paragraph in re.split(r"\n[ \t]*\n", text.strip("\n")):
            out += self._paragraph(paragraph.split("\n"))
        return out

    def _paragraph(self, lines):
        if _is_row(lines[0]):
            # The longest tag of a table has one space behind its colon.
            lines = [re.sub(r"^([A-Z][\w-]*:) (?=\S)", r"\1  ", line) for line in lines]
        if all(line.startswith("  ") for line in lines) and not _is_row(lines[0]):
            return code("\n".join(line[2:] for line in lines))
        out = []
        while lines:
            head = [lines[0]]
            if _is_row(lines[0]):
                take = 1
                while take < len(lines) and lines[take].startswith(" ") and not _is_row(lines[take]):
                    head.append(lines[take])
                    take += 1
                match = _TABLE_ROW.match(head[0])
                body = " ".join([match["body"], *(line.strip() for line in head[1:])])
                out += tagged(match["tag"], body)
            elif re.match(r" +- ", lines[0]):
                take = len(lines)
                out += self._bullets(lines)
            else:
                take = 1
                while take < len(lines) and not _is_row(lines[take]) and not re.match(r" +- ", lines[take]):
                    take += 1
                out += self._sentences(" ".join(line.strip() for line in lines[:take]))
            lines = lines[take:]
        return out

    def _bullets(self, lines):
        out = []
        for line in lines:
            match = re.match(r" *- (.*)", line)
            out += [".IP \\(bu 2", inline(match[1])] if match else [inline(line.strip())]
        return out

    def _sentences(self, text):
        """One paragraph; a list of errors inside it becomes one."""
        entries = list(_ENTRY.finditer(text))
        if not entries:
            return [".PP", inline(text)]
        before = text[:entries[0].start()].strip()
        out = [".PP", inline(before)] if before else []
        for entry, following in zip(entries, entries[1:] + [None]):
            body = text[entry.end():following.start() if following else len(text)].strip()
            rest = ""
            if entry["end"] == ".":
                # "DMS_ENOMEM." says no more; what follows it is another sentence.
                body, rest = "", body
            elif following is None:
                body, rest = (_AFTERWARDS.split(body, maxsplit=1) + [""])[:2]
            out += tagged(entry["codes"], body.strip() or self._meaning(entry["codes"]))
            out += [".PP", inline(rest)] if rest else []
        return out

    def _meaning(self, codes):
        return "; ".join(self.meanings.get(code, code) for code in re.findall(r"DMS_E[A-Z0-9]+", codes))


def _is_row(line):
    """A row of a table: an error indented, or a word, a colon and at least two spaces."""
    return bool(re.match(rf" +{_CODES} {{2,}}\S", line) or re.match(r"[A-Z][\w-]*: {2,}\S", line))
