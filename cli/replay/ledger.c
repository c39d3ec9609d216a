/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "ledger.h"

#include "../array.h"

#include <stdlib.h>
#include <string.h>

enum {
    BY_FIRST,
    BY_PHYS,
    FEWEST_CHAINS = 64,
};

static uint64_t key_of(const struct live *live, int index)
{
    return index == BY_FIRST ? live->first : live->phys;
}

static struct live **chain(const struct ledger *ledger, int index, uint64_t key)
{
    uint64_t mixed = (key ^ key >> 32) * UINT64_C(0x9e3779b97f4a7c15);

    return &ledger->chains[index][(mixed >> 32) & (ledger->nchains - 1)];
}

/* In front: a buffer that is mapped a million times makes one long chain. */
static void link_in(struct ledger *ledger, int index, struct live *live)
{
    struct live **at = chain(ledger, index, key_of(live, index));

    live->next[index] = *at;
    live->from[index] = at;
    if (*at)
        (*at)->from[index] = &live->next[index];
    *at = live;
}

static bool is_in(const struct live *live, int index)
{
    return index == BY_FIRST || live->has_phys;
}

static void grow(struct ledger *ledger)
{
    struct ledger larger = *ledger;

    larger.nchains = ledger->nchains ? 4 * ledger->nchains : FEWEST_CHAINS;
    for (int index = 0; index < 2; index++) {
        larger.chains[index] = calloc(larger.nchains, sizeof(*larger.chains[index]));
        if (!larger.chains[index])
            array_no_memory();
        for (size_t i = 0; i < ledger->nchains; i++) {
            for (struct live *live = ledger->chains[index][i], *next; live; live = next) {
                next = live->next[index];
                link_in(&larger, index, live);
            }
        }
        free(ledger->chains[index]);
    }
    *ledger = larger;
}

struct live *ledger_add(struct ledger *ledger, const struct live *live)
{
    struct live *copy = malloc(sizeof(*copy));

    if (!copy)
        array_no_memory();
    if (ledger->count >= ledger->nchains)
        grow(ledger);
    *copy = *live;
    copy->serial = ledger->serial++;
    ledger->count++;
    for (int index = 0; index < 2; index++) {
        if (is_in(copy, index))
            link_in(ledger, index, copy);
    }
    return copy;
}

void ledger_remove(struct ledger *ledger, struct live *live)
{
    for (int index = 0; index < 2; index++) {
        if (!is_in(live, index))
            continue;
        *live->from[index] = live->next[index];
        if (live->next[index])
            live->next[index]->from[index] = live->from[index];
    }
    ledger->count--;
    free(live);
}

static struct live *find(const struct ledger *ledger, int index, uint64_t key)
{
    struct live *live = ledger->nchains ? *chain(ledger, index, key) : NULL;

    while (live && key_of(live, index) != key)
        live = live->next[index];
    return live;
}

struct live *ledger_find(const struct ledger *ledger, uint64_t first)
{
    return find(ledger, BY_FIRST, first);
}

struct live *ledger_find_phys(const struct ledger *ledger, uint64_t phys)
{
    return find(ledger, BY_PHYS, phys);
}

void ledger_each(const struct ledger *ledger, void (*visit)(void *ctx, const struct live *live),
                 void *ctx)
{
    for (size_t i = 0; i < ledger->nchains; i++) {
        for (const struct live *live = ledger->chains[BY_FIRST][i]; live;
             live = live->next[BY_FIRST])
            visit(ctx, live);
    }
}

void ledger_drop(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->nchains; i++) {
        for (struct live *live = ledger->chains[BY_FIRST][i], *next; live; live = next) {
            next = live->next[BY_FIRST];
            free(live);
        }
    }
    free(ledger->chains[BY_FIRST]);
    free(ledger->chains[BY_PHYS]);
    memset(ledger, 0, sizeof(*ledger));
}
