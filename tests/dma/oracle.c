/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "oracle.h"

const struct o_mapping *oracle_mapping(const struct oracle *o, unsigned group, unsigned page)
{
    for (unsigned i = 0; i < O_MAPPINGS; i++) {
        const struct o_mapping *m = &o->groups[group].mappings[i];

        if (m->used && m->first_page <= page && page < m->first_page + m->pages)
            return m;
    }
    return NULL;
}

/* Any byte of the page, or every byte of it. */
static bool covers(const struct o_region *region, unsigned page, bool whole)
{
    uint64_t first = O_BASE + page * O_PAGE;
    uint64_t last = first + O_PAGE - 1;
    uint64_t region_last = region->base + (region->size - 1);

    return whole ? region->base <= first && last <= region_last
                 : region->base <= last && first <= region_last;
}

bool oracle_allows(const struct oracle *o, unsigned group, unsigned page)
{
    for (unsigned d = 0; d < O_DEVICES; d++) {
        const struct o_device *dev = &o->devices[d];

        for (unsigned r = 0; dev->dev && dev->group == group && r < O_REGIONS; r++) {
            const struct o_region *region = &dev->regions[r];

            if (!region->used)
                continue;
            if (region->window ? !covers(region, page, true) : covers(region, page, false))
                return false;
        }
    }
    return true;
}

bool oracle_fixed_ok(const struct oracle *o, unsigned device, unsigned page)
{
    bool inside = false;

    for (unsigned d = 0; d < O_DEVICES; d++) {
        const struct o_device *dev = &o->devices[d];

        for (unsigned r = 0; r < O_REGIONS; r++) {
            const struct o_region *region = &dev->regions[r];

            if (!dev->dev || dev->group != o->devices[device].group || !region->used)
                continue;
            if (region->window) {
                if (!covers(region, page, true))
                    return false;
            } else if (covers(region, page, false)) {
                if (d != device || region->kind != DMS_REGION_FIXED)
                    return false;
                inside = true;
            }
        }
    }
    return inside && !oracle_mapping(o, o->devices[device].group, page);
}

bool oracle_direct(const struct oracle *o, unsigned group, unsigned page)
{
    for (unsigned d = 0; d < O_DEVICES; d++) {
        const struct o_device *dev = &o->devices[d];

        for (unsigned r = 0; dev->dev && dev->group == group && dev->attached && r < O_REGIONS;
             r++) {
            const struct o_region *region = &dev->regions[r];

            if (region->used && !region->window && region->kind == DMS_REGION_DIRECT &&
                covers(region, page, false))
                return true;
        }
    }
    return false;
}

bool oracle_has_gap(const struct oracle *o, unsigned group, unsigned pages, unsigned align_pages,
                    unsigned lowest, unsigned highest)
{
    for (unsigned at = lowest; at + pages <= highest + 1 && at + pages <= O_PAGES; at++) {
        unsigned n = 0;

        if ((O_BASE / O_PAGE + at) % align_pages)
            continue;
        while (n < pages && oracle_allows(o, group, at + n) && !oracle_mapping(o, group, at + n))
            n++;
        if (n == pages)
            return true;
    }
    return false;
}

bool oracle_live_in(const struct oracle *o, unsigned group, uint64_t base, uint64_t size)
{
    struct o_region region = {.base = base, .size = size};

    for (unsigned page = 0; page < O_PAGES; page++) {
        if (covers(&region, page, false) && oracle_mapping(o, group, page))
            return true;
    }
    return false;
}

unsigned oracle_members(const struct oracle *o, unsigned group)
{
    unsigned n = 0;

    for (unsigned d = 0; d < O_DEVICES; d++)
        n += o->devices[d].dev && o->devices[d].group == group;
    return n;
}

unsigned oracle_attached(const struct oracle *o, unsigned group)
{
    unsigned n = 0;

    for (unsigned d = 0; d < O_DEVICES; d++)
        n += o->devices[d].dev && o->devices[d].group == group && o->devices[d].attached;
    return n;
}

unsigned oracle_mapped(const struct oracle *o, unsigned group)
{
    unsigned n = 0;

    for (unsigned i = 0; i < O_MAPPINGS; i++)
        n += o->groups[group].mappings[i].used;
    return n;
}
