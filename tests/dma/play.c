/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "play.h"

#include "oracle.h"

#include <string.h>

#define BUFFER_PAGES 16u
#define NOBODYS_SID  0x77u

static struct world world;
static struct oracle o;
static const struct play_choices *choices;
static unsigned step;
static char *buffer;
static uint64_t buffer_pa;

#define check(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            choices->broken(choices->ctx, world.name, step, #condition);                           \
    } while (0)

static unsigned below(unsigned bound)
{
    return choices->below(choices->ctx, bound);
}

static uint64_t page_iova(unsigned page)
{
    return O_BASE + page * O_PAGE;
}

/* ---- access: promises 3, 4 and 7 ------------------------------------------------------------- */

static void check_page(struct o_device *dev, unsigned page)
{
    uint32_t access = below(2) ? DMS_WRITE : DMS_READ;
    uint64_t offset = below(4096);
    const struct o_mapping *m = oracle_mapping(&o, dev->group, page);
    uint64_t pa = 0;
    bool ok = world.access(&world, dev->sid, page_iova(page) + offset, access, &pa);

    if (!dev->attached) {
        check(!ok);
    } else if (m && (access == DMS_READ || m->access & DMS_WRITE)) {
        check(ok);
        check(pa == m->pa + (page - m->first_page) * O_PAGE + offset);
    } else if (m) {
        check(!ok);
    } else if (oracle_direct(&o, dev->group, page)) {
        check(ok);
        check(pa == page_iova(page) + offset);
    } else if (!o.groups[dev->group].maybe[page]) {
        check(!ok);
    }
}

static void check_some(void)
{
    for (unsigned i = 0; i < 3; i++) {
        struct o_device *dev = &o.devices[below(O_DEVICES)];

        if (dev->dev)
            check_page(dev, below(O_PAGES));
    }
}

static void check_all(void)
{
    for (unsigned d = 0; d < O_DEVICES; d++) {
        for (unsigned page = 0; o.devices[d].dev && page < O_PAGES; page++)
            check_page(&o.devices[d], page);
    }
}

static void unowned_stream(void)
{
    uint64_t pa;

    while (dms_machine_poll(world.machine))
        ;
    world.faults = 0;
    check(!world.access(&world, NOBODYS_SID, page_iova(below(O_PAGES)), DMS_READ, &pa));
    check(dms_machine_poll(world.machine) == 1);
    check(world.faults == 1);
    check(world.last_fault.sid == NOBODYS_SID && !world.last_fault.has_owner);
}

/* ---- devices --------------------------------------------------------------------------------- */

/* Rounded anyhow; up to 12 pages, and a window up to all of the arena. */
static struct o_region random_region(bool window)
{
    struct o_region region = {.used = true, .window = window};
    uint64_t first = page_iova(0) + below(O_PAGES * 4096 - 1);
    uint64_t most = O_BASE + O_PAGES * O_PAGE - first;
    uint64_t size = 1 + below((window ? O_PAGES : 12) * 4096);

    region.base = first;
    region.size = size < most ? size : most;
    region.kind = (enum dms_region_kind)below(DMS_REGION_WINDOW);
    return region;
}

static bool windows_leave_room(unsigned group)
{
    for (unsigned page = 0; page < O_PAGES; page++) {
        bool allowed = true;

        for (unsigned d = 0; d < O_DEVICES; d++) {
            struct o_device only = o.devices[d];
            struct oracle one = {0};

            for (unsigned r = 0; r < O_REGIONS; r++)
                only.regions[r].used = only.regions[r].used && only.regions[r].window;
            one.devices[0] = only;
            allowed = allowed && oracle_allows(&one, group, page);
        }
        if (allowed)
            return true;
    }
    return false;
}

static bool groups_allocations_fit(unsigned group)
{
    for (unsigned page = 0; page < O_PAGES; page++) {
        const struct o_mapping *m = oracle_mapping(&o, group, page);

        /* What lies in a fixed region is allowed to be there; a new region over it is not. */
        if (m && m->fixed_owner < 0 && !oracle_allows(&o, group, page))
            return false;
        if (m && m->fixed_owner >= 0) {
            struct oracle without = o;
            struct o_group *g = &without.groups[group];

            memset(g->mappings, 0, sizeof(g->mappings));
            if (!oracle_fixed_ok(&without, (unsigned)m->fixed_owner, page))
                return false;
        }
    }
    return true;
}

static void create(unsigned d)
{
    static const char *const names[O_DEVICES] = {"d0", "d1", "d2", "d3", "d4", "d5"};
    struct o_device *dev = &o.devices[d];
    struct dms_stream stream = {0x10 + d, 0};
    struct dms_range windows[2] = {{O_BASE, O_BASE + O_PAGES * O_PAGE - 1}};
    struct dms_region region;
    struct dms_device_cfg cfg = {.name = names[d], .window = windows, .nwindow = 1};
    unsigned with = d < 2 ? d : d ^ 1; /* 2 and 3, 4 and 5 share a domain */
    bool room;
    bool fits;
    int err;

    *dev = (struct o_device){.sid = stream.sid, .group = d, .lazy = below(2)};
    dev->regions[0] =
        (struct o_region){.used = true, .window = true, .base = O_BASE, .size = O_PAGES * O_PAGE};
    if (below(3) == 0) {
        dev->regions[1] = random_region(true);
        /* One call of one list, so a union; make it an intersection by cutting the base window. */
        dev->regions[0] = dev->regions[1];
        windows[0] = (struct dms_range){dev->regions[1].base,
                                        dev->regions[1].base + dev->regions[1].size - 1};
    }
    if (below(2)) {
        dev->regions[2] = random_region(false);
        dev->regions[2].from_cfg = true;
        region =
            (struct dms_region){dev->regions[2].base, dev->regions[2].size, dev->regions[2].kind};
        cfg.regions = &region;
        cfg.nregions = 1;
    }
    if (with != d && o.devices[with].dev) {
        cfg.share_group_with = o.devices[with].dev;
        dev->group = o.devices[with].group;
    }
    cfg.lazy = dev->lazy;
    dev->dev = (struct dms_device *)&o; /* as if, for the oracle */
    room = windows_leave_room(dev->group);
    fits = groups_allocations_fit(dev->group);
    dev->dev = NULL;
    err = world_device(&world, &stream, 1, &cfg, &dev->dev, NULL);
    check(err == (!room ? DMS_EINVAL : !fits ? DMS_EBUSY : 0));
}

static void forget_group_if_empty(unsigned group)
{
    if (oracle_attached(&o, group) == 0)
        memset(&o.groups[group], 0, sizeof(o.groups[group]));
}

static unsigned fixed_mappings(unsigned d)
{
    unsigned n = 0;

    for (unsigned i = 0; i < O_MAPPINGS; i++) {
        const struct o_mapping *m = &o.groups[o.devices[d].group].mappings[i];

        n += m->used && m->fixed_owner == (int)d;
    }
    return n;
}

/* Mappings that keep the device from leaving. */
static unsigned in_the_way(unsigned d)
{
    const struct o_device *dev = &o.devices[d];

    if (!dev->attached)
        return 0;
    return oracle_attached(&o, dev->group) > 1 ? fixed_mappings(d) : oracle_mapped(&o, dev->group);
}

static void left(unsigned d)
{
    o.devices[d].attached = false;
    for (unsigned page = 0; page < O_PAGES; page++)
        o.groups[o.devices[d].group].maybe[page] = false; /* leaving flushes */
    forget_group_if_empty(o.devices[d].group);
}

static void drop_fixed(unsigned d)
{
    for (unsigned i = 0; i < O_MAPPINGS; i++) {
        struct o_mapping *m = &o.groups[o.devices[d].group].mappings[i];

        if (m->fixed_owner == (int)d)
            m->used = false;
    }
}

static void destroy(unsigned d, bool force)
{
    struct o_device *dev = &o.devices[d];
    unsigned live = in_the_way(d);
    struct dms_report report = {0};
    int err = dms_device_destroy(dev->dev, force ? DMS_DESTROY_FORCE : DMS_DESTROY_IDLE, &report);

    check(err == (live && !force ? DMS_EBUSY : 0));
    if (err) {
        check(report.party == DMS_PARTY_MAPPING);
        return;
    }
    check(report.count == live);
    if (dev->attached) {
        if (force && oracle_attached(&o, dev->group) > 1)
            drop_fixed(d);
        left(d);
    }
    memset(dev, 0, sizeof(*dev));
}

static void attach(unsigned d)
{
    check(dms_attach(o.devices[d].dev, NULL) == 0);
    o.devices[d].attached = true;
}

static void detach(unsigned d)
{
    unsigned live = in_the_way(d);
    int err = dms_detach(o.devices[d].dev, NULL);

    check(err == (live ? DMS_EBUSY : 0));
    if (!err && o.devices[d].attached)
        left(d);
}

/* ---- mappings: promises 1 and 2 -------------------------------------------------------------- */

static struct o_mapping *free_mapping(unsigned group)
{
    for (unsigned i = 0; i < O_MAPPINGS; i++) {
        if (!o.groups[group].mappings[i].used)
            return &o.groups[group].mappings[i];
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
    p.ptr = buffer + first * O_PAGE + p.offset;
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
        .pa = buffer_pa + (uint64_t)(p->ptr - buffer) - p->offset,
        .access = access,
        .fixed_owner = fixed_owner,
    };
    for (unsigned i = 0; i < p->pages; i++)
        o.groups[o.devices[d].group].maybe[m->first_page + i] = false;
}

static void check_new(unsigned group, const struct piece *p, dms_iova_t iova)
{
    check(iova >= O_BASE && iova + p->size <= O_BASE + O_PAGES * O_PAGE);
    check((iova & (O_PAGE - 1)) == p->offset);
    for (unsigned i = 0; i < p->pages; i++) {
        unsigned page = (unsigned)((iova - O_BASE) / O_PAGE) + i;

        check(oracle_allows(&o, group, page));
        check(!oracle_mapping(&o, group, page));
    }
}

static void map(unsigned d)
{
    static const enum dms_direction dirs[] = {DMS_TO_DEVICE, DMS_FROM_DEVICE, DMS_BIDIRECTIONAL};
    struct o_device *dev = &o.devices[d];
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
    gap = oracle_has_gap(&o, dev->group, p.pages, align, lowest, highest);
    err = dms_map(dev->dev, p.ptr, p.size, dir, &opts, &iova);
    check(err == (!dev->attached ? DMS_ENODEV : gap ? 0 : DMS_ENOSPC));
    if (err)
        return;
    check_new(dev->group, &p, iova);
    check(((iova - p.offset) & (opts.align - 1)) == 0);
    check(iova >= opts.lowest && iova + p.size - 1 <= opts.highest);
    note_mapping(d, m, &p, iova, dir, -1);
}

static void map_fixed(unsigned d)
{
    struct o_device *dev = &o.devices[d];
    struct piece p = random_piece();
    unsigned at = below(O_PAGES - p.pages);
    struct dms_dma_opts opts = {.take = below(2)};
    struct o_mapping *m = free_mapping(dev->group);
    bool ok = true;
    int err;

    if (!m)
        return;
    for (unsigned i = 0; i < p.pages; i++)
        ok = ok && (opts.take ? oracle_allows(&o, dev->group, at + i) &&
                                    !oracle_mapping(&o, dev->group, at + i)
                              : oracle_fixed_ok(&o, d, at + i));
    err =
        dms_map_fixed(dev->dev, page_iova(at) + p.offset, p.ptr, p.size, DMS_BIDIRECTIONAL, &opts);
    check(err == (!dev->attached ? DMS_ENODEV : ok ? 0 : DMS_EBUSY));
    if (!err)
        note_mapping(d, m, &p, page_iova(at) + p.offset, DMS_BIDIRECTIONAL,
                     opts.take ? -1 : (int)d);
}

static void unmap(unsigned d)
{
    struct o_device *dev = &o.devices[d];
    struct o_mapping *m = &o.groups[dev->group].mappings[below(O_MAPPINGS)];
    struct dms_dma_opts opts = {.strict = below(2)};

    if (!m->used || !dev->attached)
        return;
    check(dms_unmap(dev->dev, m->iova, m->size, &opts) == 0);
    m->used = false;
    for (unsigned i = 0; i < m->pages; i++)
        o.groups[dev->group].maybe[m->first_page + i] = dev->lazy && !opts.strict;
}

/* A range that begins or ends inside a mapping, or holds no mapping at all. */
static void unmap_wrongly(unsigned d)
{
    struct o_device *dev = &o.devices[d];
    unsigned first = below(O_PAGES - 4);
    unsigned last = first + below(4);
    const struct o_mapping *a = oracle_mapping(&o, dev->group, first);
    const struct o_mapping *b = oracle_mapping(&o, dev->group, last);
    int err;

    if (!dev->attached ||
        (a && b && a->first_page == first && b->first_page + b->pages == last + 1))
        return;
    err = dms_unmap(dev->dev, page_iova(first), (last - first + 1) * O_PAGE, NULL);
    check(err == DMS_EBUSY || err == DMS_ENOENT);
}

static void flush(unsigned d)
{
    struct o_device *dev = &o.devices[d];

    check(dms_flush(dev->dev) == (dev->attached ? 0 : DMS_ENODEV));
    for (unsigned page = 0; dev->attached && page < O_PAGES; page++)
        o.groups[dev->group].maybe[page] = false;
}

/* ---- regions --------------------------------------------------------------------------------- */

static void reserve(unsigned d)
{
    struct o_device *dev = &o.devices[d];
    struct o_region region = random_region(false);
    unsigned slot = 3 + below(O_REGIONS - 3);
    bool live = oracle_live_in(&o, dev->group, region.base, region.size);
    int err;

    if (dev->regions[slot].used)
        return;
    err = dms_reserve(dev->dev, region.base, region.size, region.kind, NULL);
    check(err == (live ? DMS_EBUSY : 0));
    if (!err)
        dev->regions[slot] = region;
}

/* Mappings in the region that no other fixed region of the device covers. */
static bool region_in_use(unsigned d, unsigned slot)
{
    struct oracle without = o;
    unsigned group = o.devices[d].group;

    without.devices[d].regions[slot].used = false;
    for (unsigned page = 0; page < O_PAGES; page++) {
        const struct o_mapping *m = oracle_mapping(&o, group, page);

        memset(without.groups[group].mappings, 0, sizeof(without.groups[group].mappings));
        if (m && m->fixed_owner == (int)d && !oracle_fixed_ok(&without, d, page))
            return true;
    }
    return false;
}

static void release(unsigned d)
{
    struct o_device *dev = &o.devices[d];
    unsigned slot = 2 + below(O_REGIONS - 2);
    struct o_region *region = &dev->regions[slot];
    bool in_use;
    int err;

    if (!region->used)
        return;
    in_use = region->kind == DMS_REGION_FIXED && region_in_use(d, slot);
    check(dms_release(dev->dev, region->base + 1, region->size, region->kind, NULL) == DMS_ENOENT);
    err = dms_release(dev->dev, region->base, region->size, region->kind, NULL);
    check(err == (in_use ? DMS_EBUSY : 0));
    if (!err)
        region->used = false;
}

/* ---- the run --------------------------------------------------------------------------------- */

static void random_step(void)
{
    unsigned d = below(O_DEVICES);

    if (!o.devices[d].dev) {
        create(d);
        return;
    }
    switch (below(24)) {
    case 0:
        destroy(d, below(2));
        return;
    case 1:
        detach(d);
        return;
    case 2:
    case 3:
        attach(d);
        return;
    case 4:
        reserve(d);
        return;
    case 5:
        release(d);
        return;
    case 6:
        flush(d);
        return;
    case 7:
        unowned_stream();
        return;
    case 8:
        unmap_wrongly(d);
        return;
    case 9:
    case 10:
        map_fixed(d);
        return;
    default:
        if (below(5) < 3)
            map(d);
        else
            unmap(d);
    }
}

void play(void (*make)(struct world *world), const struct play_choices *with)
{
    dms_phys_t phys;

    choices = with;
    memset(&o, 0, sizeof(o));
    make(&world);
    buffer = dms_posix_ram_alloc(world.posix, BUFFER_PAGES * O_PAGE, 0, &phys);
    assert_non_null(buffer);
    buffer_pa = phys.addr;
    for (step = 0; choices->more(choices->ctx, step); step++) {
        random_step();
        check_some();
        if (step % 100 == 0)
            check_all();
    }
    check_all();
    for (unsigned d = 0; d < O_DEVICES; d++) {
        if (o.devices[d].dev)
            destroy(d, true);
    }
    dms_posix_ram_free(world.posix, buffer, BUFFER_PAGES * O_PAGE);
    world_end(&world);
}
