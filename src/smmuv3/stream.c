/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Attaching and detaching streams. A thread claims the SIDs first (busy, under strtab.lock), then
 * changes their entries and waits for the SMMU without a lock, then says who owns them and lets go.
 */
#include "smmuv3_internal.h"

#define CFGI_MAX 32 /* from here on, invalidating everything is the shorter way */

/* One attach (to != NULL) or detach (from != NULL). */
struct change {
    struct smmu *smmu;
    struct dms_stream stream;
    struct smmu_domain *from; /* the only domain it may come from; NULL: any, or none */
    struct smmu_domain *to;
};

static dms_sid_t first_sid(struct dms_stream stream)
{
    return stream.sid & ~stream.mask;
}

/* The next larger SID of the stream; false after the last, and then the first one again. */
static bool next_sid(struct dms_stream stream, dms_sid_t *sid)
{
    uint32_t bits = ((*sid & stream.mask) - stream.mask) & stream.mask;

    *sid = first_sid(stream) | bits;
    return bits != 0;
}

static bool in_table(const struct smmu *smmu, struct dms_stream stream)
{
    return (uint64_t)(stream.sid | stream.mask) >> smmu->strtab.sid_bits == 0;
}

/* The span is there: prepare() has run, or the SID has an owner. */
static struct smmu_span *span_of(struct smmu *smmu, dms_sid_t sid)
{
    return smmu->strtab.spans[sid >> SPAN_LG2];
}

static struct smmu_ste *ste_of(struct smmu *smmu, dms_sid_t sid)
{
    return &span_of(smmu, sid)->stes[sid % SPAN_SIDS];
}

/* Makes every table that the stream needs. They stay, whatever happens next. */
static int prepare(struct smmu *smmu, struct dms_stream stream)
{
    dms_sid_t sid = first_sid(stream);

    do {
        if (!smmu_strtab_span(smmu, sid))
            return DMS_ENOMEM;
    } while (next_sid(stream, &sid));
    return DMS_OK;
}

static uint64_t busy_bit(dms_sid_t sid)
{
    return BIT64(sid % 64);
}

static uint64_t *busy_word(struct smmu_span *span, dms_sid_t sid)
{
    return &span->busy[sid % SPAN_SIDS / 64];
}

/* Under strtab.lock. */
static int may_claim(const struct change *change, dms_sid_t sid)
{
    struct smmu_span *span = span_of(change->smmu, sid);

    if (!span)
        return DMS_ENOENT;
    if (*busy_word(span, sid) & busy_bit(sid))
        return DMS_EBUSY;
    if (change->from && span->owner[sid % SPAN_SIDS] != change->from)
        return DMS_ENOENT;
    return DMS_OK;
}

/* All of the stream's SIDs, or none. */
static int claim(const struct change *change)
{
    struct smmu *smmu = change->smmu;
    dms_sid_t sid = first_sid(change->stream);
    int err;

    port_lock(smmu->iommu.port, &smmu->strtab.lock);
    do {
        err = may_claim(change, sid);
    } while (!err && next_sid(change->stream, &sid));

    if (!err) {
        do {
            *busy_word(span_of(smmu, sid), sid) |= busy_bit(sid);
        } while (next_sid(change->stream, &sid));
    }
    port_unlock(smmu->iommu.port, &smmu->strtab.lock);
    return err;
}

/*
 * Who owns the SID now. stale: caches may still lead to the old owner, or to the one that was to
 * be. Under the lock.
 */
static void hand_over(const struct change *change, dms_sid_t sid, struct smmu_domain *owner,
                      bool stale)
{
    struct smmu_domain **slot = &span_of(change->smmu, sid)->owner[sid % SPAN_SIDS];

    if (*slot) {
        (*slot)->streams--;
        if (stale)
            (*slot)->stale = true;
    }
    if (owner)
        owner->streams++;
    *slot = owner;
}

static void settle(const struct change *change, struct smmu_domain *owner, bool stale)
{
    struct smmu *smmu = change->smmu;
    dms_sid_t sid = first_sid(change->stream);

    port_lock(smmu->iommu.port, &smmu->strtab.lock);
    do {
        hand_over(change, sid, owner, stale);
        *busy_word(span_of(smmu, sid), sid) &= ~busy_bit(sid);
    } while (next_sid(change->stream, &sid));
    if (stale && change->to)
        change->to->stale = true;
    port_unlock(smmu->iommu.port, &smmu->strtab.lock);
}

/* The level-1 descriptor of a new table has to go from caches as well: 4.3.1, Leaf == 0. */
static bool is_settled(struct smmu *smmu, dms_sid_t sid)
{
    return atomic_load_explicit(&span_of(smmu, sid)->settled, memory_order_acquire);
}

static unsigned make_cfgi(const struct change *change, struct smmu_cmd cmds[CFGI_MAX])
{
    dms_sid_t sid = first_sid(change->stream);
    unsigned count = 0;

    do {
        if (count == CFGI_MAX) {
            cmds[0] = smmu_cmd_cfgi_all();
            return 1;
        }
        cmds[count++] = smmu_cmd_cfgi_ste(sid, is_settled(change->smmu, sid));
    } while (next_sid(change->stream, &sid));
    return count;
}

/* No cache holds what the entries were before. */
static int invalidate(const struct change *change)
{
    struct smmu_cmd cmds[CFGI_MAX];
    unsigned count = make_cfgi(change, cmds);
    dms_sid_t sid = first_sid(change->stream);
    int err = smmu_cmdq_submit(change->smmu, cmds, count);

    if (err)
        return err;
    do {
        atomic_store_explicit(&span_of(change->smmu, sid)->settled, true, memory_order_release);
    } while (next_sid(change->stream, &sid));
    return DMS_OK;
}

static int step(const struct change *change, const struct smmu_ste *target, enum smmu_ste_step what)
{
    struct smmu *smmu = change->smmu;
    dms_sid_t sid = first_sid(change->stream);
    bool stored = false;

    do {
        stored |= smmu_ste_step(smmu, ste_of(smmu, sid), target, what);
    } while (next_sid(change->stream, &sid));
    return stored ? invalidate(change) : DMS_OK;
}

static int publish(const struct change *change)
{
    struct smmu_ste target = smmu_ste_make(change->smmu, change->to->cd_phys);
    int err = step(change, &target, STE_BREAK);

    if (!err)
        err = step(change, &target, STE_FILL);
    if (!err)
        err = step(change, &target, STE_MAKE);
    return err;
}

static int retract(const struct change *change)
{
    struct smmu *smmu = change->smmu;
    dms_sid_t sid = first_sid(change->stream);

    do {
        smmu_ste_clear(smmu, ste_of(smmu, sid));
    } while (next_sid(change->stream, &sid));
    return invalidate(change);
}

int smmu_attach(struct dms_iommu_domain *domain, struct dms_stream stream)
{
    struct smmu_domain *to = smmu_domain_of(domain);
    struct change change = {.smmu = smmu_domain_smmu(to), .stream = stream, .to = to};
    int err;

    if (!in_table(change.smmu, stream))
        return DMS_ERANGE;
    err = prepare(change.smmu, stream);
    if (!err)
        err = claim(&change);
    if (err)
        return err;
    err = publish(&change);
    if (!err)
        settle(&change, to, false);
    else
        settle(&change, NULL, retract(&change) != DMS_OK);
    return err;
}

int smmu_detach(struct dms_iommu_domain *domain, struct dms_stream stream)
{
    struct smmu_domain *from = smmu_domain_of(domain);
    struct change change = {.smmu = smmu_domain_smmu(from), .stream = stream, .from = from};
    int err;

    if (!in_table(change.smmu, stream))
        return DMS_ERANGE;
    err = claim(&change);
    if (err)
        return err;
    err = retract(&change);
    settle(&change, NULL, err != DMS_OK);
    return err;
}
