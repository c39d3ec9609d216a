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

void claims_add(struct claims *claims, const struct tree *tree, const struct master *master,
                bool enabled)
{
    for (size_t i = 0; i < master->streams.count; i++) {
        const struct master_stream *stream = &master->streams.items[i];

        add(claims, tree,
            (struct claim){.node = master->node,
                           .property = "iommus",
                           .cell = stream->cell,
                           .length = 1,
                           .live = enabled && stream->available},
            &stream->spec);
    }
    for (size_t i = 0; i < master->map.count; i++) {
        const struct dms_of_map_entry *entry = &master->map.items[i];

        add(claims, tree,
            (struct claim){.node = master->node,
                           .property = "iommu-map",
                           .cell = entry->cell,
                           .id = entry->id_base,
                           .length = entry->length,
                           .live = enabled && entry->iommu_available},
            &entry->out);
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

    if (claim->stream.mask)
        snprintf(out.text, sizeof(out.text), "%s 0x%x mask 0x%x", what, claim->stream.sid,
                 claim->stream.mask);
    else if (claim->length > 1)
        snprintf(out.text, sizeof(out.text), "%ss 0x%x-0x%x", what, claim->stream.sid,
                 claim->stream.sid + claim->length - 1);
    else
        snprintf(out.text, sizeof(out.text), "%s 0x%x", what, claim->stream.sid);
    return out;
}
