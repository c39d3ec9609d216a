/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Between the process that reads trace.dat and the one that wants the events. */
#ifndef CLI_TRACE_DAT_H
#define CLI_TRACE_DAT_H

#include "source.h"

#include <stdio.h>

struct dat_message {
    bool last; /* the counts are valid and nothing follows; else the event is */
    uint64_t others;
    uint64_t garbage;
    uint64_t lost;
    uint64_t lost_gaps;
    struct trace_event event;
};

/* False: built without libtracecmd. */
bool dat_can_read(void);

/* Writes a message for each event of the file and the last one. EXIT_GOOD or EXIT_UNUSABLE. */
int dat_send(int fd, FILE *out);

#endif
