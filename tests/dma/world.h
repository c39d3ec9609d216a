/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A machine of emulated memory and an IOMMU, and devices that access memory through it. The same
 * tests run on every kind of IOMMU there is.
 */
#ifndef TESTS_DMA_WORLD_H
#define TESTS_DMA_WORLD_H

#include "../cmocka_all.h"

#include <dmaspace/dmaspace.h>
#include <dmaspace/posix.h>

struct world {
    const char *name;
    struct dms_posix *posix;
    struct dms_machine *machine;
    struct dms_iommu *iommu;
    void *hardware;

    /* One access. True and *pa, or false: aborted. Nothing is moved. */
    bool (*access)(struct world *world, dms_sid_t sid, dms_iova_t iova, uint32_t access,
                   uint64_t *pa);

    /* Ends the IOMMU. */
    void (*end)(struct world *world);

    unsigned faults; /* reported since the world began */
    unsigned looks;  /* of these, not brief */
    struct dms_fault last_fault;
    struct dms_posix_stats before; /* what was allocated when the machine was new */
};

/* An IOMMU that is an array of pages, see tests/device/fake_iommu.h. */
void world_make_fake(struct world *world);

enum world_smmuv3 {
    WORLD_SMMUV3_DEFAULT, /* range invalidation, two-level stream table, commands at once */
    WORLD_SMMUV3_LATE,    /* neither of the first two, and commands that complete later */
};

/*
 * Longest wait of the driver for a command: short, so that a test of stuck hardware ends soon. Of
 * one that is late, which takes commands while somebody waits, and not before: longer than a thread
 * is kept from running on a busy machine.
 */
#define WORLD_TIMEOUT_NS      UINT64_C(200000000)
#define WORLD_TIMEOUT_LATE_NS UINT64_C(60000000000)

/* The driver of the SMMUv3 on the software SMMUv3. */
void world_make_smmuv3(struct world *world, enum world_smmuv3 kind);

/* The software SMMUv3 itself. */
struct smmuv3_model;
struct smmuv3_model *world_model(const struct world *world);

/* The machine is empty; nothing is left of what was made since. */
void world_end(struct world *world);

/* A device of `sids` on a bus of the test's own. */
int world_device(struct world *world, const struct dms_stream *streams, unsigned count,
                 const struct dms_device_cfg *cfg, struct dms_device **out,
                 struct dms_report *report);

/* Shared by the makers: a machine over posix and iommu. */
void world_begin(struct world *world);

#endif
