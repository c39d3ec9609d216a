/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The page of a report: its two halves, made from page/ when dmaspace is built, and the data between them. */
#ifndef CLI_REPORT_PAGE_H
#define CLI_REPORT_PAGE_H

#include <jansson.h>

extern const char page_head[];
extern const char page_tail[];

/* Writes the page with this data, which it takes over. 0, or -1 with errno. "-" is stdout. */
int page_write(const char *file, json_t *data);

/* What the page draws of a device tree. NULL after saying on stderr why it cannot be read. */
json_t *tree_data(const char *file);

struct replay;

/* What the page draws of a trace that was replayed with replay->keep_peak. */
json_t *trace_data(const struct replay *replay);

#endif
