/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is live in the kernel's address space of one device, found by first address or by physical address. */
#ifndef CLI_REPLAY_LEDGER_H
#define CLI_REPLAY_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct live {
    uint64_t first; /* of the kernel's range, page-aligned */
    uint64_t bytes; /* whole pages */
    uint64_t left;  /* bytes not unmapped yet: the IOMMU API may unmap a range piece by piece */
    uint64_t ours;  /* where we put it; valid when fits */
    bool fits;
    bool has_phys;
    bool owes;     /* it took the place of another whose unmap is still to come */
    uint64_t phys; /* of the first byte */
    uint64_t pid;
    uint64_t time;
    uint64_t serial;
    bool violates;
    char task[24];
    struct live *next[2];  /* in the chains of the two indices */
    struct live **from[2]; /* what points here */
};

struct ledger {
    struct live **chains[2];
    size_t nchains; /* of each index; a power of two, or 0 */
    size_t count;
    uint64_t serial;
};

/* Adds a copy. No entry with this `first` may exist. Ends the program when there is no memory. */
struct live *ledger_add(struct ledger *ledger, const struct live *live);
void ledger_remove(struct ledger *ledger, struct live *live);

/* NULL: none. Of several with one physical address the newest. */
struct live *ledger_find(const struct ledger *ledger, uint64_t first);
struct live *ledger_find_phys(const struct ledger *ledger, uint64_t phys);

/* Every entry once, in no particular order; `visit` must not change the ledger. */
void ledger_each(const struct ledger *ledger, void (*visit)(void *ctx, const struct live *live),
                 void *ctx);

void ledger_drop(struct ledger *ledger);

#endif
