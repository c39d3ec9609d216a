/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/guard.h"
#include "pgtable/keep.h"
#include "pgtable/table.h"
#include "pgtable/word.h"

#include <dmaspace/error.h>

#define INPUT_BITS_MIN 25u /* T0SZ 39 (DDI 0487, D8.2.3, without FEAT_TTST) */
#define INPUT_BITS_MAX 48u

/* IPS encodings 0..5 in bits (DDI 0487, TCR_EL1.IPS). */
static const uint8_t ips_bits[] = {32, 36, 40, 42, 44, 48};

static bool cfg_is_valid(const struct dms_pgtable_cfg *cfg)
{
    if (!cfg->port || (cfg->guard && cfg->guard->port != cfg->port))
        return false;
    if (cfg->granule_lg2 != 12 && cfg->granule_lg2 != 14 && cfg->granule_lg2 != 16)
        return false;
    return cfg->input_bits >= INPUT_BITS_MIN && cfg->input_bits <= INPUT_BITS_MAX &&
           cfg->output_bits >= ips_bits[0] && cfg->keep_empty <= DMS_PGTABLE_KEEP_MAX;
}

static void set_output(struct dms_pgtable *pt)
{
    while (pt->ips + 1u < sizeof(ips_bits) && ips_bits[pt->ips + 1] <= pt->cfg.output_bits)
        pt->ips++;
    pt->cfg.output_bits = ips_bits[pt->ips];
    pt->output_last = (UINT64_C(1) << pt->cfg.output_bits) - 1;
}

/* Blocks: level 2 of every granule, level 1 of 4K (DDI 0487, D8.3.2, without FEAT_LPA). */
static uint64_t leaf_sizes(const struct dms_pgtable *pt)
{
    uint64_t sizes = granule(pt);

    if (pt->start_level <= 2)
        sizes |= entry_bytes(pt, 2);
    if (pt->start_level <= 1 && pt->cfg.granule_lg2 == 12)
        sizes |= entry_bytes(pt, 1);
    return sizes;
}

static void set_geometry(struct dms_pgtable *pt)
{
    unsigned bits = pt->cfg.input_bits - pt->cfg.granule_lg2;
    unsigned levels;

    pt->page_mask = (UINT64_C(1) << pt->cfg.granule_lg2) - 1;
    pt->index_bits = pt->cfg.granule_lg2 - 3;
    pt->index_mask = (1u << pt->index_bits) - 1;
    for (unsigned i = 0; i <= LEAF_LEVEL + 1; i++)
        pt->level_lg2[i] = (uint8_t)(pt->cfg.granule_lg2 + pt->index_bits * (LEAF_LEVEL + 1 - i));
    levels = (bits + pt->index_bits - 1) / pt->index_bits;
    pt->start_level = (uint8_t)(LEAF_LEVEL + 1 - levels);
    pt->root_bytes = sizeof(uint64_t) << (bits - (levels - 1) * pt->index_bits);
    if (pt->root_bytes < 64)
        pt->root_bytes = 64;
    pt->input_last = (UINT64_C(1) << pt->cfg.input_bits) - 1;
    pt->leaf_sizes = leaf_sizes(pt);
    pt->t0sz = (uint8_t)(64 - pt->cfg.input_bits);
    pt->tg0 = pt->cfg.granule_lg2 == 12 ? 0 : pt->cfg.granule_lg2 == 16 ? 1 : 2;
    pt->mair = FORMAT_MAIR;
}

static int root_alloc(struct dms_pgtable *pt)
{
    pt->root_entries = port_table_alloc(pt->cfg.port, pt->root_bytes, pt->root_bytes, &pt->root);
    if (!pt->root_entries)
        return DMS_ENOMEM;
    if (pt->root.addr > pt->output_last) {
        port_table_free(pt->cfg.port, pt->root_entries, pt->root_bytes);
        return DMS_ENOMEM;
    }
    table_clean(pt, &pt->own, pt->root_entries, pt->root_bytes / sizeof(uint64_t));
    return 0;
}

int dms_pgtable_init(struct dms_pgtable *pt, const struct dms_pgtable_cfg *cfg)
{
    int error;

    if (!cfg_is_valid(cfg))
        return DMS_EINVAL;
    *pt = (struct dms_pgtable){.cfg = *cfg, .tables = 1};
    if (cfg->guard && cfg->guard->count == 0)
        pt->cfg.guard = NULL;
    if (pt->cfg.guard && cfg->port->fence_all && cfg->coherent) {
        pt->slots = cfg->guard->slots;
        pt->slot_count = cfg->guard->count;
        pt->number_offset = cfg->guard->number_offset;
    }
    set_output(pt);
    set_geometry(pt);
    error = root_alloc(pt);
    if (error)
        return error;
    guard_advance(pt);
    port_lock_init(cfg->port, &pt->lock);
    return 0;
}

/* Recursion ends at level 3. */
static void free_below(struct dms_pgtable *pt, const uint64_t *table, unsigned level,
                       unsigned entries)
{
    for (unsigned i = 0; level < LEAF_LEVEL && i < entries; i++) {
        uint64_t word = word_load(&table[i]);

        if (!link_is_table(word))
            continue;
        free_below(pt, table_at(pt, word), level + 1, table_entries(pt));
        port_table_free(pt->cfg.port, table_at(pt, word), granule(pt));
    }
}

void dms_pgtable_fini(struct dms_pgtable *pt)
{
    keep_fini(pt);
    free_below(pt, pt->root_entries, pt->start_level,
               (unsigned)(pt->root_bytes / sizeof(uint64_t)));
    port_table_free(pt->cfg.port, pt->root_entries, pt->root_bytes);
    port_lock_fini(pt->cfg.port, &pt->lock);
}
