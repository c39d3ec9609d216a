/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Watches one stream table entry through the recorder and fails the test when a reader could see a
 * mixture. The SMMU reads an entry word by word, in any order (IHI 0070 3.21.3), and is done with
 * it, or starts anew, when a CMD_CFGI_STE for the stream and a CMD_SYNC have completed. So of all
 * values that the words had since then, every combination has to be invalid, the old or the new one.
 */
#ifndef TESTS_SMMUV3_STE_WATCH_H
#define TESTS_SMMUV3_STE_WATCH_H

#include "recorder.h"

#define STE_WATCH_WORDS  8
#define STE_WATCH_VALUES 8

struct ste_watch {
    struct recorder *rec;
    uint32_t sid;
    uint64_t phys;
    uint64_t old[STE_WATCH_WORDS];
    uint64_t target[STE_WATCH_WORDS];
    uint64_t seen[STE_WATCH_WORDS][STE_WATCH_VALUES]; /* since the last CFGI and SYNC */
    unsigned seen_count[STE_WATCH_WORDS];
    bool invalidated; /* CFGI seen, SYNC not yet */
    unsigned stores;
    unsigned aborts; /* stores of a word 0 without V */
};

/* Where the entry of `sid` is, as the registers and the level-1 table say; 0: nowhere. */
uint64_t ste_watch_phys(struct recorder *rec, uint32_t sid);

/* Watches from now on. `target` is what the entry is to become; its first word may be 0. */
void ste_watch_begin(struct ste_watch *watch, struct recorder *rec, uint32_t sid,
                     const uint64_t target[STE_WATCH_WORDS]);

/* No more hook; the entry is `target` now, and no reader can have the old one. */
void ste_watch_end(struct ste_watch *watch);

#endif
