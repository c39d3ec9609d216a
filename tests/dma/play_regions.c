/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Regions of devices that exist. */
#include "play_internal.h"

#include <string.h>

struct o_region random_region(bool window)
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

void reserve(unsigned d)
{
    struct o_device *dev = &game.oracle.devices[d];
    struct o_region region = random_region(false);
    unsigned slot = 3 + below(O_REGIONS - 3);
    bool live = oracle_live_in(&game.oracle, dev->group, region.base, region.size);
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
    struct oracle without = game.oracle;
    unsigned group = game.oracle.devices[d].group;

    without.devices[d].regions[slot].used = false;
    for (unsigned page = 0; page < O_PAGES; page++) {
        const struct o_mapping *m = oracle_mapping(&game.oracle, group, page);

        memset(without.groups[group].mappings, 0, sizeof(without.groups[group].mappings));
        if (m && m->fixed_owner == (int)d && !oracle_fixed_ok(&without, d, page))
            return true;
    }
    return false;
}

void release(unsigned d)
{
    struct o_device *dev = &game.oracle.devices[d];
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
