/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Mapping. Most calls are one run of leaves in a table that the thread used last; the others are
 * planned.
 */
#include "pgtable/map.h"
#include "pgtable/range.h"

#include "base/checked.h"

/* All that can be wrong with the arguments, in one look; make_error says what it is. */
INLINE_ALWAYS bool make_job(struct map_job *job, uint64_t size, uint32_t prot)
{
    const struct dms_pgtable *pt = job->pt;
    uint64_t phys_last = job->phys + (size - 1);

    job->last = job->iova + (size - 1);
    job->attributes = format_attributes(prot);
    job->bounds = format_bounds(prot);
    /* As in range_fits: phys_last wraps only where phys has bits above output_last. */
    return job->attributes && range_fits(pt, job->iova, size) &&
           !range_ragged(pt, job->iova | job->phys | size) &&
           ((job->phys | phys_last) & ~pt->output_last) == 0;
}

static int make_error(const struct map_job *job, uint64_t size)
{
    int error = range_error(job->pt, job->iova, size);

    if (error)
        return error;
    return job->attributes && !range_ragged(job->pt, job->phys) ? DMS_ERANGE : DMS_EINVAL;
}

/*
 * The range is a run of leaves in the recent table of `level`: true and *error. What is in its way
 * above level 3 may be a table that is empty, or waits for release: false.
 */
INLINE_ALWAYS bool map_recent(const struct map_job *job, unsigned level, int *error)
{
    struct dms_pgtable *pt = job->pt;
    uint64_t *entry;
    unsigned n;

    if (!recent_covers(pt, job->slot, level, job->iova, job->last))
        return false;
    if (level != LEAF_LEVEL &&
        ((job->iova | job->phys | (job->last + 1)) & (entry_bytes(pt, level) - 1)))
        return false;
    entry = job->slot->recent[LEAF_LEVEL - level].table + entry_index(pt, level, job->iova);
    n = (unsigned)((job->last - job->iova) >> entry_lg2(pt, level)) + 1;
    *error = run_is_zero(entry, n) ? 0 : DMS_EEXIST;
    if (*error)
        return level == LEAF_LEVEL;
    map_leaves(job, entry, n, level, job->iova, job->bounds);
    return true;
}

/*
 * From the arguments again: a job whose address is taken here would cost every call its registers.
 */
static __attribute__((noinline)) int map_slow(struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                                              uint64_t iova, uint64_t phys, uint64_t size,
                                              uint32_t prot)
{
    struct map_job job = {.pt = pt, .slot = slot, .iova = iova, .phys = phys};
    struct walk walk;
    int error;

    if (!make_job(&job, size, prot))
        return make_error(&job, size);
    walk = walk_quick(pt, slot, iova, WALK_EXTEND);
    if (walk.level == LEAF_LEVEL ? map_recent(&job, LEAF_LEVEL, &error)
                                 : walk.level == 2 && map_recent(&job, 2, &error))
        return error;
    return map_planned(&job);
}

/* Any range: without a barrier, and inside the guard. */
static __attribute__((noinline)) int map_run(struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                                             uint64_t iova, uint64_t phys, uint64_t size,
                                             uint32_t prot)
{
    struct map_job job = {.pt = pt, .slot = slot, .iova = iova, .phys = phys};
    int error;

    if (LIKELY(make_job(&job, size, prot)) &&
        (LIKELY(map_recent(&job, LEAF_LEVEL, &error)) || map_recent(&job, 2, &error) ||
         (walk_step(pt, slot, iova) && map_recent(&job, LEAF_LEVEL, &error))))
        return error;
    return map_slow(pt, slot, iova, phys, size, prot);
}

/*
 * One page, in the recent table of pages, as most calls are: that table is why iova needs no check
 * against the input width. The walker snoops; the caller counts. False: it is not that simple, and
 * nothing was written.
 */
INLINE_ALWAYS bool map_page(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t iova,
                            uint64_t phys, uint32_t prot)
{
    uint64_t bits = range_ragged(pt, iova | phys) | (phys & ~pt->output_last);
    uint64_t leaf = format_attributes(prot);
    uint64_t *entry;

    if (!LIKELY(bits == 0 && leaf && recent_page(pt, slot, iova, &entry) && *entry == 0))
        return false;
    word_store(entry, (leaf | phys | DESC_TABLE) ^ format_bounds(prot));
    return true;
}

/* From the arguments again, and in a slot or not: see map_slow. */
static __attribute__((noinline)) int map_any(struct dms_pgtable *pt, uint64_t iova, uint64_t phys,
                                             uint64_t size, uint32_t prot)
{
    struct dms_pgtable_slot *slot = guard_enter(pt, iova, iova + (size - 1));
    int error = map_run(pt, slot, iova, phys, size, prot);

    if (LIKELY(!error))
        table_barrier(pt, slot);
    guard_leave(pt, slot);
    return error;
}

int dms_pgtable_map(struct dms_pgtable *pt, dms_iova_t iova, dms_phys_t phys, uint64_t size,
                    uint32_t prot)
{
    struct dms_pgtable_slot *slot;

    if (!LIKELY(size == granule(pt) && guard_enter_quickly(pt, iova, iova + (size - 1), &slot) &&
                map_page(pt, slot, iova, phys.addr, prot)))
        return map_any(pt, iova, phys.addr, size, prot);
    count_add(&slot->pages, 1);
    guard_leave_quickly(slot);
    port_barrier(pt->cfg.port, DMS_BARRIER_TABLE);
    return 0;
}

/* The IOVAs that the pieces take: 0 and *last, or an error. */
static int list_last(uint64_t iova, const struct dms_iommu_piece *pieces, unsigned n,
                     uint64_t *last)
{
    uint64_t size = 0;

    for (unsigned i = 0; i < n; i++) {
        if (!checked_add(size, pieces[i].size, &size))
            return DMS_ERANGE;
    }
    if (size == 0)
        return DMS_EINVAL;
    return checked_add(iova, size - 1, last) ? 0 : DMS_ERANGE;
}

static int map_piece(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t iova,
                     const struct dms_iommu_piece *piece, uint32_t prot)
{
    if (!LIKELY(pt->cfg.coherent && piece->size == granule(pt) &&
                map_page(pt, slot, iova, piece->phys.addr, prot)))
        return map_run(pt, slot, iova, piece->phys.addr, piece->size, prot);
    count_add(&slot->entries, 1);
    return 0;
}

/*
 * The inside of a mapping: how many of the pieces were single pages that the recent table of pages
 * has room for at iova. They are mapped now. `leaf`: what each entry has beside its address.
 */
static unsigned map_pages(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t iova,
                          const struct dms_iommu_piece *pieces, unsigned n, uint64_t leaf)
{
    uint64_t bad = pt->page_mask | ~pt->output_last;
    uint64_t size = granule(pt);
    unsigned room, i;
    uint64_t *entry;

    if (!pt->cfg.coherent || !recent_page(pt, slot, iova, &entry))
        return 0;
    room = table_entries(pt) - (unsigned)(entry - slot->recent[0].table);
    if (n > room)
        n = room;
    for (i = 0; i < n; i++) {
        uint64_t phys = pieces[i].phys.addr;

        if (pieces[i].size != size || (phys & bad) != 0 || entry[i] != 0)
            break;
        word_store(&entry[i], leaf | phys);
    }
    count_add(&slot->entries, i);
    return i;
}

int dms_pgtable_map_list(struct dms_pgtable *pt, dms_iova_t iova,
                         const struct dms_iommu_piece *pieces, unsigned n, uint32_t prot,
                         uint64_t *mapped)
{
    uint64_t inside = format_attributes(prot) | DESC_TABLE;
    struct dms_pgtable_slot *slot;
    uint64_t last, at = iova;
    int error = list_last(iova, pieces, n, &last);

    *mapped = 0;
    if (error)
        return error;
    slot = guard_enter(pt, iova, last);
    for (unsigned i = 0; i < n && !error; i++) {
        unsigned pages = i ? map_pages(pt, slot, at, &pieces[i], n - 1 - i, inside) : 0;
        uint32_t inner;

        i += pages;
        at += pages * granule(pt);
        inner = (i == 0 ? 0 : DMS_PROT_BEGIN) | (i == n - 1 ? 0 : DMS_PROT_END);
        error = map_piece(pt, slot, at, &pieces[i], prot & ~inner);
        if (!error)
            at += pieces[i].size;
    }
    *mapped = at - iova;
    table_barrier(pt, slot);
    guard_leave(pt, slot);
    return error;
}
