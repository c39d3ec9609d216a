/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "claims.h"

#include "stream.h"

#include <dmaspace/error.h>
#include <stdio.h>
#include <stdlib.h>

static int decode_row(const struct tree *tree, struct claim *claim, const struct dms_of_spec *spec)
{
    struct dms_of_spec last = *spec;
    struct dms_stream end;
    int error = decode_spec(tree, spec, &claim->stream);

    if (error || claim->length <= 1 || spec->ncells != 1)
        return error;
    last.cells[0] += claim->length - 1;
    return last.cells[0] < spec->cells[0] ? DMS_ERANGE : decode_spec(tree, &last, &end);
}

static void add(struct claims *claims, const struct tree *tree, struct claim claim,
                const struct dms_of_spec *spec)
{
    claim.iommu = spec->iommu;
    claim.type = iommu_type(tree, spec->iommu);
    claim.ncells = spec->ncells;
    claim.first_cell = spec->ncells ? spec->cells[0] : 0;
    claim.error = decode_row(tree, &claim, spec);
    if (claim.error == DMS_ENOTSUP)
        claim.stream = (struct dms_stream){.sid = claim.first_cell};
    array_push(&claims->items, claim);
}

static void add_streams(struct claims *claims, const struct tree *tree, const struct master *master,
                        bool enabled)
{
    for (size_t i = 0; i < master->streams.count; i++) {
        const struct dms_of_iommus_entry *stream = &master->streams.items[i];

        add(claims, tree,
            (struct claim){.node = master->node,
                           .property = "iommus",
                           .cell = stream->cell,
                           .length = 1,
                           .live = enabled && stream->iommu_available},
            &stream->spec);
    }
}

/* Ids first..last of the entry. */
static void add_ids(struct claims *claims, const struct tree *tree, struct claim claim,
                    const struct dms_of_map_entry *entry, uint32_t first, uint32_t last)
{
    struct dms_of_spec spec = entry->out;

    if (spec.ncells > 0)
        spec.cells[0] += first - entry->id_base;
    claim.id = first;
    claim.length = last - first + 1;
    add(claims, tree, claim, &spec);
}

static bool is_all_low_bits(uint32_t mask)
{
    return (mask & (mask + 1)) == 0;
}

/*
 * The ids that are left once iommu-map-mask has been applied: of an entry 0..0xfff, a mask of 0
 * leaves one id. Where the mask leaves gaps, each id is a claim of its own; of more than GAPS_MAX,
 * the others claim nothing, rather than streams that no id has.
 */
#define GAPS_MAX 1024

static void add_entry(struct claims *claims, const struct tree *tree, struct claim claim,
                      const struct dms_of_map_entry *entry, uint32_t mask)
{
    uint64_t last = (uint64_t)entry->id_base + entry->length - 1;
    uint32_t id = entry->id_base;

    if (last > mask)
        last = mask;
    if (is_all_low_bits(mask) || entry->length == 1) {
        add_ids(claims, tree, claim, entry, id, entry->length == 1 ? id : (uint32_t)last);
        return;
    }
    for (unsigned i = 0; i < GAPS_MAX && id <= last; i++) {
        uint32_t next = ((id | ~mask) + 1) & mask;

        add_ids(claims, tree, claim, entry, id, id);
        if (next <= id)
            return;
        id = next;
    }
}

void claims_add(struct claims *claims, const struct tree *tree, const struct master *master,
                bool enabled)
{
    add_streams(claims, tree, master, enabled);
    for (size_t i = 0; i < master->map.count; i++) {
        const struct dms_of_map_entry *entry = &master->map.items[i];
        struct claim claim = {.node = master->node,
                              .property = "iommu-map",
                              .cell = entry->cell,
                              .live = enabled && entry->iommu_available};

        if (entry->length > 0)
            add_entry(claims, tree, claim, entry, master->map_mask);
    }
}

bool claim_counts(const struct claim *claim)
{
    return claim->live && claim->length > 0 &&
           (claim->error == 0 || (claim->error == DMS_ENOTSUP && claim->ncells > 0));
}

struct claim_text claim_text(const struct claim *claim)
{
    const char *what = claim->error == DMS_ENOTSUP ? "port" : "stream";
    struct claim_text out;
    int used;

    if (claim->length > 1)
        used = snprintf(out.text, sizeof(out.text), "%ss 0x%x-0x%x", what, claim->stream.sid,
                        claim->stream.sid + claim->length - 1);
    else
        used = snprintf(out.text, sizeof(out.text), "%s 0x%x", what, claim->stream.sid);
    if (claim->stream.mask)
        snprintf(out.text + used, sizeof(out.text) - (size_t)used, " mask 0x%x",
                 claim->stream.mask);
    return out;
}
