/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pci.h"

/* Type 0 and 1 headers (PCI Local Bus 6.1, PCI-to-PCI Bridge 3.2) */
#define PCI_ID         0x00
#define PCI_COMMAND    0x04
#define PCI_HEADER     0x0c /* byte 2: type, bit 7: several functions */
#define PCI_BAR(n)     (0x10 + 4 * (n))
#define PCI_BUSES      0x18 /* primary, secondary, subordinate */
#define PCI_WINDOW     0x20 /* base and limit, units of 1 MiB */
#define PCI_PREFETCH   0x24
#define PCI_CAPABILITY 0x34
#define COMMAND_MEMORY 0x2
#define COMMAND_MASTER 0x4
#define STATUS_CAPS    (1u << 20) /* as part of PCI_COMMAND's word */
#define BAR_IO         0x1u
#define BAR_64         0x4u
#define BAR_FLAGS      0xfu
#define MIB            UINT64_C(0x100000)
#define CAPABILITIES   48 /* no more fit between 0x40 and 0xff */

#define DEVICES        32u
#define FUNCTIONS      8u
#define DEPTH_MAX      4u

struct scan {
    const struct pci_host *host;
    uint64_t next; /* free space of the window begins here */
    unsigned last_bus;
    struct pci_function *out;
    unsigned max;
    unsigned count;
};

static uint64_t align_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) & ~(align - 1);
}

static bool probe(const struct scan *scan, unsigned rid, struct pci_function *function)
{
    uint32_t id;

    *function = (struct pci_function){.rid = (uint16_t)rid,
                                      .config = scan->host->ecam + ((uintptr_t)rid << 12)};
    id = pci_read32(function, PCI_ID);
    function->vendor = (uint16_t)id;
    function->device = (uint16_t)(id >> 16);
    return function->vendor != 0xffff;
}

/* Returns how many BAR registers it takes. An I/O BAR, and one that does not fit, gets no place. */
static unsigned place_bar(struct scan *scan, struct pci_function *function, unsigned n)
{
    uint32_t old = pci_read32(function, PCI_BAR(n));
    uint64_t size, at;
    bool wide = (old & BAR_IO) == 0 && (old & BAR_64);

    pci_write32(function, PCI_BAR(n), UINT32_MAX);
    size = ~(uint64_t)(pci_read32(function, PCI_BAR(n)) & ~BAR_FLAGS) + 1;
    size &= UINT32_MAX;
    pci_write32(function, PCI_BAR(n), old);
    if (size == 0 || (old & BAR_IO))
        return 1 + wide;
    at = align_up(scan->next, size);
    if (at + size > scan->host->window + scan->host->window_size)
        return 1 + wide;
    scan->next = at + size;
    pci_write32(function, PCI_BAR(n), (uint32_t)at);
    if (wide)
        pci_write32(function, PCI_BAR(n + 1), 0);
    if (n == 0)
        function->bar0 = at;
    return 1 + wide;
}

static void scan_bus(struct scan *scan, unsigned bus, unsigned depth);

/* The bridge passes on what lies between two multiples of 1 MiB; nothing prefetchable. */
static void open_bridge(struct scan *scan, struct pci_function *bridge, unsigned depth)
{
    unsigned secondary = scan->last_bus + 1;
    uint64_t first, last;

    if (depth >= DEPTH_MAX || secondary >= scan->host->buses)
        return;
    scan->last_bus = secondary;
    pci_write32(bridge, PCI_BUSES, (bridge->rid >> 8) | secondary << 8 | 0xffu << 16);
    scan->next = first = align_up(scan->next, MIB);
    scan_bus(scan, secondary, depth + 1);
    scan->next = align_up(scan->next, MIB);
    last = scan->next - 1;
    pci_write32(bridge, PCI_BUSES, (bridge->rid >> 8) | secondary << 8 | scan->last_bus << 16);
    /* Limit below base: nothing passes. */
    if (scan->next == first)
        pci_write32(bridge, PCI_WINDOW, 0x0000fff0);
    else
        pci_write32(bridge, PCI_WINDOW,
                    (uint32_t)(first >> 16 & 0xfff0) | (uint32_t)(last & 0xfff00000));
    pci_write32(bridge, PCI_PREFETCH, 0x0000fff0);
}

static void set_up(struct scan *scan, struct pci_function *function, unsigned depth)
{
    bool bridge = (pci_read32(function, PCI_HEADER) >> 16 & 0x7f) == 1;
    unsigned bars = bridge ? 2 : 6;

    for (unsigned n = 0; n < bars;)
        n += place_bar(scan, function, n);
    if (bridge)
        open_bridge(scan, function, depth);
    pci_write16(function, PCI_COMMAND, COMMAND_MEMORY | COMMAND_MASTER);
    if (scan->count < scan->max)
        scan->out[scan->count] = *function;
    scan->count++;
}

static void scan_bus(struct scan *scan, unsigned bus, unsigned depth)
{
    struct pci_function function;

    for (unsigned device = 0; device < DEVICES; device++) {
        unsigned functions = 1;

        for (unsigned f = 0; f < functions; f++) {
            if (!probe(scan, bus << 8 | device << 3 | f, &function))
                continue;
            if (f == 0 && (pci_read32(&function, PCI_HEADER) >> 23 & 1))
                functions = FUNCTIONS;
            set_up(scan, &function, depth);
        }
    }
}

unsigned pci_enumerate(const struct pci_host *host, struct pci_function *out, unsigned max)
{
    struct scan scan = {.host = host, .next = host->window, .out = out, .max = max};

    scan_bus(&scan, 0, 0);
    return scan.count;
}

unsigned pci_capability(const struct pci_function *function, uint8_t id)
{
    unsigned at;

    if (!(pci_read32(function, PCI_COMMAND) & STATUS_CAPS))
        return 0;
    at = pci_read32(function, PCI_CAPABILITY) & 0xfc;
    for (unsigned i = 0; at && i < CAPABILITIES; i++) {
        uint32_t word = pci_read32(function, at);

        if ((word & 0xff) == id)
            return at;
        at = word >> 8 & 0xfc;
    }
    return 0;
}
