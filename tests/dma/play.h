/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Operations of somebody's choice on devices, groups, regions and mappings beside the oracle. What holds after
 * each step:
 *
 *  1. No IOVA outside the aperture minus regions, or outside a window, is handed out.
 *  2. Two live mappings of one domain never overlap; alignment and bounds are met. A request is
 *     refused only when nothing fits.
 *  3. A device reaches what is mapped for its group, through its own stream, in the direction asked
 *     for; nothing else.
 *  4. After a strict unmap no access succeeds; after a lazy one the IOVA is not handed out before
 *     the invalidation.
 *  5. At the end everything is as it was: no table, no object, no address is left over.
 *  6. A refused call changes nothing: the oracle, which was not told, still agrees.
 *  7. A stream that nobody owns is aborted and reported.
 */
#ifndef TESTS_DMA_PLAY_H
#define TESTS_DMA_PLAY_H

#include "world.h"

/* Who chooses: a seed, or a fuzzer's bytes. */
struct play_choices {
    void *ctx;
    unsigned (*below)(void *ctx, unsigned bound); /* 0 .. bound - 1 */
    bool (*more)(void *ctx, unsigned step);       /* another step follows */

    /* A promise was broken; does not return. */
    void (*broken)(void *ctx, const char *world, unsigned step, const char *promise);
};

/* Plays on a world that `make` makes, and ends it. */
void play(void (*make)(struct world *world), const struct play_choices *choices);

#endif
