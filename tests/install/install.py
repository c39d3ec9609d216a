#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: install.py SOURCE BUILD PREFIX LIBDIR DMASPACE

meson install with DESTDIR: exactly the files that it should put there, and no other.
"""

import email.utils
import fnmatch
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
from stage import Stage, run  # noqa: E402
from tap import Tap  # noqa: E402
import cheader  # noqa: E402

LIBRARIES = ["libdmaspace.a", "libdmaspace.so", "libdmaspace.so.0", "libdmaspace.so.{version}", "libdmaspace_posix.a",
             "pkgconfig/dmaspace.pc", "pkgconfig/dmaspace-posix.pc",
             "cmake/dmaspace/dmaspaceConfig.cmake", "cmake/dmaspace/dmaspaceConfigVersion.cmake"]
EXAMPLES = ["functions.c", "Makefile", "CMakeLists.txt", "iris-kaanapali.dtb", "iris-child-nodes.dtb"]


def pages_of(header):
    stem = "dmaspace" if header.stem == "dmaspace" else f"dms_{header.stem}"
    return {stem, *cheader.parse(header.read_text()).functions()}


def expected(source, prefix, libdir, description):
    headers = sorted(source.glob("include/dmaspace/*.h"))
    share = f"{prefix}/share"
    lib = f"{prefix}/{libdir}" if not libdir.startswith("/") else libdir
    words = {f"{prefix}/bin/dmaspace",
             f"{share}/bash-completion/completions/dmaspace", f"{share}/zsh/site-functions/_dmaspace",
             f"{share}/man/man1/dmaspace.1"}
    words |= {f"{prefix}/include/dmaspace/{header.name}" for header in headers}
    words |= {f"{lib}/{name.format(version=description['version'])}" for name in LIBRARIES}
    words |= {f"{share}/man/man1/dmaspace-{verb['name']}.1" for verb in description["verbs"]}
    words |= {f"{share}/man/man3/{page}.3" for header in headers for page in pages_of(header)}
    words |= {f"{share}/doc/dmaspace/{name}" for name in ["README.md", "LICENSE"]}
    words |= {f"{share}/doc/dmaspace/{path.relative_to(source / 'docs')}" for path in source.glob("docs/**/*")
              if path.is_file() and path.name != "meson.build"}
    words |= {f"{share}/doc/dmaspace/examples/{name}" for name in EXAMPLES}
    return words


def dangling(stage):
    return [path for path in stage.files() if not (stage.dest / path[1:]).exists()]


def soname(library):
    found = re.search(r"SONAME\s+(\S+)", run("objdump", "-p", library).stdout)
    return found[1] if found else "none"


def build_packages(source):
    """What scripts/packages.txt has for building that debian/control does not; a toolchain is always there."""
    wanted = " ".join(re.findall(r"^build:(.*)", (source / "scripts/packages.txt").read_text(), flags=re.MULTILINE))
    declared = set(re.findall(r"^ ([\w.+-]+)", (source / "debian/control").read_text(), flags=re.MULTILINE))
    return sorted(set(wanted.split()) - declared - {"make", "gcc", "libc6-dev", "dpkg-dev"})


def packaged(source, files, prefix, libdir):
    """The files that no debian/*.install takes; dh_missing would stop the build of the packages for them."""
    patterns = [line.split()[0] for path in source.glob("debian/*.install") for line in path.read_text().splitlines()]
    # debian/rules drops the one, and moves the other to where Debian has it.
    patterns += ["usr/share/doc/dmaspace/LICENSE", "usr/share/zsh/site-functions/*"]
    names = {"usr" + re.sub(rf"^/{libdir}/", "/lib/TRIPLET/", path[len(prefix):]) for path in files}
    patterns += [f"{pattern}/*" for pattern in patterns]
    return sorted(name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns))


def release_of(source):
    """What of the version and its date debian/changelog says differently from meson.build."""
    log = (source / "debian/changelog").read_text()
    build = (source / "meson.build").read_text()
    version = re.match(r"dmaspace \(([^)]+)\)", log)[1]
    date = email.utils.parsedate_to_datetime(re.search(r"^ -- .*>  (.*)", log, flags=re.MULTILINE)[1])
    return [word for word in [f"version: '{version}'", f"release_date = '{date:%Y-%m-%d}'"] if word not in build]


def main():
    source, build, prefix, libdir, dmaspace = sys.argv[1:]
    description = json.loads(run(dmaspace, "--describe").stdout)
    stage = Stage(build)
    tap = Tap()
    tap.check("meson install with DESTDIR succeeds", stage.failure)
    want, got = expected(pathlib.Path(source), prefix, libdir, description), stage.files()
    tap.check("everything that should be installed is", sorted(want - got))
    tap.check("nothing else is installed, and nothing outside the prefix", sorted(got - want))
    tap.check("no link leads nowhere", dangling(stage))
    shared = stage.dest / f"{prefix}/{libdir}".lstrip("/") / "libdmaspace.so"
    tap.check("the shared library's soname is libdmaspace.so.0",
              [name for name in [soname(shared)] if name != "libdmaspace.so.0"])
    tap.check("every installed file belongs to a Debian package", packaged(pathlib.Path(source), got, prefix, libdir))
    tap.check("debian/control has every package that is needed to build", build_packages(pathlib.Path(source)))
    tap.check("debian/changelog and meson.build agree on version and date", release_of(pathlib.Path(source)))
    tap.end()


main()
