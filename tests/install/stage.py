# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""An installation in a folder of its own."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "freestanding"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "lib"))


def run(*command, **options):
    """stdout, stderr and status of a command."""
    return subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, **options)


class Stage:
    def __init__(self, build):
        self._folder = tempfile.TemporaryDirectory(prefix="dmaspace-install-")
        self.root = pathlib.Path(self._folder.name)
        done = run("meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", self.root / "dest")
        self.failure = [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()[-10:]
        self.dest = self.root / "dest"

    def files(self):
        """Every file and link, as an absolute path of the installed system."""
        return {"/" + os.path.relpath(pathlib.Path(folder) / name, self.dest)
                for folder, _, names in os.walk(self.dest) for name in names}


SAID = """\
function 0x100: stream 0x1944, first address 0x25800000
function 0x101: stream 0x1940, first address 0x25800000
function 0x102: stream 0x1943, first address 0x25800000
"""


class Installed:
    """An installed tree below `root`, used by a stranger's builds in `scratch`."""

    def __init__(self, root, prefix, libdir, scratch):
        self.scratch = scratch
        self.prefix = root / prefix.lstrip("/")
        self.lib = self.prefix / libdir
        self.environment = {**os.environ, "PKG_CONFIG_PATH": str(self.lib / "pkgconfig"),
                            "PKG_CONFIG_SYSROOT_DIR": str(root), "LD_LIBRARY_PATH": str(self.lib)}

    def copy(self, name):
        """The examples in a folder of their own."""
        folder = self.scratch / name
        for package in ["dmaspace", "libdmaspace-dev"]:
            source = self.prefix / "share/doc" / package / "examples"
            if source.exists():
                shutil.copytree(source, folder, dirs_exist_ok=True)
        return folder

    def run(self, *command, folder=None):
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
