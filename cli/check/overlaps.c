/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "overlaps.h"

#include "firstcover.h"

#include <stdlib.h>

#define SMMU_SIDS   (1u << 16)
#define MASK_VISITS (1u << 22) /* streams looked at in one tree through masks */

struct search {
    void (*tell)(void *ctx, enum overlap kind, const struct claim *claim,
                 const struct claim *earlier);
    void *ctx;
    ARRAY(const struct claim *) group; /* of one IOMMU, in tree order */
    ARRAY(struct dms_range) ranges;
    struct firstcover cover;
    uint32_t *owners; /* by SID: index in group + 1 of the first that claims it */
    uint32_t visits;
};

static bool holds(const struct claim *outer, const struct claim *inner)
{
    return (inner->stream.mask & ~outer->stream.mask) == 0;
}

/* Linux: arm_smmu_find_sme, arm_smmu_insert_master of the v3 driver. Both share a stream. */
static enum overlap kind_of(const struct claim *claim, const struct claim *earlier)
{
    bool own = claim->node == earlier->node;
    bool maps = claim->property != earlier->property;

    if (claim->type->family == DMS_FAMILY_SMMUV3)
        return own ? OVERLAP_NONE : OVERLAP_TAKEN;
    if (holds(earlier, claim)) /* of one device: iommus-repeated, or a host and its functions */
        return own ? OVERLAP_NONE : OVERLAP_SHARED;
    if (own && maps)
        return OVERLAP_NONE;
    if (holds(claim, earlier))
        return own ? OVERLAP_CONFLICT : OVERLAP_ORDER;
    return OVERLAP_CONFLICT;
}

static void tell_once(struct search *search, const struct claim *claim, const struct claim *earlier,
                      unsigned *told)
{
    enum overlap kind = kind_of(claim, earlier);

    if (kind == OVERLAP_NONE || (*told & 1u << kind))
        return;
    *told |= 1u << kind;
    search->tell(search->ctx, kind, claim, earlier);
}

static void visit(struct search *search, uint32_t sid, size_t index, unsigned *told)
{
    uint32_t *owner = &search->owners[sid % SMMU_SIDS];

    if (*owner == 0)
        *owner = (uint32_t)index + 1;
    else if (*owner != index + 1)
        tell_once(search, search->group.items[index], search->group.items[*owner - 1], told);
}

/* Every subset of the mask, and every stream of a row. */
static void visit_all(struct search *search, size_t index)
{
    const struct claim *claim = search->group.items[index];
    uint32_t mask = claim->stream.mask;
    uint32_t subset = 0;
    unsigned told = 0;

    do {
        for (uint32_t i = 0; i < claim->length && i < SMMU_SIDS; i++) {
            if (search->visits++ >= MASK_VISITS)
                return;
            visit(search, (claim->stream.sid & ~mask) + i + subset, index, &told);
        }
        subset = (subset - mask) & mask;
    } while (subset != 0);
}

static void search_masks(struct search *search)
{
    search->owners = calloc(SMMU_SIDS, sizeof(*search->owners));
    for (size_t i = 0; search->owners && i < search->group.count; i++)
        visit_all(search, i);
    free(search->owners);
}

static void search_ranges(struct search *search)
{
    search->ranges.count = 0;
    for (size_t i = 0; i < search->group.count; i++) {
        const struct claim *claim = search->group.items[i];

        array_push(&search->ranges,
                   ((struct dms_range){claim->stream.sid,
                                       (uint64_t)claim->stream.sid + claim->length - 1}));
    }
    firstcover_begin(&search->cover, search->ranges.items, search->ranges.count);
    for (size_t i = 0; i < search->group.count; i++) {
        size_t earlier = firstcover_lay(&search->cover, search->ranges.items[i], i);
        unsigned told = 0;

        if (earlier != NO_COVER)
            tell_once(search, search->group.items[i], search->group.items[earlier], &told);
    }
}

static int by_iommu(const void *a, const void *b)
{
    const struct claim *x = *(const struct claim *const *)a;
    const struct claim *y = *(const struct claim *const *)b;

    if (x->iommu != y->iommu)
        return x->iommu < y->iommu ? -1 : 1;
    return (x > y) - (x < y);
}

static void search_group(struct search *search)
{
    bool masks = false;

    for (size_t i = 0; i < search->group.count; i++)
        masks |= search->group.items[i]->stream.mask != 0;
    if (masks)
        search_masks(search);
    else if (search->group.count > 1)
        search_ranges(search);
    search->group.count = 0;
}

void overlaps(const struct claims *claims,
              void (*tell)(void *ctx, enum overlap kind, const struct claim *claim,
                           const struct claim *earlier),
              void *ctx)
{
    struct search search = {.tell = tell, .ctx = ctx};
    ARRAY(const struct claim *) all = {0};

    for (size_t i = 0; i < claims->items.count; i++) {
        if (claim_counts(&claims->items.items[i]))
            array_push(&all, &claims->items.items[i]);
    }
    if (all.count > 1)
        qsort(all.items, all.count, sizeof(*all.items), by_iommu);
    for (size_t i = 0; i < all.count; i++) {
        array_push(&search.group, all.items[i]);
        if (i + 1 == all.count || all.items[i + 1]->iommu != all.items[i]->iommu)
            search_group(&search);
    }
    array_drop(&all);
    array_drop(&search.group);
    array_drop(&search.ranges);
    firstcover_drop(&search.cover);
}
