/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What a machine offers to the suite. The same tests run on the software SMMUv3 (machine_model.c)
 * and on QEMU's (tests/qemu), and print the same lines: only a struct suite_machine lies between
 * them. Freestanding, as the library is: the tests use no C library.
 *
 * A machine has RAM that its port hands out, one SMMUv3 in whatever state, and a few DMA masters
 * behind it. It is used by one suite run and never reset in between: every test brings the SMMU up
 * and takes it down again.
 *
 * Its device tree (model.dts is an example) has
 *   the SMMU        at smmu_path: "arm,smmu-v3", #iommu-cells = <1>
 *   the functions   at functions_path: an iommu-map from each master's function id to its stream,
 *                   iommu-map = <0x100 &smmu 0x8 1>, <0x101 &smmu 0x10 1>, ...;
 *   the PCI host    at host_path: an iommu-map from requester ids to streams
 * all of them dma-coherent, and without dma-ranges that restrict anything.
 *
 * It has at least 32 MiB of RAM for the port to hand out, in pieces of up to 4 MiB at addresses
 * that are multiples of their size.
 */
#ifndef TESTS_SUITE_MACHINE_H
#define TESTS_SUITE_MACHINE_H

#include <dmaspace/port.h>
#include <dmaspace/smmuv3.h>

/*
 * Fewer, and the suite does not start. The first two are on the host bridge's own bus, the third is
 * not.
 */
#define SUITE_MASTERS_MIN 3

/* Bytes of a burst. */
#define SUITE_BURST_MAX 2048

/*
 * A DMA master. It sends one stream, and owns a buffer of SUITE_BURST_MAX bytes that only its DMA
 * can reach.
 */
struct suite_master {
    dms_sid_t sid;         /* below 0x200 */
    uint32_t function_id;  /* in the iommu-map of functions_path */
    uint32_t requester_id; /* in the iommu-map of host_path */
};

enum suite_irq {
    SUITE_IRQ_EVENTQ,
    SUITE_IRQ_GERROR,
};

/* What some machines cannot do. A test that needs it is skipped, and says why. */
enum suite_feature {
    SUITE_INTERRUPTS,      /* irq_count */
    SUITE_SECOND_CPU,      /* cpu_start, cpu_join */
    SUITE_DISABLED_ABORTS, /* GBPA.ABORT: a disabled SMMU aborts everything (IHI 0070 6.3.14) */
    SUITE_OVERFLOW_FLAG,   /* EVENTQ_PROD.OVFLG says that events were lost (IHI 0070 7.4) */
};

struct suite_machine {
    void *ctx; /* first argument of every callback */

    /*
     * Its table_alloc hands out the tests' buffers too; virt_to_phys knows them; alloc and
     * table_alloc give zeros.
     */
    const struct dms_port *port;
    struct dms_mmio mmio;
    const void *blob; /* the device tree, and its size */
    size_t blob_size;
    const char *smmu_path;
    const char *functions_path;
    const char *host_path;

    const struct suite_master *masters;
    unsigned nmasters;

    /*
     * The stream table's format in this run. (One format a run, since QEMU's SMMU cannot go back to
     * a linear table from a two-level one.)
     */
    enum dms_smmuv3_strtab strtab;

    /*
     * DMA of masters[master], finished when the call returns. Beats are 4 bytes: IOVAs and sizes
     * are multiples of 4. A beat that the SMMU aborts moves nothing, and the next beats are tried
     * all the same; the master itself learns nothing. Several CPUs may use different masters at the
     * same time.
     *
     * post:  writes one word, `value` as 32 bits, little-endian.
     *
     * fetch: reads `size` bytes from memory into the master's buffer. What aborted beats leave
     * there is undefined, but is nothing that was in memory at that moment.
     *
     * store: writes the first `size` bytes of the master's buffer to memory.
     */
    void (*post)(void *ctx, unsigned master, dms_iova_t iova, uint16_t value);
    void (*fetch)(void *ctx, unsigned master, dms_iova_t iova, size_t size);
    void (*store)(void *ctx, unsigned master, dms_iova_t iova, size_t size);

    /*
     * How often the SMMU's interrupt has been taken so far. Those that the SMMU has raised by now
     * are taken before this returns. Taking it does nothing but count: the driver is not called.
     */
    unsigned (*irq_count)(void *ctx, enum suite_irq irq);

    /*
     * Runs fn(arg) on another CPU, at most one at a time; cpu_join waits until it has returned, and
     * false means that it has not in any sensible time. cpu_start returns false when there is no
     * other CPU after all.
     */
    bool (*cpu_start)(void *ctx, void (*fn)(void *arg), void *arg);
    bool (*cpu_join)(void *ctx);

    /* Objects and tables of the port that have not been given back. */
    uint64_t (*live)(void *ctx);

    /*
     * NULL: the machine has it. Otherwise why not, as a few words for the test's line: "one CPU".
     */
    const char *(*lacks)(void *ctx, enum suite_feature feature);

    /* One line of TAP, without its newline. */
    void (*put)(void *ctx, const char *line);
};

/* Runs every test and prints TAP. Returns the number of tests that failed. */
unsigned suite_run(const struct suite_machine *machine);

#endif
