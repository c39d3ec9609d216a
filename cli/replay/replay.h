/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A trace, replayed. The verbs replay and report print what is here. */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include "device.h"

#include <jansson.h>

struct replay {
    struct replay_options options;
    bool keep_peak; /* keep what is live at each device's peak, for report */
    struct trace_counts counts;
    uint64_t first_time;
    uint64_t last_time;
    bool has_dma;      /* the trace has dma:* events */
    uint64_t too_many; /* events of devices beyond the most that are kept apart */
    struct dms_posix *posix;
    ARRAY(struct device *) devices; /* replayed, in order of appearance */
    ARRAY(struct device *) skipped; /* not selected, or not translated by an IOMMU */
    void *by_name;                  /* of devices: a tree of search.h */
};

struct verb;

/*
 * Reads options.file twice: first for devices, apertures and peaks, then to replay. What is live at the end stays in
 * the devices' spaces. EXIT_GOOD, or EXIT_UNUSABLE after saying why on stderr; replay_drop() in both cases.
 */
int replay_run(const struct verb *verb, struct replay *replay);
void replay_drop(struct replay *replay);

/* The largest gap's share of free space that it is not: 0 when all is in one gap. */
double fragmentation(struct sample sample);

/* Do all ranges fit, and did the kernel obey every rule? */
bool replay_is_good(const struct replay *replay);

/* "1.5 GiB", for one expression. */
struct size_text {
    char text[24];
};
struct size_text size_text(uint64_t bytes);

void replay_print_text(const struct replay *replay);
void replay_print_json(const struct replay *replay);
json_t *replay_json(const struct replay *replay);

#endif
