/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * One device of a trace: what the kernel did, mirrored in one space, and the same load placed by our allocator under
 * the rules in another.
 */
#ifndef CLI_REPLAY_DEVICE_H
#define CLI_REPLAY_DEVICE_H

#include "../array.h"
#include "../trace/trace.h"
#include "ledger.h"
#include "options.h"

/* Name of the device that iommu:map events belong to which no dma event claims. */
#define UNNAMED_DEVICE "unnamed"

enum {
    TIMELINE = 240,    /* samples */
    PEAK_MOST = 20000, /* ranges that are kept of the peak */
};

struct violation {
    uint64_t time;
    struct dms_range range;
    uint64_t pid;
    size_t rule; /* index in the options */
    char task[24];
    char call[24];
};

/* State of one space at one time. */
struct sample {
    uint64_t free_bytes;
    uint64_t largest_gap;
};

struct moment {
    uint64_t time;
    uint64_t live_bytes;
    uint64_t live_count;
    struct sample kernel;
    struct sample ours;
};

/* How many more sessions there is room for at the peak. */
struct headroom {
    uint64_t tasks;         /* that held something */
    uint64_t pid;           /* of the one that held most; 0 when everything is one session */
    uint64_t session_bytes; /* what a session holds */
    uint64_t session_count;
    uint64_t kernel; /* more sessions in the kernel's address space, which obeys no rule */
    uint64_t ours;
    bool kernel_more; /* counting stopped there */
    bool ours_more;
};

struct device_counts {
    uint64_t maps;
    uint64_t unmaps;
    uint64_t failed; /* calls that the kernel refused */
    uint64_t
        unmatched; /* unmaps of what was not live: mapped before the trace began, or events lost */
    uint64_t displaced; /* live ranges that a new one overlaps: their unmap was lost */
    uint64_t outside;   /* maps that cannot be in the aperture (IOVA 0) */
    uint64_t violations;
    uint64_t violating_bytes;
    uint64_t misfits; /* maps that our allocator could not place */
};

struct device {
    char name[80];

    /* From the survey. */
    uint64_t highest;  /* last address seen */
    uint64_t peak_map; /* map_index at the peak */
    bool claimed;      /* an iommu:map came with its dma event */
    bool differs;      /* a bus address was not the physical one */
    bool same;         /* one was */

    struct dms_range aperture;
    const struct dms_port *port;
    const struct replay_options *options;
    size_t most_placed; /* by headroom_measure(), before it stops; one session in any case */
    struct dms_iova_space *kernel;
    struct dms_iova_space *ours; /* NULL in the survey, like laws */
    struct dms_iova_space *laws; /* the rules alone */
    struct ledger ledger;

    struct device_counts counts;
    uint64_t map_index; /* maps so far, from 1 */
    uint64_t live_bytes;
    uint64_t live_count;
    uint64_t peak_bytes;
    uint64_t peak_count;
    uint64_t peak_time;
    struct violation first_misfit; /* valid when counts.misfits; rule is not */
    uint64_t misfit_live_bytes;
    uint64_t misfit_free_bytes;
    ARRAY(struct violation) violations; /* at most options->limit */
    uint64_t *by_rule;                  /* violations of each rule of the options */
    struct headroom headroom;
    bool keep_peak;
    ARRAY(struct live) at_peak; /* copies, when keep_peak; in no particular order */
    struct moment timeline[TIMELINE];
};

/*
 * Brings the spaces up: for the survey the whole 64 bits, without rules; else the aperture with rules. Everything
 * counted so far is forgotten, what the survey saw is not. 0 or DMS_E..: DMS_EINVAL is a window that leaves nothing.
 */
int device_start(struct device *device, bool survey);
void device_stop(struct device *device);

void device_event(struct device *device, const struct trace_event *event);

/* Reads both spaces. */
struct moment device_moment(const struct device *device, uint64_t time);

/* The pages that an event's range touches. */
struct dms_range pages_of(const struct trace_event *event);

/* Size and alignment of a request for a range of this many bytes. */
struct dms_iova_request device_request(const struct device *device, uint64_t bytes);

/* Does an IOMMU translate its addresses, as far as the trace shows? `joined`: the trace has iommu:map events. */
bool device_is_translated(const struct device *device, bool joined);

/* Fills device->headroom from what is live now. */
void headroom_measure(struct device *device);

#endif
