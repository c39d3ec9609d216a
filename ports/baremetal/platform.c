/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "platform.h"

#include "gic.h"

#define BLOB_MAX    0x200000 /* 2 MiB: what the arm64 boot protocol allows */

#define RANGE_MEM32 0x02000000u
#define RANGE_SPACE 0x03000000u

static uint32_t cell(const void *cells, unsigned index)
{
    const uint8_t *at = (const uint8_t *)cells + 4 * (size_t)index;

    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t cells64(const void *cells, unsigned index)
{
    return (uint64_t)cell(cells, index) << 32 | cell(cells, index + 1);
}

static bool same(const char *a, const char *b)
{
    for (; *a && *a == *b; a++, b++)
        ;
    return *a == *b;
}

/* Whether `word` is one of the NUL-terminated strings. Their number if not. */
static bool find_string(const char *list, uint32_t size, const char *word, unsigned *index)
{
    *index = 0;
    for (uint32_t at = 0; at < size; at++) {
        if (at == 0 || !list[at - 1]) {
            if (same(list + at, word))
                return true;
            *index += 1;
        }
    }
    return false;
}

dms_of_node_t platform_find(const struct platform *p, const char *name)
{
    const struct dms_of *of = &p->of;
    uint32_t size;
    unsigned index;

    for (dms_of_node_t node = DMS_OF_ROOT; node != DMS_OF_NONE; node = dms_of_next(of, node)) {
        const char *list = dms_of_compatible(of, node, &size);

        if (list && find_string(list, size, name, &index) && dms_of_available(of, node))
            return node;
    }
    return DMS_OF_NONE;
}

/* The index-th entry of reg, on a bus with two cells of address and two of size that translates nothing. */
static bool read_reg(const struct dms_of *of, dms_of_node_t node, unsigned index, uint64_t *base,
                     uint64_t *size)
{
    uint32_t bytes;
    const void *reg = node == DMS_OF_NONE ? NULL : dms_of_prop(of, node, "reg", &bytes);

    if (!reg || bytes < 16 * (index + 1))
        return false;
    *base = cells64(reg, 4 * index);
    if (size)
        *size = cells64(reg, 4 * index + 2);
    return true;
}

/* GIC binding: three cells, type (0: shared), number, flags. 0: no such interrupt. */
static unsigned read_irq(const struct dms_of *of, dms_of_node_t node, const char *name)
{
    uint32_t names_size, bytes;
    const char *names = dms_of_prop(of, node, "interrupt-names", &names_size);
    const void *cells = dms_of_prop(of, node, "interrupts", &bytes);
    unsigned index;

    if (!names || !cells || !find_string(names, names_size, name, &index) ||
        bytes < 12 * (index + 1))
        return 0;
    return cell(cells, 3 * index) == 0 ? GIC_SPI(cell(cells, 3 * index + 1)) : 0;
}

static bool read_smmu(struct platform *p)
{
    dms_of_node_t node = platform_find(p, "arm,smmu-v3");

    if (!read_reg(&p->of, node, 0, &p->smmu, NULL))
        return false;
    p->smmu_eventq_irq = read_irq(&p->of, node, "eventq");
    p->smmu_gerror_irq = read_irq(&p->of, node, "gerror");
    dms_of_path(&p->of, node, p->smmu_path, sizeof(p->smmu_path));
    return true;
}

/* ranges: three cells of PCI address, two of the CPU's, two of size (PCI bus binding). */
static bool read_pci(struct platform *p)
{
    dms_of_node_t node = platform_find(p, "pci-host-ecam-generic");
    uint64_t ecam, ecam_size;
    uint32_t bytes;
    const void *ranges;

    if (!read_reg(&p->of, node, 0, &ecam, &ecam_size))
        return false;
    p->pci.ecam = ecam;
    p->pci.buses = (unsigned)(ecam_size >> 20);
    dms_of_path(&p->of, node, p->pci_path, sizeof(p->pci_path));
    ranges = dms_of_prop(&p->of, node, "ranges", &bytes);
    for (unsigned at = 0; ranges && at + 7 <= bytes / 4; at += 7) {
        if ((cell(ranges, at) & RANGE_SPACE) != RANGE_MEM32 ||
            cells64(ranges, at + 1) != cells64(ranges, at + 3))
            continue;
        p->pci.window = cells64(ranges, at + 1);
        p->pci.window_size = cells64(ranges, at + 5);
        return true;
    }
    return false;
}

static bool read_memory(struct platform *p)
{
    uint32_t size;

    for (dms_of_node_t node = DMS_OF_ROOT; node != DMS_OF_NONE; node = dms_of_next(&p->of, node)) {
        const char *type = dms_of_prop(&p->of, node, "device_type", &size);

        if (type && size && same(type, "cpu"))
            p->cpus++;
        if (type && size && same(type, "memory") && !p->ram_size &&
            !read_reg(&p->of, node, 0, &p->ram, &p->ram_size))
            return false;
    }
    return p->ram_size != 0;
}

static void read_bootargs(struct platform *p)
{
    dms_of_node_t node;
    uint32_t size;
    const char *args = NULL;

    if (dms_of_find(&p->of, "/chosen", &node, NULL) == 0)
        args = dms_of_prop(&p->of, node, "bootargs", &size);
    p->bootargs = args && size && !args[size - 1] ? args : "";
}

const char *platform_read(struct platform *p, const void *blob)
{
    if (dms_of_open(&p->of, blob, BLOB_MAX, NULL) != 0)
        return "x0 points to no device tree";
    p->blob_size = cell(blob, 1);
    read_bootargs(p);
    if (!read_reg(&p->of, platform_find(p, "arm,pl011"), 0, &p->uart, NULL))
        return "no PL011 UART in the device tree";
    if (!read_memory(p))
        return "no memory in the device tree";
    if (!read_reg(&p->of, platform_find(p, "arm,cortex-a15-gic"), 0, &p->gic_distributor, NULL) ||
        !read_reg(&p->of, platform_find(p, "arm,cortex-a15-gic"), 1, &p->gic_cpu_interface, NULL))
        return "no GICv2 in the device tree";
    if (!read_smmu(p))
        return "no SMMUv3 in the device tree: start QEMU with -M virt,iommu=smmuv3";
    if (!read_pci(p))
        return "no PCI host with ECAM and a 32-bit window in the device tree";
    return NULL;
}

bool platform_has_arg(const struct platform *p, const char *word)
{
    const char *at = p->bootargs;

    while (*at) {
        const char *w = word;

        for (; *w && *at == *w; at++, w++)
            ;
        if (!*w && (!*at || *at == ' '))
            return true;
        while (*at && *at != ' ')
            at++;
        while (*at == ' ')
            at++;
    }
    return false;
}
