/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Stream table entries (5.2). The SMMU may read an entry at any time, word by word and in any
 * order, and may cache it valid or not (3.21.3). So:
 *
 * Only word 0 changes: one store, and every reader sees the old entry or the new one. A stream moves
 * from one domain to another in this way, without an abort in between.
 *
 * Other words change too: V = 0; invalidate and sync; the other words; invalidate and sync; word 0
 * with V = 1; invalidate and sync. In between the stream aborts. The second sync is there because a
 * reader may have read the old words before, and the new word 0 after.
 *
 * The steps are separate, since the caller invalidates in between, for all streams of a set at
 * once.
 */
#include "smmuv3_internal.h"

struct smmu_ste smmu_ste_make(const struct smmu *smmu, dms_phys_t cd)
{
    bool coherent = smmu->features.coherent;
    uint64_t attr = coherent ? ATTR_WB : ATTR_NC;
    struct smmu_ste ste = {0};

    ste.word[0] = cpu_to_le64(STE_0_V | field_make(STE_0_CONFIG, STE_CONFIG_S1) |
                              (cd.addr & STE_0_S1CONTEXT));
    ste.word[1] = cpu_to_le64(field_make(STE_1_S1CIR, attr) | field_make(STE_1_S1COR, attr) |
                              field_make(STE_1_S1CSH, coherent ? ATTR_ISH : ATTR_OSH) |
                              field_make(STE_1_SHCFG, STE_SHCFG_IN));
    return ste;
}

static void store(const struct smmu *smmu, dms_le64_t *word, uint64_t value)
{
    smmu_word_store(word, value);
    smmu_clean(smmu, word, sizeof(*word));
}

/* Stores the words from 1 on that differ. Returns whether there were any; with dry, only that. */
static bool fill(const struct smmu *smmu, struct smmu_ste *live, const struct smmu_ste *target,
                 bool dry)
{
    bool any = false;

    for (unsigned i = 1; i < STE_WORDS; i++) {
        if (live->word[i].raw == target->word[i].raw)
            continue;
        any = true;
        if (!dry)
            store(smmu, &live->word[i], le64_to_cpu(target->word[i]));
    }
    return any;
}

static bool is_valid(const struct smmu_ste *ste)
{
    return smmu_word_load(&ste->word[0]) & STE_0_V;
}

/*
 * One step; true: something was stored, so the streams' cached entries have to go before the next.
 */
bool smmu_ste_step(const struct smmu *smmu, struct smmu_ste *live, const struct smmu_ste *target,
                   enum smmu_ste_step step)
{
    switch (step) {
    case STE_BREAK:
        if (!is_valid(live) || !fill(smmu, live, target, true))
            return false;
        smmu_ste_clear(smmu, live);
        return true;
    case STE_FILL:
        return fill(smmu, live, target, false);
    case STE_MAKE:
        break;
    }
    if (live->word[0].raw == target->word[0].raw)
        return false;
    store(smmu, &live->word[0], le64_to_cpu(target->word[0]));
    return true;
}

/*
 * V = 0 and not Config = abort: the latter records no event (5.2), and an unowned stream has to be
 * reported.
 */
void smmu_ste_clear(const struct smmu *smmu, struct smmu_ste *live)
{
    store(smmu, &live->word[0], 0);
}
