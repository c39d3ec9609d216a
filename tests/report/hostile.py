# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Input that would do harm if a report took it for markup."""

import subprocess

NAME = "</script><script>window.owned = 1</script><img src=x onerror=owned=1>"


def compile_tree(folder, name, source):
    file = folder / name
    subprocess.run(["dtc", "-q", "-q", "-f", "-I", "dts", "-O", "dtb", "-o", file, "-"], input=source, text=True, check=True)
    return file


def tree(folder):
    return compile_tree(folder, "hostile.dtb", f"""/dts-v1/;
        / {{
            #address-cells = <2>; #size-cells = <2>;
            model = "{NAME}";
            compatible = "{NAME}";
            smmu: iommu {{ compatible = "arm,smmu-v3"; #iommu-cells = <1>; }};
            codec {{ compatible = "{NAME}"; iommus = <&smmu 5>; }};
        }};""")


def trace(folder):
    file = folder / "hostile.txt"
    file.write_text(f"  {NAME[:20]}-9     [000] .....    10.000200: dma_alloc: {NAME} dir=BIDIRECTIONAL "
                    "dma_addr=fff00000 size=1048576 virt_addr=0000000000000001 flags=0 attrs=\n")
    return file


def wide_tree(folder):
    """One page reserved in the middle of 64 bits, one near the beginning."""
    return compile_tree(folder, "wide.dtb", """/dts-v1/;
        / {
            #address-cells = <2>; #size-cells = <2>;
            reserved-memory {
                #address-cells = <2>; #size-cells = <2>; ranges;
                hole: hole { iommu-addresses = <&codec 0x0 0x100000 0x0 0x1000>, <&codec 0x80000000 0x0 0x0 0x1000>; };
            };
            smmu: iommu { compatible = "arm,smmu-v3"; #iommu-cells = <1>; };
            codec: codec { iommus = <&smmu 5>; memory-region = <&hole>; };
        };""")


def broken_tree(folder):
    """An iommus entry that lacks its specifier."""
    return compile_tree(folder, "broken.dtb", """/dts-v1/;
        / {
            smmu: iommu { compatible = "arm,smmu-v3"; #iommu-cells = <1>; };
            codec { iommus = <&smmu>; };
        };""")
