# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A public header as its reader sees it: what its first comment says, and each declaration with its comment."""

import re
from dataclasses import dataclass, field


@dataclass
class Item:
    """Declarations that one comment speaks of."""
    comment: str
    declarations: list = field(default_factory=list)

    def functions(self):
        return [name for text in self.declarations for name in function_names(text)]


@dataclass
class Section:
    title: str
    items: list = field(default_factory=list)


@dataclass
class Header:
    about: str
    sections: list

    def items(self):
        return [item for section in self.sections for item in section.items]

    def functions(self):
        return [name for item in self.items() for name in item.functions()]


def function_names(declaration):
    if re.match(r"(typedef|struct|union|enum)\b[^(]*\{", declaration) or declaration.startswith("#"):
        return []
    return re.findall(r"\b(dms_\w+)\s*\(", declaration)[:1]


def comment_text(comment):
    """The words of a block comment, without its stars."""
    body = re.sub(r"^/\*|\*/$", "", comment.strip())
    lines = [re.sub(r"^ ?\*( |$)", "", line.rstrip()) for line in body.split("\n")]
    lines[0] = lines[0].strip()
    return "\n".join(lines).strip("\n").rstrip()


def _end_of_declaration(text, start):
    """Behind the semicolon that ends what begins at `start`, or behind the last line of a #define."""
    if text[start] == "#":
        return re.compile(r"(?:[^\n]*\\\n)*[^\n]*").match(text, start).end()
    depth = 0
    for match in re.compile(r"/\*.*?\*/|[{}();]", re.DOTALL).finditer(text, start):
        if match[0] in "{(":
            depth += 1
        elif match[0] in "})":
            depth -= 1
        elif match[0] == ";" and depth == 0:
            return match.end()
    raise SystemExit(f"no end of the declaration: {text[start:start + 60]!r}")


def parse(text):
    about = re.search(r"^/\*(?! SPDX).*?\*/", text, flags=re.DOTALL | re.MULTILINE)
    body = text.split('extern "C" {\n#endif\n', 1)
    header = Header(comment_text(about[0]), [Section("")])
    if len(body) < 2:
        return header
    body = body[1].rsplit("#ifdef __cplusplus", 1)[0]
    comment, item, at = None, None, 0
    while at < len(body):
        if body[at] == "\n":
            # An empty line: what follows has a comment of its own, or none.
            if body[at:at + 2] == "\n\n" or body[at - 1:at] == "\n":
                item = None
            at += 1
        elif match := re.compile(r"/\*.*?\*/", re.DOTALL).match(body, at):
            at = match.end()
            title = re.fullmatch(r"/\* -+ (.*?) -+ \*/", match[0])
            if title:
                header.sections.append(Section(title[1]))
                comment = None
            else:
                comment = comment_text(match[0])
            item = None
        else:
            end = _end_of_declaration(body, at)
            declaration = body[at:end]
            behind = re.compile(r"[ \t]*(/\*.*?\*/)", re.DOTALL).match(body, end)
            at = behind.end() if behind else end
            if behind and not declaration.startswith("#"):
                declaration = f"{declaration} {behind[1]}"
            if item is None:
                item = Item(comment or "")
                header.sections[-1].items.append(item)
                comment = None
            item.declarations.append(declaration)
    return header


def error_meanings(text):
    """DMS_ENOENT -> "nothing there: ...", from the comments of error.h."""
    return dict(re.findall(r"(DMS_E\w+) = -\d+, +/\* (.*?) \*/", text))
