/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "device/report.h"

#include "base/mem.h"
#include "base/text.h"

static const char *origin_name(enum dms_region_origin origin)
{
    return origin == DMS_ORIGIN_DEVICETREE ? "devicetree" : "api";
}

static struct dms_text begin(struct dms_report *report, int error, enum dms_party party)
{
    struct dms_text text;

    memset(report, 0, sizeof(*report));
    report->error = error;
    report->party = party;
    dms_text_init(&text, report->text, sizeof(report->text));
    return text;
}

static void set_range(struct dms_report *report, struct dms_range range)
{
    report->has_range = true;
    report->range = range;
}

static void set_name(struct dms_report *report, const char *name)
{
    struct dms_text text;

    dms_text_init(&text, report->name, sizeof(report->name));
    dms_text_str(&text, name);
}

int report_refusal(struct dms_report *report, int error, const char *why)
{
    struct dms_text text;

    if (!report)
        return error;
    text = begin(report, error, DMS_PARTY_NONE);
    dms_text_str(&text, why);
    return error;
}

int report_device(struct dms_report *report, int error, const char *name, const char *why)
{
    struct dms_text text;

    if (!report)
        return error;
    text = begin(report, error, DMS_PARTY_DEVICE);
    set_name(report, name);
    dms_text_str(&text, name);
    dms_text_char(&text, ' ');
    dms_text_str(&text, why);
    return error;
}

int report_stream(struct dms_report *report, int error, struct dms_stream stream,
                  const struct stream_owner *owner)
{
    uint32_t mask = owner->stream.mask;
    struct dms_text text;

    if (!report)
        return error;
    text = begin(report, error, DMS_PARTY_DEVICE);
    set_name(report, owner->device->name);
    set_range(report, (struct dms_range){owner->stream.sid, owner->stream.sid | mask});
    dms_text_str(&text, "stream ");
    dms_text_hex(&text, stream.sid);
    if (stream.mask) {
        dms_text_str(&text, " mask ");
        dms_text_hex(&text, stream.mask);
    }
    dms_text_str(&text, " belongs to ");
    dms_text_str(&text, owner->device->name);
    if (owner->stream.sid != stream.sid || mask != stream.mask) {
        dms_text_str(&text, ", which owns ");
        dms_text_hex(&text, owner->stream.sid);
        dms_text_str(&text, " mask ");
        dms_text_hex(&text, mask);
    }
    return error;
}

static void place_reserved(struct dms_report *report, struct dms_text *text,
                           const struct dms_group *group, const struct dms_iova_region *region)
{
    group_owner_name(group, region->owner, report->name);
    report->party = DMS_PARTY_RESERVED;
    report->kind = region->kind;
    report->origin = region->origin;
    set_range(report, region->range);
    dms_text_str(text, " overlaps reserved region ");
    dms_text_range(text, region->range);
    dms_text_str(text, " (");
    dms_text_str(text, dms_region_kind_name(region->kind));
    dms_text_str(text, ", ");
    dms_text_str(text, origin_name(region->origin));
    dms_text_str(text, ") of ");
    dms_text_str(text, report->name[0] ? report->name : "a device that is gone");
}

int report_place(struct dms_report *report, int error, const struct dms_group *group,
                 struct dms_range what, const struct dms_iova_place *place)
{
    struct dms_text text;

    if (!report)
        return error;
    text = begin(report, error, DMS_PARTY_NONE);
    dms_text_range(&text, what);
    switch (place->what) {
    case DMS_IOVA_IS_RESERVED:
        place_reserved(report, &text, group, &place->region);
        return error;
    case DMS_IOVA_IS_LIVE:
        report->party = DMS_PARTY_MAPPING;
        dms_text_str(&text, " overlaps live mapping ");
        break;
    case DMS_IOVA_IS_OUTSIDE:
        report->party = DMS_PARTY_APERTURE;
        dms_text_str(&text, " lies outside the aperture at ");
        break;
    case DMS_IOVA_IS_FREE:
        dms_text_str(&text, " is in no fixed region of the device at ");
        break;
    }
    set_range(report, place->range);
    dms_text_range(&text, place->range);
    return error;
}

int report_mapping(struct dms_report *report, int error, struct dms_range mapping, uint64_t count)
{
    struct dms_text text;

    if (!report)
        return error;
    text = begin(report, error, DMS_PARTY_MAPPING);
    set_range(report, mapping);
    report->count = count;
    if (count) {
        dms_text_dec(&text, count);
        dms_text_str(&text, count == 1 ? " mapping lives: " : " mappings live, the first one at ");
    } else {
        dms_text_str(&text, "in the way: mapping ");
    }
    dms_text_range(&text, mapping);
    return error;
}

int report_aperture(struct dms_report *report, int error, const struct dms_device *dev,
                    const char *why)
{
    struct dms_range range = {atomic_load(&dev->lowest), atomic_load(&dev->highest)};
    struct dms_text text;

    if (!report)
        return error;
    text = begin(report, error, DMS_PARTY_APERTURE);
    set_name(report, dev->name);
    dms_text_str(&text, dev->name);
    dms_text_str(&text, ": ");
    dms_text_str(&text, why);
    if (range.first <= range.last) {
        set_range(report, range);
        dms_text_str(&text, "; the aperture is ");
        dms_text_range(&text, range);
    }
    return error;
}

/* The end of a long path says more than its beginning. */
static void set_path(struct dms_report *report, const char *path)
{
    size_t length = 0;

    while (path[length])
        length++;
    set_name(report, length < DMS_NAME_MAX ? path : path + length - (DMS_NAME_MAX - 1));
}

int report_node(struct dms_report *report, int error, const struct dms_of_diag *diag)
{
    if (!report)
        return error;
    begin(report, error, DMS_PARTY_NODE);
    set_path(report, diag->path);
    dms_of_diag_line(diag, report->text, sizeof(report->text));
    return error;
}
