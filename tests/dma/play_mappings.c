/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Mappings: promises 1, 2 and 4. */
#include "play_internal.h"

static struct o_mapping *free_mapping(unsigned group)
{
    for (unsigned i = 0; i < O_MAPPINGS; i++) {
        if (!game.oracle.groups[group].mappings[i].used)
            return &game.oracle.groups[group].mappings[i];
    }
    return NULL;
}

struct piece {
    char *ptr;
    size_t size;
    unsigned pages;
    uint64_t offset;
};

static struct piece random_piece(void)
{
    struct piece p = {.pages = 1 + below(5)};
    unsigned first = below(BUFFER_PAGES - p.pages);

    p.offset = below(2) ? below(4096) : 0;
    p.size =
        (size_t)(p.pages * O_PAGE - p.offset - (below(2) ? below(4096 - (unsigned)p.offset) : 0));
    if (p.offset + p.size <= (p.pages - 1) * O_PAGE)
        p.size = (size_t)((p.pages - 1) * O_PAGE + 1 - p.offset);
    p.ptr = game.buffer + first * O_PAGE + p.offset;
    return p;
}

static void note_mapping(unsigned d, struct o_mapping *m, const struct piece *p, dms_iova_t iova,
                         uint32_t access, int fixed_owner)
{
    *m = (struct o_mapping){
        .used = true,
        .iova = iova,
        .size = p->size,
        .first_page = (unsigned)((iova - O_BASE) / O_PAGE),
        .pages = p->pages,
        .pa = game.buffer_pa + (uint64_t)(p->ptr - game.buffer) - p->offset,
        .access = access,
        .fixed_owner = fixed_owner,
    };
    for (unsigned i = 0; i < p->pages; i++)
        game.oracle.groups[game.oracle.devices[d].group].maybe[m->first_page + i] = false;
}

static void check_new(unsigned group, const struct piece *p, dms_iova_t iova)
{
    check(iova >= O_BASE && iova + p->size <= O_BASE + O_PAGES * O_PAGE);
    check((iova & (O_PAGE - 1)) == p->offset);
    for (unsigned i = 0; i < p->pages; i++) {
        unsigned page = (unsigned)((iova - O_BASE) / O_PAGE) + i;

        check(oracle_allows(&game.oracle, group, page));
        check(!oracle_mapping(&game.oracle, group, page));
    }
}

void map(unsigned d)
{
    static const enum dms_direction dirs[] = {DMS_TO_DEVICE, DMS_FROM_DEVICE, DMS_BIDIRECTIONAL};
    struct o_device *dev = &game.oracle.devices[d];
    struct piece p = random_piece();
    enum dms_direction dir = dirs[below(3)];
    unsigned align = 1u << below(3);
    unsigned lowest = below(4) ? 0 : below(O_PAGES);
    unsigned highest = below(4) ? O_PAGES - 1 : below(O_PAGES);
    struct dms_dma_opts opts = {
        .align = align * O_PAGE,
        .lowest = page_iova(lowest),
        .highest = page_iova(highest) + O_PAGE - 1,
        .place = below(2) ? DMS_PLACE_BOTTOM_UP : DMS_PLACE_TOP_DOWN,
    };
    struct o_mapping *m = free_mapping(dev->group);
    dms_iova_t iova = 0;
    bool gap;
    int err;

    if (!m)
        return;
    gap = oracle_has_gap(&game.oracle, dev->group, p.pages, align, lowest, highest);
    err = dms_map(dev->dev, p.ptr, p.size, dir, &opts, &iova);
    check(err == (!dev->attached ? DMS_ENODEV : gap ? 0 : DMS_ENOSPC));
    if (err)
        return;
    check_new(dev->group, &p, iova);
    check(((iova - p.offset) & (opts.align - 1)) == 0);
    check(iova >= opts.lowest && iova + p.size - 1 <= opts.highest);
    note_mapping(d, m, &p, iova, dir, -1);
}

void map_fixed(unsigned d)
{
    struct o_device *dev = &game.oracle.devices[d];
    struct piece p = random_piece();
    unsigned at = below(O_PAGES - p.pages);
    struct dms_dma_opts opts = {.take = below(2)};
    struct o_mapping *m = free_mapping(dev->group);
    bool ok = true;
    int err;

    if (!m)
        return;
    for (unsigned i = 0; i < p.pages; i++)
        ok = ok && (opts.take ? oracle_allows(&game.oracle, dev->group, at + i) &&
                                    !oracle_mapping(&game.oracle, dev->group, at + i)
                              : oracle_fixed_ok(&game.oracle, d, at + i));
    err =
        dms_map_fixed(dev->dev, page_iova(at) + p.offset, p.ptr, p.size, DMS_BIDIRECTIONAL, &opts);
    check(err == (!dev->attached ? DMS_ENODEV : ok ? 0 : DMS_EBUSY));
    if (!err)
        note_mapping(d, m, &p, page_iova(at) + p.offset, DMS_BIDIRECTIONAL,
                     opts.take ? -1 : (int)d);
}

void unmap(unsigned d)
{
    struct o_device *dev = &game.oracle.devices[d];
    struct o_mapping *m = &game.oracle.groups[dev->group].mappings[below(O_MAPPINGS)];
    struct dms_dma_opts opts = {.strict = below(2)};

    if (!m->used || !dev->attached)
        return;
    check(dms_unmap(dev->dev, m->iova, m->size, &opts) == 0);
    m->used = false;
    for (unsigned i = 0; i < m->pages; i++)
        game.oracle.groups[dev->group].maybe[m->first_page + i] = dev->lazy && !opts.strict;
}

/* A range that begins or ends inside a mapping, or holds no mapping at all. */
void unmap_wrongly(unsigned d)
{
    struct o_device *dev = &game.oracle.devices[d];
    unsigned first = below(O_PAGES - 4);
    unsigned last = first + below(4);
    const struct o_mapping *a = oracle_mapping(&game.oracle, dev->group, first);
    const struct o_mapping *b = oracle_mapping(&game.oracle, dev->group, last);
    int err;

    if (!dev->attached ||
        (a && b && a->first_page == first && b->first_page + b->pages == last + 1))
        return;
    err = dms_unmap(dev->dev, page_iova(first), (last - first + 1) * O_PAGE, NULL);
    check(err == DMS_EBUSY || err == DMS_ENOENT);
}

void flush(unsigned d)
{
    struct o_device *dev = &game.oracle.devices[d];

    check(dms_flush(dev->dev) == (dev->attached ? 0 : DMS_ENODEV));
    for (unsigned page = 0; dev->attached && page < O_PAGES; page++)
        game.oracle.groups[dev->group].maybe[page] = false;
}
