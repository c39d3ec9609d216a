/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How many faults of one party are looked into. A flood would else keep the thread that polls so long that the event
 * queue runs over, and with it the faults of everybody behind the same IOMMU.
 */
#ifndef DEVICE_FAULT_BUDGET_H
#define DEVICE_FAULT_BUDGET_H

#include <dmaspace/fault.h>

/*
 * All zero is a full one. Each look pays for DMS_FAULT_LOOK_NS of the port's clock, up to
 * DMS_FAULT_LOOKS of them ahead. Under machine->owners_lock.
 */
struct fault_budget {
    uint64_t paid_until;
    uint64_t brief; /* faults since the last look */
};

/* Whether the fault at `now` is looked into; says so in *fault. */
static inline bool fault_budget_take(struct fault_budget *budget, uint64_t now,
                                     struct dms_fault *fault)
{
    const uint64_t most = (uint64_t)(DMS_FAULT_LOOKS - 1) * DMS_FAULT_LOOK_NS;

    if (budget->paid_until < now)
        budget->paid_until = now;
    fault->brief = budget->paid_until - now > most;
    if (fault->brief) {
        budget->brief++;
        return false;
    }
    budget->paid_until += DMS_FAULT_LOOK_NS;
    fault->brief_before = budget->brief;
    budget->brief = 0;
    return true;
}

#endif
