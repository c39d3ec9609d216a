/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Who owns a stream. */
#include "answer.h"

#include "stream.h"
#include "verb.h"

#include <dmaspace/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int facts_open(struct facts *facts, const char *file)
{
    dms_of_node_t node = DMS_OF_NONE;

    if (tree_open(&facts->tree, file) != EXIT_GOOD)
        return EXIT_UNUSABLE;
    while ((node = dms_of_next_master(&facts->tree.of, node)) != DMS_OF_NONE) {
        master_read(&facts->tree, node, &facts->master);
        claims_add(&facts->claims, &facts->tree, &facts->master, is_enabled(&facts->tree, node));
    }
    return EXIT_GOOD;
}

void facts_close(struct facts *facts)
{
    master_drop(&facts->master);
    array_drop(&facts->claims.items);
    tree_close(&facts->tree);
}

#define ROW_STEPS (1u << 24) /* streams of rows with a mask that are looked at for one fault */

/* A row with a mask (stream-match-mask): the first of its streams that matches. */
static bool row_has_sid(const struct claim *claim, uint32_t sid, uint32_t *offset, uint32_t *steps)
{
    for (uint32_t i = 0; *steps > 0 && i < claim->length; i++, --*steps) {
        *offset = i;
        if ((((claim->stream.sid + i) ^ sid) & ~claim->stream.mask) == 0)
            return true;
    }
    return false;
}

static bool claims_sid(const struct claim *claim, uint32_t sid, uint32_t *offset, uint32_t *steps)
{
    *offset = 0;
    if (claim->error == DMS_EINVAL || claim->error == DMS_ERANGE || claim->ncells == 0)
        return false;
    if (claim->length <= 1)
        return ((claim->stream.sid ^ sid) & ~claim->stream.mask) == 0;
    if (claim->stream.mask)
        return row_has_sid(claim, sid, offset, steps);
    *offset = sid - claim->stream.sid;
    return *offset < claim->length;
}

static void add_owner(struct facts *facts, const struct claim *claim, uint32_t offset,
                      struct answer *answer)
{
    struct owner *owner;

    if (answer->owner_count == OWNERS_MAX) {
        answer->owners_more++;
        return;
    }
    owner = &answer->owners[answer->owner_count++];
    *owner = (struct owner){
        .node = claim->node,
        .property = claim->property,
        .cell = claim->cell,
        .has_id = strcmp(claim->property, "iommu-map") == 0,
        .id = claim->id + offset,
        .device_enabled = is_enabled(&facts->tree, claim->node),
        .iommu_enabled = dms_of_available(&facts->tree.of, claim->iommu),
        .range_node = DMS_OF_NONE,
        .range_cell = -1,
    };
    if (!answer->iommu_known && answer->owner_count == 1)
        answer->iommu = claim->iommu;
}

/* Ports are no streams: the number that an IOMMU of another maker reports is its own. */
static void look_beside(const struct claim *claim, uint32_t sid, struct answer *answer)
{
    uint32_t last = claim->stream.sid + (claim->stream.mask ? 0 : claim->length - 1);

    if (claim->error != 0 || !claim->live)
        return;
    if (last < sid && (!answer->below.found || last > answer->below.sid))
        answer->below = (struct neighbour){true, last, claim->node};
    if (claim->stream.sid > sid && (!answer->above.found || claim->stream.sid < answer->above.sid))
        answer->above = (struct neighbour){true, claim->stream.sid, claim->node};
}

/* Those that can own a stream come first: a device that is enabled, behind an enabled IOMMU. */
static void add_owners(struct facts *facts, const struct fault *fault, bool live,
                       struct answer *answer)
{
    uint32_t steps = ROW_STEPS;

    for (size_t i = 0; i < facts->claims.items.count; i++) {
        const struct claim *claim = &facts->claims.items.items[i];
        uint32_t offset;

        if (answer->iommu_known && claim->iommu != answer->iommu)
            continue;
        if (claim->live == live && claims_sid(claim, fault->sid, &offset, &steps))
            add_owner(facts, claim, offset, answer);
        else if (live)
            look_beside(claim, fault->sid, answer);
    }
}

void find_owners(struct facts *facts, const struct fault *fault, struct answer *answer)
{
    if (!fault->has_sid)
        return;
    add_owners(facts, fault, true, answer);
    add_owners(facts, fault, false, answer);
}
