/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "machine_qemu.h"

#include "edu.h"

#include <baremetal/console.h>
#include <baremetal/cpu.h>
#include <baremetal/gic.h>
#include <baremetal/memory.h>
#include <baremetal/port.h>
#include <baremetal/second_cpu.h>

#include <stdatomic.h>

#define MASTERS_MAX 8u

#define FUNCTIONS   "dmaspace,functions" /* compatible of the node that check-qemu grafts */

#define SMMU_GBPA   0x0044u
#define GBPA_ABORT  (1u << 20)
#define GBPA_UPDATE (1u << 31)

struct machine {
    struct platform *platform;
    struct edu edus[MASTERS_MAX];
    struct suite_master masters[MASTERS_MAX];
    unsigned count;
    char functions_path[DMS_OF_PATH_MAX];
    atomic_uint irqs[2]; /* by enum suite_irq */
    bool has_gbpa;
};

static struct machine machine;

/* ---- DMA ------------------------------------------------------------------------------------- */

static void stuck(void)
{
    console_put("Bail out! an edu device did not finish its DMA");
    exit_with(2);
}

static void post(void *ctx, unsigned master, dms_iova_t iova, uint16_t value)
{
    const struct machine *m = ctx;

    edu_post(&m->edus[master], iova, value);
}

static void fetch(void *ctx, unsigned master, dms_iova_t iova, size_t size)
{
    const struct machine *m = ctx;

    if (!edu_fetch(&m->edus[master], iova, size))
        stuck();
}

static void store(void *ctx, unsigned master, dms_iova_t iova, size_t size)
{
    const struct machine *m = ctx;

    if (!edu_store(&m->edus[master], iova, size))
        stuck();
}

/* ---- interrupts and CPUs --------------------------------------------------------------------- */

static void count_irq(void *ctx)
{
    atomic_fetch_add_explicit((atomic_uint *)ctx, 1, memory_order_relaxed);
}

static unsigned irq_id(const struct machine *m, enum suite_irq irq)
{
    return irq == SUITE_IRQ_EVENTQ ? m->platform->smmu_eventq_irq : m->platform->smmu_gerror_irq;
}

static unsigned irq_count(void *ctx, enum suite_irq irq)
{
    const struct machine *m = ctx;

    while (gic_is_pending(irq_id(m, irq)))
        cpu_yield();
    return atomic_load_explicit(&m->irqs[irq], memory_order_relaxed);
}

static bool cpu_start(void *ctx, void (*fn)(void *arg), void *arg)
{
    (void)ctx;
    return second_cpu_start(fn, arg);
}

static bool cpu_join(void *ctx)
{
    (void)ctx;
    return second_cpu_join();
}

static uint64_t live(void *ctx)
{
    (void)ctx;
    return memory_live();
}

static void put(void *ctx, const char *line)
{
    (void)ctx;
    console_put(line);
}

/* ---- what this QEMU lacks -------------------------------------------------------------------- */

/* Asked while the SMMU is off. A bit that was set is cleared again: bypass is what QEMU starts with. */
static bool can_abort(const struct machine *m)
{
    uintptr_t gbpa = (uintptr_t)m->platform->smmu + SMMU_GBPA;
    uint32_t old = mmio_read32(gbpa);
    bool aborts;

    mmio_write32(gbpa, old | GBPA_ABORT | GBPA_UPDATE);
    aborts = mmio_read32(gbpa) & GBPA_ABORT;
    if (aborts)
        mmio_write32(gbpa, (old & ~GBPA_ABORT) | GBPA_UPDATE);
    return aborts;
}

static const char *lacks(void *ctx, enum suite_feature feature)
{
    const struct machine *m = ctx;

    switch (feature) {
    case SUITE_INTERRUPTS:
        return m->platform->smmu_eventq_irq && m->platform->smmu_gerror_irq
                   ? NULL
                   : "no interrupts in the DTB";
    case SUITE_SECOND_CPU:
        return m->platform->cpus > 1 ? NULL : "one CPU";
    case SUITE_DISABLED_ABORTS:
        return m->has_gbpa ? NULL : "this QEMU has no GBPA";
    case SUITE_OVERFLOW_FLAG:
        return "QEMU has no overflow flag";
    }
    return NULL;
}

/* ---- finding it all -------------------------------------------------------------------------- */

static void add_master(struct machine *m, const struct pci_function *function)
{
    if (m->count < MASTERS_MAX && edu_init(&m->edus[m->count], function)) {
        m->masters[m->count].sid = m->masters[m->count].requester_id = function->rid;
        m->count++;
    }
}

/* The host's own bus first: the suite counts on it. */
static void find_masters(struct machine *m)
{
    static struct pci_function functions[PCI_DEVICES_MAX];
    unsigned count = pci_enumerate(&m->platform->pci, functions, PCI_DEVICES_MAX);

    for (unsigned above = 0; above < 2; above++) {
        for (unsigned i = 0; i < count && i < PCI_DEVICES_MAX; i++) {
            if ((functions[i].rid > 0xff) == above)
                add_master(m, &functions[i]);
        }
    }
}

/* Each edu's function id is the one that the map turns into its requester ID. */
static bool find_function_ids(struct machine *m)
{
    const struct dms_of *of = &m->platform->of;
    dms_of_node_t node = platform_find(m->platform, FUNCTIONS);
    struct dms_of_map_entry entry;
    struct dms_of_map map;
    unsigned found = 0;

    if (node == DMS_OF_NONE || dms_of_map_begin(of, node, &map, NULL))
        return false;
    dms_of_path(of, node, m->functions_path, sizeof(m->functions_path));
    while (dms_of_map_next(&map, &entry, NULL) == 0) {
        for (unsigned i = 0; i < m->count; i++) {
            if (entry.out.cells[0] == m->masters[i].sid) {
                m->masters[i].function_id = entry.id_base;
                found++;
            }
        }
    }
    return found == m->count;
}

static void take_irqs(struct machine *m)
{
    for (unsigned irq = SUITE_IRQ_EVENTQ; irq <= SUITE_IRQ_GERROR; irq++) {
        if (irq_id(m, irq))
            gic_enable(irq_id(m, irq), true, count_irq, &m->irqs[irq]);
    }
}

const char *machine_qemu_init(struct platform *platform, struct suite_machine *out)
{
    struct machine *m = &machine;

    m->platform = platform;
    find_masters(m);
    if (m->count < SUITE_MASTERS_MIN)
        return "too few edu devices";
    if (!find_function_ids(m))
        return "no node " FUNCTIONS " with every edu's requester ID in its iommu-map";
    m->has_gbpa = can_abort(m);
    take_irqs(m);
    *out = (struct suite_machine){
        .ctx = m,
        .port = platform_has_arg(platform, "noncoherent") ? &baremetal_port_noncoherent
                                                          : &baremetal_port,
        .mmio = baremetal_mmio(platform->smmu),
        .blob = platform->of.blob,
        .blob_size = platform->blob_size,
        .smmu_path = platform->smmu_path,
        .functions_path = m->functions_path,
        .host_path = platform->pci_path,
        .masters = m->masters,
        .nmasters = m->count,
        .strtab = platform_has_arg(platform, "two-level") ? DMS_SMMUV3_STRTAB_TWO_LEVEL
                                                          : DMS_SMMUV3_STRTAB_LINEAR,
        .post = post,
        .fetch = fetch,
        .store = store,
        .irq_count = irq_count,
        .cpu_start = cpu_start,
        .cpu_join = cpu_join,
        .live = live,
        .lacks = lacks,
        .put = put,
    };
    return NULL;
}
