/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * One call after the other, each in a fresh rig, again and again; each time another call of the
 * port fails, or another request to the IOMMU, until none is left to fail. After each failure the
 * state is the one that the header promises, and the same call succeeds when it is made again;
 * and when the rig goes, nothing has leaked.
 */
#ifndef TESTS_DMA_FAIL_NTH_H
#define TESTS_DMA_FAIL_NTH_H

#include "../device/rig.h"

struct subject {
    const char *name;
    void (*setup)(struct rig *rig); /* what the call needs; NULL: nothing */
    int (*call)(struct rig *rig);
    void (*check_failed)(struct rig *rig); /* what must hold after an error */
    int (*retry)(struct rig *rig); /* what the header says to do after an error; NULL: call */
    void (*undo)(struct rig *rig); /* after a success: checks it, and ends all that there is */
};

/* The IOMMU fails `op` with `err`. */
struct refusal {
    enum fake_op op;
    int err;
};

/* What subjects work on; one at a time. */
struct scene {
    struct dms_device *dev;
    struct dms_device *parent;
    char *pages; /* 16 */
    dms_iova_t iova;
    void *coherent;
    struct dms_sg list[4];
    uint64_t room;  /* of the addresses that may be handed out; one piece */
    size_t regions; /* the device's, before the call */
};

extern struct scene on;

#define ROOM_FIRST 0x10000000
#define ROOM_SIZE  0x100000

/* An attached device that is handed addresses in ROOM only. */
void make_device(struct rig *rig);
void make_device_of(struct rig *rig, struct dms_device_cfg cfg);

/* Nothing is mapped or withheld, no region was added, and every address is free. */
void nothing_happened(struct rig *rig);

/* The same, as far as mappings go, and the end of the device. */
void end_device(struct rig *rig);

/*
 * Every call of the port that can fail does: alloc, table_alloc, virt_to_phys, thread_slot. Returns
 * how many calls were refused for it; the others did without.
 */
unsigned fail_port_calls(const struct subject *subjects, size_t count);

void fail_requests(const struct subject *subjects, size_t count, const struct refusal *refusals,
                   size_t nrefusals);

#endif
