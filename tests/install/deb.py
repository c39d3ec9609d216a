#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: deb.py FOLDER

The Debian packages in FOLDER: installed into a root of their own, used there, and removed again. The machine's own
packages are left alone; that is safe because no package has a script to run, which is a test of its own. Dependencies
are not installed into that root: what they are is compared with what the programs need, and the machine's are used.
"""

import os
import pathlib
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
from stage import Installed, run  # noqa: E402
from tap import Tap  # noqa: E402

NAMES = ["dmaspace", "libdmaspace0", "libdmaspace-dev"]


class Root:
    """A root folder with a package database of its own."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "var/lib/dpkg/updates").mkdir(parents=True)
        for name in ["status", "available", "info/format"]:
            (folder / "var/lib/dpkg" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "var/lib/dpkg" / name).write_text("1\n" if name == "info/format" else "")

    def dpkg(self, *arguments):
        done = run("dpkg", f"--root={self.folder}", "--force-depends", "--force-not-root", "--no-triggers",
                   "--log=/dev/null", *arguments)
        return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()[-10:]

    def files(self):
        found = (pathlib.Path(folder) / name for folder, _, names in os.walk(self.folder) for name in names)
        return [str(path) for path in found if "var/lib/dpkg" not in str(path)]

    def installed(self):
        listed = run("dpkg-query", f"--admindir={self.folder}/var/lib/dpkg", "-W",
                     "-f", "${Package} ${db:Status-Status}\n").stdout
        return {line.split()[0] for line in listed.splitlines() if line.endswith(" installed")}


def field(deb, name):
    return run("dpkg", "-f", deb, name).stdout.strip()


def scripts_of(deb):
    with tempfile.TemporaryDirectory() as folder:
        run("dpkg", "-e", deb, folder)
        return [f"{deb.name}: {name}" for name in os.listdir(folder)
                if name in ["preinst", "postinst", "prerm", "postrm", "config"]]


def lintian(folder):
    changes = next(folder.glob("*.changes"))
    done = run("lintian", "--allow-root", "--fail-on", "error,warning", changes)
    return done.stdout.splitlines() if done.returncode else []


def undeclared(deb, program):
    """Shared libraries that `program` needs from packages that `deb` does not depend on."""
    declared = field(deb, "Depends")
    found = []
    for library in re.findall(r"NEEDED\s+(\S+)", run("objdump", "-p", program).stdout):
        owner = run("dpkg", "-S", f"*/{library}").stdout.split(":")[0]
        if not owner or not re.search(rf"\b{re.escape(owner)}\b", declared):
            found.append(f"{library} of {owner or 'no package'}")
    return found


def wrong_output(done, words):
    return [] if done.returncode == 0 and words in done.stdout else (done.stdout + done.stderr).splitlines()[:10]


def check_use(tap, root, scratch):
    triplet = run("dpkg-architecture", "-qDEB_HOST_MULTIARCH").stdout.strip()
    installed = Installed(root.folder, "/usr", f"lib/{triplet}", scratch)
    dtb = installed.copy("dtbs") / "iris-kaanapali.dtb"
    tap.check("the installed command inspects the example",
              wrong_output(installed.run(installed.prefix / "bin/dmaspace", "inspect", dtb), "id 0x101 -> 0x1940"))
    # The pages are compressed, and each link must have followed.
    page = installed.prefix / "share/man/man3/dms_map.3.gz"
    tap.check("man finds the page of a function", wrong_output(run("man", "-l", page), "dms_map(struct dms_device *dev")
              if shutil.which("man") else [] if page.exists() else [str(page)])
    tap.check("the example with pkg-config builds and runs", installed.problems(installed.copy("pkgconfig"), ["make"]))
    configure = ["cmake", "-S", ".", "-B", "out", f"-DCMAKE_PREFIX_PATH={installed.prefix}",
                 f"-DCMAKE_LIBRARY_ARCHITECTURE={triplet}"]
    tap.check("the CMake example finds the package, builds and runs",
              installed.problems(installed.copy("cmake"), configure, ["cmake", "--build", "out"],
                                 program="out/functions"))


def main():
    folder = pathlib.Path(sys.argv[1])
    debs = {name: next(folder.glob(f"{name}_*.deb")).resolve() for name in NAMES}
    tap = Tap()
    tap.check("lintian has neither error nor warning", lintian(folder))
    tap.check("no package has a maintainer script", [line for deb in debs.values() for line in scripts_of(deb)])
    with tempfile.TemporaryDirectory(prefix="dmaspace-deb-") as scratch:
        scratch = pathlib.Path(scratch)
        root = Root(scratch / "root")
        tap.check("the packages install", root.dpkg("--install", *debs.values()))
        tap.check("dpkg counts them as installed", sorted(set(NAMES) ^ root.installed()))
        tap.check("the command depends on the packages of every library it needs",
                  undeclared(debs["dmaspace"], root.folder / "usr/bin/dmaspace"))
        check_use(tap, root, scratch)
        tap.check("they are removed", root.dpkg("--purge", *NAMES))
        tap.check("and leave nothing behind", root.files())
    tap.end()


main()
