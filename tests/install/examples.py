#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: examples.py BUILD PREFIX LIBDIR

The examples for an installed library, built as a stranger would: from a copy of what was installed.
"""

import shutil
import sys

sys.dont_write_bytecode = True
from stage import Installed, Stage  # noqa: E402
from tap import Tap  # noqa: E402


def main():
    build, prefix, libdir = sys.argv[1:]
    stage = Stage(build)
    installed = Installed(stage.dest, prefix, libdir, stage.root)
    tap = Tap()
    tap.check("the example with pkg-config builds and runs", installed.problems(installed.copy("pkgconfig"), ["make"]))
    if shutil.which("cmake"):
        configure = ["cmake", "-S", ".", "-B", "out", f"-DCMAKE_PREFIX_PATH={installed.prefix}"]
        tap.check("the CMake example finds the package, builds and runs",
                  installed.problems(installed.copy("cmake"), configure, ["cmake", "--build", "out"],
                                     program="out/functions"))
    else:
        tap.skip("the CMake example finds the package, builds and runs", "cmake is not installed")
    for shared in installed.lib.glob("libdmaspace.so*"):
        shared.unlink()
    tap.check("without the shared library, pkg-config --static gives what the static one needs",
              installed.problems(installed.copy("static"), ["make", "PKG_CONFIG=pkg-config --static"]))
    tap.end()


main()
