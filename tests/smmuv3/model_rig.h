/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The driver on the register-level model, with memory of the POSIX port between the two. */
#ifndef TESTS_SMMUV3_MODEL_RIG_H
#define TESTS_SMMUV3_MODEL_RIG_H

#include <dmaspace/posix.h>
#include <dmaspace/smmuv3.h>

#include <models/smmuv3/smmuv3_model.h>

#define RIG_EVENTS_MAX 64

struct model_rig {
    struct smmuv3_model_cfg model_cfg; /* from the default; change before rig_start */
    struct dms_smmuv3_cfg cfg;
    struct dms_posix *posix;
    struct model_ram ram;
    struct smmuv3_model *model;
    struct dms_iommu *iommu; /* NULL until rig_start */

    struct dms_iommu_event events[RIG_EVENTS_MAX];
    unsigned event_count; /* handed on by the driver, kept or not */
};

/* Memory and default configurations; nothing runs yet. */
void rig_init(struct model_rig *rig);

/* Creates the model and brings the driver up. Returns what dms_smmuv3_create says. */
int rig_start(struct model_rig *rig);

/* The instance has to go without an error, and all memory with it. */
void rig_stop(struct model_rig *rig);

/* Everything else goes, in whatever state. */
void rig_fini(struct model_rig *rig);

struct dms_iommu_domain *rig_domain(struct model_rig *rig, unsigned granule_lg2);

/* A buffer of the driver's, `size` bytes, aligned to 2 MiB. */
void *rig_buffer(struct model_rig *rig, size_t size, dms_phys_t *phys);

/* One access of a device. */
struct smmuv3_result rig_access(struct model_rig *rig, uint32_t sid, uint64_t iova, bool write,
                                void *buf, size_t size);
bool rig_reads(struct model_rig *rig, uint32_t sid, uint64_t iova, uint64_t expected);
bool rig_writes(struct model_rig *rig, uint32_t sid, uint64_t iova, uint64_t value);

/* The access aborts, and the driver reports exactly one event for it, with this reason. */
void rig_assert_fault(struct model_rig *rig, uint32_t sid, uint64_t iova, bool write,
                      enum dms_fault_reason reason);

#endif
