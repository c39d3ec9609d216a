/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "smmuv3_internal.h"

int smmu_queue_init(struct smmu *smmu, struct smmu_queue *queue, uint8_t lg2, unsigned words)
{
    size_t bytes = (words * sizeof(dms_le64_t)) << lg2;

    /* 6.3.26: the address is aligned to the size of the queue. */
    queue->entries = smmu_table_alloc(smmu, bytes, bytes, &queue->phys);
    if (!queue->entries)
        return DMS_ENOMEM;
    queue->bytes = bytes;
    queue->mask = (2u << lg2) - 1;
    return DMS_OK;
}

void smmu_queue_fini(struct smmu *smmu, struct smmu_queue *queue)
{
    smmu_table_free(smmu, queue->entries, queue->bytes);
}

uint64_t smmu_queue_base(const struct smmu_queue *queue)
{
    return QUEUE_BASE_RA | (queue->phys.addr & QUEUE_BASE_ADDR) |
           field_make(QUEUE_BASE_LOG2SIZE, ilog2(smmu_queue_size(queue)));
}
