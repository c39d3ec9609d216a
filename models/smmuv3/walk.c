/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* VMSAv8-64 stage 1 table walks, with a walk cache of table descriptors (Arm ARM D8). */
#include "model_internal.h"

#define DESC_LG2 3u

/* A table that the walk stands at. */
struct position {
    unsigned level;
    uint64_t table;
    uint32_t attrs; /* gathered from table descriptors: hierarchical permissions */
};

/* Bytes of input that one descriptor of `level` covers. */
static unsigned region_lg2(unsigned granule_lg2, unsigned level)
{
    return granule_lg2 + (granule_lg2 - DESC_LG2) * (3 - level);
}

static struct position start_of(const struct context_half *half)
{
    unsigned index_bits = half->granule_lg2 - DESC_LG2;
    unsigned levels = (half->input_bits - half->granule_lg2 + index_bits - 1) / index_bits;
    struct position p = {.level = 4 - levels};
    unsigned table_lg2 = half->input_bits - region_lg2(half->granule_lg2, p.level) + DESC_LG2;

    p.table = half->table & ~below_lg2(table_lg2 < 4 ? 4 : table_lg2);
    return p;
}

/* Where the walk can begin because a descriptor on the way is cached. The deepest one wins. */
static struct position resume(struct smmuv3_model *m, const struct context *c, const struct context_half *half,
                              uint64_t va)
{
    struct position p = start_of(half);
    struct range_entry e;

    if (range_cache_find(&m->walks, c->asid, c->aset, va, &e) && e.granule_lg2 == half->granule_lg2 &&
        e.level >= p.level && e.level < 3)
        p = (struct position){e.level + 1u, e.pa, e.attrs};
    return p;
}

static uint64_t descriptor_address(const struct context_half *half, const struct position *p, uint64_t va)
{
    unsigned low = region_lg2(half->granule_lg2, p->level);
    unsigned high = p->level == start_of(half).level ? half->input_bits : low + half->granule_lg2 - DESC_LG2;

    return p->table + (bits(va, high - 1, low) << DESC_LG2);
}

/* Bits 47:low; with 64 KiB granules and 52-bit output, bits 15:12 are 51:48. */
static uint64_t output_address(const struct smmuv3_model *m, const struct context_half *half, uint64_t desc,
                               unsigned low)
{
    uint64_t pa = bits_in_place(desc, 47, low);

    if (half->granule_lg2 == 16 && m->cfg.oas_bits == 52)
        pa |= bits(desc, 15, 12) << 48;
    return pa;
}

static uint32_t table_attrs(uint64_t desc)
{
    return (bit(desc, 62) ? LEAF_READ_ONLY : 0) | (bit(desc, 61) ? 0 : LEAF_USER) | /* APTable */
           (bit(desc, 60) ? LEAF_UXN : 0) | (bit(desc, 59) ? LEAF_PXN : 0);         /* UXNTable, PXNTable */
}

static uint32_t leaf_attrs(uint64_t desc)
{
    return (bit(desc, 7) ? LEAF_READ_ONLY : 0) | (bit(desc, 6) ? LEAF_USER : 0) | /* AP[2:1] */
           (bit(desc, 54) ? LEAF_UXN : 0) | (bit(desc, 53) ? LEAF_PXN : 0);
}

/* Restrictions add up; user access needs leave at every level. */
static uint32_t combine(uint32_t upper, uint32_t lower)
{
    return ((upper | lower) & ~LEAF_USER) | (upper & lower & LEAF_USER);
}

static bool block_allowed(const struct smmuv3_model *m, const struct context_half *half, unsigned level)
{
    if (level == 3 || level == 2)
        return true;
    return level == 1 && (half->granule_lg2 == 12 || (half->granule_lg2 == 16 && m->cfg.oas_bits == 52));
}

enum descriptor {
    DESC_INVALID,
    DESC_TABLE,
    DESC_LEAF,
};

static enum descriptor kind_of(const struct smmuv3_model *m, const struct context_half *half, unsigned level,
                               uint64_t desc)
{
    if (!bit(desc, 0))
        return DESC_INVALID;
    if (level == 3)
        return bit(desc, 1) ? DESC_LEAF : DESC_INVALID;
    if (bit(desc, 1))
        return DESC_TABLE;
    return block_allowed(m, half, level) ? DESC_LEAF : DESC_INVALID;
}

static bool fail(struct fault *f, uint8_t event, enum fault_class class, uint64_t fetch)
{
    f->event = event;
    f->class = class;
    f->fetch = fetch;
    return false;
}

static struct range_entry entry_of(const struct context *c, const struct context_half *half, unsigned level,
                                   uint64_t va)
{
    unsigned size_lg2 = region_lg2(half->granule_lg2, level);

    return (struct range_entry){
        .aset = c->aset,
        .asid = c->asid,
        .size_lg2 = (uint8_t)size_lg2,
        .granule_lg2 = half->granule_lg2,
        .level = (uint8_t)level,
        .va = va & ~below_lg2(size_lg2),
    };
}

/* One step down; remembered in the walk cache. */
static bool descend(struct smmuv3_model *m, const struct context *c, const struct context_half *half, uint64_t va,
                    uint64_t desc, struct position *p, struct fault *f)
{
    struct range_entry e = entry_of(c, half, p->level, va);

    e.pa = output_address(m, half, desc, half->granule_lg2);
    e.attrs = p->level == start_of(half).level ? table_attrs(desc) : combine(p->attrs, table_attrs(desc));
    if (e.pa & ~below_lg2(c->output_bits))
        return fail(f, F_ADDR_SIZE, CLASS_IN, 0);
    range_cache_put(&m->walks, &e);
    *p = (struct position){p->level + 1, e.pa, e.attrs};
    return true;
}

static bool finish(struct smmuv3_model *m, const struct context *c, const struct context_half *half, uint64_t va,
                   uint64_t desc, const struct position *p, struct range_entry *out, struct fault *f)
{
    bool nt = m->cfg.bbml == 1 && p->level < 3 && bit(desc, 16); /* not to be cached (3.21.1.2) */

    *out = entry_of(c, half, p->level, va);
    out->pa = output_address(m, half, desc, out->size_lg2);
    out->global = !bit(desc, 11);
    out->attrs = p->level == start_of(half).level ? leaf_attrs(desc) : combine(p->attrs, leaf_attrs(desc));
    if (out->pa & ~below_lg2(c->output_bits))
        return fail(f, F_ADDR_SIZE, CLASS_IN, 0);
    if (!bit(desc, 10) && !c->access_flag_off)
        return fail(f, F_ACCESS, CLASS_IN, 0);
    if (!nt)
        range_cache_put(&m->tlb, out);
    return true;
}

bool table_walk(struct smmuv3_model *m, struct lane *lane, const struct context *context,
                const struct context_half *half, uint64_t va, struct range_entry *out, struct fault *f)
{
    struct position p = resume(m, context, half, va);
    uint64_t desc;

    lane->count.walks++;
    for (;;) {
        uint64_t pa = descriptor_address(half, &p, va);

        lane->count.walk_loads++;
        if (!memory_load(m, pa, &desc, 1))
            return fail(f, F_WALK_EABT, CLASS_TT, pa);
        switch (kind_of(m, half, p.level, desc)) {
        case DESC_TABLE:
            if (!descend(m, context, half, va, desc, &p, f))
                return false;
            break;
        case DESC_LEAF:
            return finish(m, context, half, va, desc, &p, out, f);
        default:
            return fail(f, F_TRANSLATION, CLASS_IN, 0);
        }
    }
}
