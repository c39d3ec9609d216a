/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Devices come, go, attach and detach. */
#include "play_internal.h"

#include <string.h>

static bool windows_leave_room(unsigned group)
{
    for (unsigned page = 0; page < O_PAGES; page++) {
        bool allowed = true;

        for (unsigned d = 0; d < O_DEVICES; d++) {
            struct o_device only = game.oracle.devices[d];
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
        const struct o_mapping *m = oracle_mapping(&game.oracle, group, page);

        /* What lies in a fixed region is allowed to be there; a new region over it is not. */
        if (m && m->fixed_owner < 0 && !oracle_allows(&game.oracle, group, page))
            return false;
        if (m && m->fixed_owner >= 0) {
            struct oracle without = game.oracle;
            struct o_group *g = &without.groups[group];

            memset(g->mappings, 0, sizeof(g->mappings));
            if (!oracle_fixed_ok(&without, (unsigned)m->fixed_owner, page))
                return false;
        }
    }
    return true;
}

void create(unsigned d)
{
    static const char *const names[O_DEVICES] = {"d0", "d1", "d2", "d3", "d4", "d5"};
    struct o_device *dev = &game.oracle.devices[d];
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
    if (with != d && game.oracle.devices[with].dev) {
        cfg.share_group_with = game.oracle.devices[with].dev;
        dev->group = game.oracle.devices[with].group;
    }
    cfg.lazy = dev->lazy;
    dev->dev = (struct dms_device *)&game.oracle; /* as if, for the oracle */
    room = windows_leave_room(dev->group);
    fits = groups_allocations_fit(dev->group);
    dev->dev = NULL;
    err = world_device(&game.world, &stream, 1, &cfg, &dev->dev, NULL);
    check(err == (!room ? DMS_EINVAL : !fits ? DMS_EBUSY : 0));
}

static void forget_group_if_empty(unsigned group)
{
    if (oracle_attached(&game.oracle, group) == 0)
        memset(&game.oracle.groups[group], 0, sizeof(game.oracle.groups[group]));
}

static unsigned fixed_mappings(unsigned d)
{
    unsigned n = 0;

    for (unsigned i = 0; i < O_MAPPINGS; i++) {
        const struct o_mapping *m = &game.oracle.groups[game.oracle.devices[d].group].mappings[i];

        n += m->used && m->fixed_owner == (int)d;
    }
    return n;
}

/* Mappings that keep the device from leaving. */
static unsigned in_the_way(unsigned d)
{
    const struct o_device *dev = &game.oracle.devices[d];

    if (!dev->attached)
        return 0;
    return oracle_attached(&game.oracle, dev->group) > 1 ? fixed_mappings(d)
                                                         : oracle_mapped(&game.oracle, dev->group);
}

static void left(unsigned d)
{
    game.oracle.devices[d].attached = false;
    for (unsigned page = 0; page < O_PAGES; page++)
        game.oracle.groups[game.oracle.devices[d].group].maybe[page] = false; /* leaving flushes */
    forget_group_if_empty(game.oracle.devices[d].group);
}

static void drop_fixed(unsigned d)
{
    for (unsigned i = 0; i < O_MAPPINGS; i++) {
        struct o_mapping *m = &game.oracle.groups[game.oracle.devices[d].group].mappings[i];

        if (m->fixed_owner == (int)d)
            m->used = false;
    }
}

void destroy(unsigned d, bool force)
{
    struct o_device *dev = &game.oracle.devices[d];
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
        if (force && oracle_attached(&game.oracle, dev->group) > 1)
            drop_fixed(d);
        left(d);
    }
    memset(dev, 0, sizeof(*dev));
}

void attach(unsigned d)
{
    check(dms_attach(game.oracle.devices[d].dev, NULL) == 0);
    game.oracle.devices[d].attached = true;
}

void detach(unsigned d)
{
    unsigned live = in_the_way(d);
    int err = dms_detach(game.oracle.devices[d].dev, NULL);

    check(err == (live ? DMS_EBUSY : 0));
    if (!err && game.oracle.devices[d].attached)
        left(d);
}
