/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How check writes what it found: one printer for people, one for programs. */
#ifndef CLI_CHECK_REPORT_H
#define CLI_CHECK_REPORT_H

#include "pool.h"

struct check_tally {
    size_t files; /* that could be read */
    size_t unreadable;
    size_t clean;
    size_t hidden; /* findings below --severity */
    size_t by_severity[3];
};

struct check_printer {
    void (*begin)(void);
    void (*result)(const struct check_result *result);
    void (*end)(const struct check_tally *tally);
    void (*list)(void); /* the table of checks */
};

extern const struct check_printer check_text;
extern const struct check_printer check_json;

#endif
