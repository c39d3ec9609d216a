/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A device's regions: listing, text, and the end of them. */
#include "base/lock.h"
#include "base/log.h"
#include "base/text.h"
#include "device/report.h"

static bool next_own(struct dms_device *dev, struct dms_iova_cursor *cursor,
                     struct dms_iova_region *region)
{
    while (dms_iova_next_region(dev->group->space, cursor, region)) {
        if (region->owner == dev)
            return true;
    }
    return false;
}

size_t dms_regions(struct dms_device *dev, struct dms_region_info *out, size_t max)
{
    struct dms_iova_cursor cursor = {0};
    struct dms_iova_region region;
    size_t count = 0;

    while (dev->group && next_own(dev, &cursor, &region)) {
        if (count < max)
            out[count] = (struct dms_region_info){region.range, region.kind, region.origin};
        count++;
    }
    return count;
}

/* One line of sysfs's reserved_regions. Returns its length. */
static size_t region_line(const struct dms_iova_region *region, char line[64])
{
    struct dms_text text;

    dms_text_init(&text, line, 64);
    dms_text_hex_width(&text, region->range.first, 16);
    dms_text_char(&text, ' ');
    dms_text_hex_width(&text, region->range.last, 16);
    dms_text_char(&text, ' ');
    dms_text_str(&text, dms_region_kind_name(region->kind));
    dms_text_char(&text, '\n');
    return text.length;
}

size_t dms_regions_text(struct dms_device *dev, char *buf, size_t size)
{
    struct dms_iova_cursor cursor = {0};
    struct dms_iova_region region;
    struct dms_text text;
    size_t length = 0;
    bool fits = true;
    char line[64];

    dms_text_init(&text, buf, size);
    while (dev->group && next_own(dev, &cursor, &region)) {
        length += region_line(&region, line);
        fits = fits && length < size;
        if (fits)
            dms_text_str(&text, line);
    }
    return length;
}

/*
 * With the last device the whole space goes; before, each region is taken out. Its tag must not
 * outlive the device, but is never followed (group_owner_name), so a region that finds no memory
 * for its removal only stays too long.
 */
void regions_drop(struct dms_device *dev)
{
    struct dms_group *group = dev->group;
    struct dms_iova_cursor cursor = {0};
    struct dms_iova_region region;

    if (group->devices.head.next == group->devices.head.prev)
        return;
    while (next_own(dev, &cursor, &region)) {
        if (dms_iova_unreserve(group->space, &region, NULL) != 0)
            port_log(group->port, DMS_LOG_ERROR,
                     "no memory to take out a region: it stays until its group goes");
    }
}
