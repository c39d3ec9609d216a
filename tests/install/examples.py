#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""usage: examples.py BUILD PREFIX LIBDIR INSTRUMENTED

The examples for an installed library, built as a stranger would: from a copy of what was installed.
"""

import os
import shutil
import sys

sys.dont_write_bytecode = True
from stage import Stage, run  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

SAID = """\
function 0x100: stream 0x1944, first address 0x25800000
function 0x101: stream 0x1940, first address 0x25800000
function 0x102: stream 0x1943, first address 0x25800000
"""


class Installed:
    def __init__(self, stage, prefix, libdir):
        self.stage = stage
        self.root = stage.dest / prefix.lstrip("/")
        self.lib = self.root / libdir
        self.environment = {**os.environ, "PKG_CONFIG_PATH": str(self.lib / "pkgconfig"),
                            "PKG_CONFIG_SYSROOT_DIR": str(stage.dest), "LD_LIBRARY_PATH": str(self.lib)}

    def copy(self, name):
        """The examples in a folder of their own."""
        folder = self.stage.root / name
        shutil.copytree(self.root / "share/doc/dmaspace/examples", folder)
        return folder

    def run(self, *command, folder):
        return run(*command, cwd=folder, env=self.environment)

    def problems(self, folder, *builds, program="./functions"):
        """What goes wrong in building and running the example."""
        for command in builds:
            done = self.run(*command, folder=folder)
            if done.returncode:
                return (done.stdout + done.stderr).splitlines()[-15:]
        done = self.run(program, "iris-kaanapali.dtb", "/soc@0/video-codec@2000000", "0x100", "0x101", "0x102",
                        folder=folder)
        return [] if done.stdout == SAID and done.returncode == 0 else (done.stdout + done.stderr).splitlines()


def main():
    build, prefix, libdir, instrumented = sys.argv[1:]
    if instrumented != "none":
        skip_all(f"the library is instrumented ({instrumented}), which its users are not")
    installed = Installed(Stage(build), prefix, libdir)
    tap = Tap()
    tap.check("the example with pkg-config builds and runs", installed.problems(installed.copy("pkgconfig"), ["make"]))
    if shutil.which("cmake"):
        configure = ["cmake", "-S", ".", "-B", "out", f"-DCMAKE_PREFIX_PATH={installed.root}"]
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
