# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""An installation in a folder of its own."""

import os
import pathlib
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
