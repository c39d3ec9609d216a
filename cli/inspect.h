/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How inspect writes what it found: a printer per format. */
#ifndef CLI_INSPECT_H
#define CLI_INSPECT_H

#include "master.h"

/* Counts over one file, or over all. */
struct tally {
    size_t files;
    size_t unreadable;
    size_t masters;
    size_t streams;
    size_t map_entries;
    size_t regions;
    size_t findings;
    size_t errors;
};

struct printer {
    void (*begin)(void);
    void (*file)(const struct tree *tree);
    void (*master)(const struct tree *tree, const struct master *master);
    void (*file_end)(const struct tree *tree, const struct tally *tally);
    void (*end)(const struct tally *total);
};

extern const struct printer text_printer;
extern const struct printer json_printer;

#endif
