/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "oracle.h"

#include <stdlib.h>

static uint64_t granule_bytes(const struct oracle *o)
{
    return UINT64_C(1) << o->f->pt.cfg.granule_lg2;
}

void oracle_start(struct oracle *o, const struct fixture *f, uint64_t base, unsigned pages)
{
    *o = (struct oracle){f, base, pages, calloc(pages, sizeof(struct oracle_page))};
    assert_non_null(o->page);
}

void oracle_stop(struct oracle *o)
{
    free(o->page);
}

int oracle_map(struct oracle *o, unsigned first, unsigned n, uint64_t phys, uint32_t prot)
{
    for (unsigned i = first; i < first + n; i++) {
        if (o->page[i].mapped)
            return DMS_EEXIST;
    }
    for (unsigned i = 0; i < n; i++) {
        o->page[first + i] = (struct oracle_page){
            .mapped = true,
            .begin = i == 0 && (prot & DMS_PROT_BEGIN),
            .end = i == n - 1 && (prot & DMS_PROT_END),
            .prot = prot,
            .phys = phys + i * granule_bytes(o),
        };
    }
    return 0;
}

/* Pages i and i + 1 are one mapping. Outside the window nothing is mapped. */
static bool joined(const struct oracle *o, unsigned i)
{
    return i + 1 < o->pages && o->page[i].mapped && o->page[i + 1].mapped && !o->page[i].end &&
           !o->page[i + 1].begin;
}

static bool block_sticks_out(const struct oracle *o, unsigned i, unsigned first, unsigned n)
{
    struct hardware_result r = hardware_walk(o->f, o->base + i * granule_bytes(o));
    uint64_t mask = r.leaf_bytes - 1;
    uint64_t from = (o->base + i * granule_bytes(o)) & ~mask;

    return from < o->base + first * granule_bytes(o) ||
           (from | mask) >= o->base + (uint64_t)(first + n) * granule_bytes(o);
}

int oracle_unmap(struct oracle *o, unsigned first, unsigned n, bool exact)
{
    for (unsigned i = first; i < first + n; i++) {
        if (!o->page[i].mapped)
            return DMS_ENOENT;
        if (block_sticks_out(o, i, first, n))
            return DMS_EBUSY;
    }
    if (exact && ((first > 0 && joined(o, first - 1)) || joined(o, first + n - 1)))
        return DMS_EBUSY;
    for (unsigned i = first; exact && i < first + n - 1; i++) {
        if (!joined(o, i))
            return DMS_EBUSY;
    }
    for (unsigned i = first; i < first + n; i++)
        o->page[i] = (struct oracle_page){0};
    return 0;
}

static void check_walk(const struct oracle_page *page, struct hardware_result r)
{
    assert_int_equal(r.mapped, page->mapped);
    if (!page->mapped)
        return;
    assert_int_equal(r.phys, page->phys);
    assert_int_equal(r.writable, (page->prot & DMS_WRITE) != 0);
    assert_int_equal(r.executable, (page->prot & DMS_EXEC) != 0);
    assert_int_equal(r.privileged_only, (page->prot & DMS_PRIV) != 0);
}

/*
 * A stale cache may still reach what is unmapped and not yet invalidated, but never miss what is
 * mapped.
 */
void oracle_check(const struct oracle *o, struct hardware_cache *cache, unsigned page)
{
    uint64_t iova = o->base + page * granule_bytes(o) + 8 * (page % 7);
    struct oracle_page expected = o->page[page];
    dms_phys_t phys = {1};
    int error = dms_pgtable_iova_to_phys((struct dms_pgtable *)&o->f->pt, iova, &phys);

    expected.phys += 8 * (page % 7);
    check_walk(&expected, hardware_walk(o->f, iova));
    if (cache && expected.mapped)
        check_walk(&expected, hardware_walk_cached(o->f, cache, iova));
    assert_int_equal(error, expected.mapped ? 0 : DMS_ENOENT);
    assert_int_equal(phys.addr, expected.mapped ? expected.phys : 1);
}

/* The nearest mapped page from `page` on; false: none. */
static bool nearest(const struct oracle *o, unsigned *page, bool down)
{
    while (!o->page[*page].mapped) {
        if (*page == (down ? 0 : o->pages - 1))
            return false;
        *page = down ? *page - 1 : *page + 1;
    }
    return true;
}

void oracle_check_next(const struct oracle *o, unsigned page, bool down)
{
    struct dms_iommu_mapping mapping;
    uint64_t iova = o->base + page * granule_bytes(o) + 1;
    int error = dms_pgtable_next((struct dms_pgtable *)&o->f->pt, iova, down, &mapping);
    unsigned first, last;

    assert_int_equal(error, nearest(o, &page, down) ? 0 : DMS_ENOENT);
    if (error)
        return;
    for (first = page; first > 0 && joined(o, first - 1);)
        first--;
    for (last = page; joined(o, last);)
        last++;
    assert_int_equal(mapping.iova.first, o->base + first * granule_bytes(o));
    assert_int_equal(mapping.iova.last, o->base + (uint64_t)(last + 1) * granule_bytes(o) - 1);
    assert_int_equal(mapping.phys.addr, o->page[first].phys);
    assert_int_equal(mapping.access & DMS_WRITE, o->page[first].prot & DMS_WRITE);
}
