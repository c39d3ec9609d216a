/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The slow and obvious model: one struct per page of a window of the input space. */
#ifndef TESTS_PGTABLE_ORACLE_H
#define TESTS_PGTABLE_ORACLE_H

#include "hardware.h"

struct oracle_page {
    bool mapped;
    bool begin;
    bool end;
    uint32_t prot;
    uint64_t phys;
};

struct oracle {
    const struct fixture *f;
    uint64_t base; /* IOVA of page[0] */
    unsigned pages;
    struct oracle_page *page;
};

void oracle_start(struct oracle *o, const struct fixture *f, uint64_t base, unsigned pages);
void oracle_stop(struct oracle *o);

/* What map has to return; the model is changed when that is 0. */
int oracle_map(struct oracle *o, unsigned first, unsigned n, uint64_t phys, uint32_t prot);

/* The same for unmap. Looks at the tables to know where blocks are: call it before the real one. */
int oracle_unmap(struct oracle *o, unsigned first, unsigned n, bool exact);

/* What the walker, iova_to_phys and next_mapping say about a page is what the model says. */
void oracle_check(const struct oracle *o, struct hardware_cache *cache, unsigned page);
void oracle_check_next(const struct oracle *o, unsigned page, bool down);

#endif
