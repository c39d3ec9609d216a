/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Filling struct dms_report. Every function returns `error`, so that a refusal is one statement;
 * report may be NULL.
 */
#ifndef DEVICE_REPORT_H
#define DEVICE_REPORT_H

#include "device/object.h"

/* The request itself is at fault; `why` is a whole sentence without full stop. */
int report_refusal(struct dms_report *report, int error, const char *why);

/* Another device is in the way: "iris:pixel has children". */
int report_device(struct dms_report *report, int error, const char *name, const char *why);

/* A stream has an owner. Under owners_lock. */
int report_stream(struct dms_report *report, int error, struct dms_stream stream,
                  const struct stream_owner *owner);

/*
 * What lies at a place of the IOVA space is in the way of `what`, which range is. Under group->lock
 * or owners_lock.
 */
int report_place(struct dms_report *report, int error, const struct dms_group *group,
                 struct dms_range what, const struct dms_iova_place *place);

/* Live mappings are in the way: their count (0: not counted), and the first one. */
int report_mapping(struct dms_report *report, int error, struct dms_range mapping, uint64_t count);

/* The range is not within what the device can address. */
int report_aperture(struct dms_report *report, int error, const struct dms_device *dev,
                    const char *why);

/* The device tree is at fault. */
int report_node(struct dms_report *report, int error, const struct dms_of_diag *diag);

#endif
