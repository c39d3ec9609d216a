# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The image for QEMU's virt machine: building it, and starting it with the device tree that it wants."""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build-qemu"
TIMEOUT_S = 300  # for a machine with much else to do; a run takes seconds

TOOLS = {"qemu-system-aarch64": "qemu-system-arm", "aarch64-linux-gnu-gcc": "gcc-aarch64-linux-gnu",
         "fdtput": "device-tree-compiler", "meson": "meson"}

# The masters: (requester ID, options). Slots are given, so that requester IDs do not depend on QEMU's choice.
MASTERS = [
    (0x008, ["-device", "edu,addr=1,dma_mask=0xffffffffffffffff"]),
    (0x010, ["-device", "edu,addr=2,dma_mask=0xffffffffffffffff"]),
    (0x100, ["-device", "pcie-root-port,id=bridge,addr=3,chassis=1",
             "-device", "edu,bus=bridge,dma_mask=0xffffffffffffffff"]),
]
FIRST_FUNCTION = 0x100

QEMU = ["qemu-system-aarch64", "-cpu", "cortex-a57,cntfrq=1000000000", "-smp", "2", "-m", "256M",
        "-nodefaults", "-display", "none"]
# Makes runs repeatable to the instruction, and sleeping costs no time.
CLOCK = ["-icount", "shift=0,sleep=off"]
MACHINE = "virt,iommu=smmuv3"


def build():
    """None, or why there can be no image here."""
    for tool, package in TOOLS.items():
        if not shutil.which(tool):
            return f"{tool} is not installed (package {package})"
    libfdt = subprocess.run([ROOT / "scripts/fetch-libfdt-arm64"], text=True, capture_output=True)
    if libfdt.returncode != 0:
        return (libfdt.stderr.strip().splitlines() or ["no libfdt for AArch64"])[-1]
    BUILD.mkdir(exist_ok=True)
    with open(ROOT / "build-qemu.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs may want the image at the same time
        made = subprocess.run([ROOT / "scripts/build", BUILD, "--cross-file", "ports/baremetal/aarch64.ini",
                               f"-Dlibfdt={libfdt.stdout.strip()}"], cwd=ROOT,
                              env={**os.environ, "CC": "aarch64-linux-gnu-gcc"})
    if made.returncode != 0:
        sys.exit("Bail out! the image does not build")
    return None


def devices():
    return [option for _, options in MASTERS for option in options]


def fdt(*words):
    return subprocess.run(words, check=True, text=True, capture_output=True).stdout.strip()


def device_tree(folder):
    """QEMU's own device tree, with a node whose iommu-map has each master as one function."""
    dtb = f"{folder}/virt.dtb"
    # It does not depend on PCI devices.
    subprocess.run([*QEMU, "-M", f"{MACHINE},dumpdtb={dtb}"], check=True, capture_output=True)
    smmu = next(name for name in fdt("fdtget", "-l", dtb, "/").splitlines() if name.startswith("smmuv3@"))
    phandle = fdt("fdtget", "-t", "x", dtb, f"/{smmu}", "phandle")
    cells = []
    for i, (sid, _) in enumerate(MASTERS):
        cells += [f"{FIRST_FUNCTION + i:x}", phandle, f"{sid:x}", "1"]
    fdt("fdtput", "-c", dtb, "/functions")
    fdt("fdtput", "-t", "s", dtb, "/functions", "compatible", "dmaspace,functions")
    fdt("fdtput", "-t", "s", dtb, "/functions", "dma-coherent")
    fdt("fdtput", "-t", "x", dtb, "/functions", "iommu-map", *cells)
    return dtb


def boot(words):
    """Runs the image with these bootargs. Returns its exit status (None: it did not end) and what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*QEMU, *CLOCK, "-M", MACHINE, "-dtb", device_tree(folder), "-serial", "stdio",
                   "-semihosting-config", "enable=on,target=native",
                   "-kernel", BUILD / "tests/qemu/suite-qemu.bin", "-append", words, *devices()]
        try:
            run = subprocess.run(command, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, timeout=TIMEOUT_S, errors="replace")
        except subprocess.TimeoutExpired as late:
            return None, (late.stdout or b"").decode(errors="replace")
    return run.returncode, run.stdout
