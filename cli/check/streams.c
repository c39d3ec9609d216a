/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Who claims which stream, over the whole tree. */
#include "overlaps.h"
#include "reports.h"
#include "subjects.h"

#include <dmaspace/error.h>

static struct place place_of(const struct claim *claim)
{
    return (struct place){
        .node = claim->node, .property = claim->property, .cell = (int32_t)claim->cell};
}

void check_stream_width(struct checker *c)
{
    for (size_t i = c->claims.items.count; i-- > 0;) {
        const struct claim *claim = &c->claims.items.items[i];

        if (claim->node != c->master.node)
            break;
        if (claim->error == DMS_ERANGE)
            found(c, place_of(claim), "a specifier that begins 0x%x is wider than %s can match",
                  claim->first_cell, claim->type->name);
    }
}

struct telling {
    struct checker *c;
    enum overlap kind;
    const char *text;
};

static void tell(void *ctx, enum overlap kind, const struct claim *claim,
                 const struct claim *earlier)
{
    const struct telling *telling = ctx;
    struct checker *c = telling->c;

    if (kind != telling->kind)
        return;
    if (claim->node == earlier->node)
        found(c, place_of(claim), "%s: %s %s, at cell %u of the same list", claim_text(claim).text,
              telling->text, claim_text(earlier).text, earlier->cell);
    else
        found(c, place_of(claim), "%s: %s %s of %s", claim_text(claim).text, telling->text,
              claim_text(earlier).text, path_of(&c->tree, earlier->node).text);
}

static void each_overlap(struct checker *c, enum overlap kind, const char *text)
{
    struct telling telling = {c, kind, text};

    overlaps(&c->claims, tell, &telling);
}

void check_stream_taken(struct checker *c)
{
    each_overlap(c, OVERLAP_TAKEN, "overlap with");
}

void check_stream_conflict(struct checker *c)
{
    each_overlap(c, OVERLAP_CONFLICT, "overlap in part with");
}

void check_stream_order(struct checker *c)
{
    each_overlap(c, OVERLAP_ORDER, "wider than, and holding,");
}

void check_stream_shared(struct checker *c)
{
    each_overlap(c, OVERLAP_SHARED, "also");
}
