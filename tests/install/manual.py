#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: manual.py SOURCE PAGES DMASPACE

Help, manual pages and completions say the same of every verb and option, and the pages are well formed.
"""

import json
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
from stage import run  # noqa: E402
from tap import Tap  # noqa: E402
import cheader  # noqa: E402

BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_dmaspace
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(script, *words):
    return run("bash", "-c", BASH, "bash", script, *words).stdout.split()


def plain(page):
    """A page as words, whatever its markup."""
    text = re.sub(r"\\f[A-Z]|\\&", "", page.read_text())
    return text.replace("\\-", "-").replace("\\e", "\\").replace("\\(aq", "'").replace("\\(ga", "`")


def words_of(option):
    return [f"--{option['name']}"] + ([f"-{option['letter']}"] if option["letter"] else [])


def missing_in_text(verb, text):
    return [word for option in verb["options"] for word in words_of(option)
            if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)]


def without_example(verb):
    good = [e for e in verb["examples"] if f"dmaspace {verb['name']}" in e["command"] and e["purpose"]]
    return [] if good and len(good) == len(verb["examples"]) else [verb["name"]]


def lint(page):
    """What mandoc warns of, or else what groff does."""
    if shutil.which("mandoc"):
        return run("mandoc", "-Tlint", "-Wwarning", page).stdout.splitlines()
    return run("groff", "-man", "-Tutf8", "-ww", "-z", page).stderr.splitlines()


def check_verb(tap, verb, dmaspace, pages):
    name = verb["name"]
    text = run(dmaspace, name, "--help").stdout
    page = plain(pages / f"dmaspace-{name}.1")
    bash, zsh = pages / "dmaspace", (pages / "_dmaspace").read_text()
    tap.check(f"{name}: help has an example, and each begins with the command", without_example(verb))
    tap.check(f"{name}: help has every option", missing_in_text(verb, text))
    tap.check(f"{name}: the manual page has every option", missing_in_text(verb, page))
    tap.check(f"{name}: the manual page has every example",
              [e["command"] for e in verb["examples"] if e["command"] not in page])
    offered = completed(bash, "dmaspace", name, "--")
    tap.check(f"{name}: bash completes every option",
              [f"--{o['name']}" for o in verb["options"] if f"--{o['name']}" not in offered])
    case = zsh.split(f"\n    {name})\n")[1].split(";;")[0]
    tap.check(f"{name}: zsh completes every option", missing_in_text(verb, re.sub(r"[+=](?=[},\[])", "", case)))


def check_ids(tap, dmaspace, pages):
    """Bash asks the command that is completed."""
    listed = [line.split()[0] for line in run(dmaspace, "check", "--list").stdout.splitlines()]
    begin = sorted({name for name in listed if name.startswith("map-")})
    for before, option in [("", "--enable"), (f"{listed[0]},", "-d")]:
        offered = completed(pages / "dmaspace", dmaspace, "check", option, f"{before}map-")
        tap.check(f"bash completes ids of check after {option} {before}",
                  [] if begin and sorted(offered) == [before + name for name in begin] else offered or ["nothing"])


def check_shells(tap, verbs, pages):
    offered = completed(pages / "dmaspace", "dmaspace", "")
    tap.check("bash completes every verb", [verb["name"] for verb in verbs if verb["name"] not in offered])
    tap.check("bash completes the beginning of a word only",
              [word for word in completed(pages / "dmaspace", "dmaspace", "insp") if word != "inspect"])
    if shutil.which("zsh"):
        tap.check("zsh reads its completion", run("zsh", "-n", pages / "_dmaspace").stderr.splitlines())
    else:
        tap.skip("zsh reads its completion", "zsh is not installed")


def check_pages(tap, source, pages, verbs):
    found = sorted(pages.glob("*.[13]"))
    tap.check("there is a manual page for every verb and every header",
              ([] if len(found) == 1 + len(verbs) + len(list(source.glob("include/dmaspace/*.h"))) else
               [page.name for page in found]))
    if shutil.which("mandoc") or shutil.which("groff"):
        tap.check("no manual page has a warning", [line for page in found for line in lint(page)])
    else:
        tap.skip("no manual page has a warning", "neither mandoc nor groff is installed")
    undescribed = []
    for header in source.glob("include/dmaspace/*.h"):
        names = cheader.parse(header.read_text()).functions()
        page = plain(pages / f"dms_{header.stem}.3") if names else ""
        undescribed += [name for name in names if page.count(f"{name}()") < 1 or page.count(f"{name}(") < 2]
    tap.check("every public function has its prototype and its section in a page", undescribed)


def main():
    source, pages = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    dmaspace = sys.argv[3]
    verbs = json.loads(run(dmaspace, "--describe").stdout)["verbs"]
    tap = Tap()
    for verb in verbs:
        check_verb(tap, verb, dmaspace, pages)
    check_ids(tap, dmaspace, pages)
    check_shells(tap, verbs, pages)
    check_pages(tap, source, pages, verbs)
    tap.end()


main()
