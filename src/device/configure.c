/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a device tree's specifiers to streams. */
#include "device/report.h"

#include "base/text.h"

/*
 * What dms_iommu_type.decode wants to know of the target: one-cell Arm SMMUs keep the mask in their
 * own node.
 */
static int spec_decode(const struct dms_machine *machine, struct dms_of_spec *spec,
                       struct dms_stream *out)
{
    uint32_t size = 0;
    const char *compatible = dms_of_compatible(&machine->tree, spec->iommu, &size);
    const struct dms_iommu_type *type = dms_iommu_type_of(compatible, size);
    uint32_t mask;

    if (type->family == DMS_FAMILY_SMMUV2 && spec->ncells == 1 &&
        dms_of_u32(&machine->tree, spec->iommu, "stream-match-mask", &mask) == 0)
        spec->cells[spec->ncells++] = mask;
    return type->decode(spec->cells, spec->ncells, out);
}

static int target_missing(struct dms_device *dev, dms_of_node_t node, struct dms_report *report)
{
    struct dms_of_diag diag = {
        .error = DMS_EAGAIN,
        .node = node,
        .cell = -1,
        .text = "this IOMMU is not part of the machine yet",
        .remedy = "call dms_machine_add_iommu() for it, then create the device again",
    };

    dms_of_path(&dev->machine->tree, node, diag.path, sizeof(diag.path));
    return report_node(report, DMS_EAGAIN, &diag);
}

static int spec_refused(struct dms_device *dev, const struct dms_of_spec *spec, int err,
                        struct dms_report *report)
{
    struct dms_of_diag diag = {
        .error = err,
        .node = spec->iommu,
        .cell = -1,
        .text = "specifiers for this IOMMU do not name a stream",
        .remedy = "check #iommu-cells of the IOMMU and the cells of the entry",
    };

    dms_of_path(&dev->machine->tree, spec->iommu, diag.path, sizeof(diag.path));
    return report_node(report, err, &diag);
}

static int add_spec(struct dms_device *dev, struct dms_of_spec *spec, struct dms_report *report)
{
    struct machine_iommu *on = machine_iommu_at(dev->machine, spec->iommu);
    struct dms_stream stream;
    int err = spec_decode(dev->machine, spec, &stream);

    if (err)
        return spec_refused(dev, spec, err, report);
    if (!on)
        return target_missing(dev, spec->iommu, report);
    return dms_configure_stream(dev, on->iommu, stream, report);
}

static int no_node(struct dms_report *report)
{
    return report_refusal(report, DMS_ENODEV, "the device has no device-tree node");
}

int dms_configure_iommus(struct dms_device *dev, struct dms_report *report)
{
    struct dms_of_diag diag;
    struct dms_of_spec spec;
    uint32_t i = 0;
    int err;

    if (dev->node == DMS_OF_NONE)
        return no_node(report);
    while ((err = dms_of_iommus(&dev->machine->tree, dev->node, i, &spec, &diag)) == 0) {
        err = add_spec(dev, &spec, report);
        if (err)
            return err;
        i++;
    }
    if (err != DMS_ENOENT)
        return report_node(report, err, &diag);
    return i ? 0 : report_node(report, DMS_ENODEV, &diag);
}

/* One id; with DMS_STREAMS_ALL every entry that holds it. */
static int add_id(struct dms_device *dev, dms_of_node_t map, uint32_t id, struct dms_report *report)
{
    bool all = dev->cfg->streams == DMS_STREAMS_ALL;
    struct dms_of_diag diag;
    struct dms_of_spec spec;
    int err = 0;

    for (uint32_t nth = 0; !err && (nth == 0 || all); nth++) {
        err = dms_of_map_id(&dev->machine->tree, map, id, nth, &spec, &diag);
        if (err == DMS_ENOENT && nth)
            return 0;
        err = err ? report_node(report, err, &diag) : add_spec(dev, &spec, report);
    }
    return err;
}

int dms_configure_map(struct dms_device *dev, struct dms_device *via, struct dms_report *report)
{
    if (!dev->cfg)
        return report_refusal(report, DMS_EINVAL, "only a bus's dma_configure adds streams");
    if (!via || via->node == DMS_OF_NONE)
        return no_node(report);
    if (dev->id_count == 0)
        return report_refusal(report, DMS_ENODEV, "the device has no id to look up in a map");
    for (unsigned i = 0; i < dev->id_count; i++) {
        int err = add_id(dev, via->node, dev->ids[i], report);

        if (err)
            return err;
    }
    return 0;
}
