/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One game: its world, the oracle beside it, and who chooses. One at a time. */
#ifndef TESTS_DMA_PLAY_INTERNAL_H
#define TESTS_DMA_PLAY_INTERNAL_H

#include "oracle.h"
#include "play.h"

#define BUFFER_PAGES 16u

struct game {
    struct world world;
    struct oracle oracle;
    const struct play_choices *choices;
    unsigned step;
    char *buffer; /* what is mapped is a piece of it */
    uint64_t buffer_pa;
};

extern struct game game;

#define check(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            game.choices->broken(game.choices->ctx, game.world.name, game.step, #condition);       \
    } while (0)

static inline unsigned below(unsigned bound)
{
    return game.choices->below(game.choices->ctx, bound);
}

static inline uint64_t page_iova(unsigned page)
{
    return O_BASE + page * O_PAGE;
}

/* Accesses: some, by devices and to pages of the game's choice; all; one by a stream of nobody's. */
void check_some(void);
void check_all(void);
void unowned_stream(void);

/* Steps with device number d, which exists but for create(). */
void create(unsigned d);
void destroy(unsigned d, bool force);
void attach(unsigned d);
void detach(unsigned d);

void map(unsigned d);
void map_fixed(unsigned d);
void unmap(unsigned d);
void unmap_wrongly(unsigned d);
void flush(unsigned d);

void reserve(unsigned d);
void release(unsigned d);

/* Rounded anyhow; up to 12 pages, and a window up to all of the arena. */
struct o_region random_region(bool window);

#endif
