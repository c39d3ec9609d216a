/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A set-associative cache of address ranges, tagged by ASID: the TLB (leaf descriptors) and the walk cache (table
 * descriptors) are one each. An entry of any size can be found by an address in it. Nothing leaves but by
 * range_cache_drop or by replacement.
 *
 * Split into shards by ASID, so that address spaces do not wait for one another. Global entries have one of their own.
 */
#ifndef MODELS_SMMUV3_RANGE_CACHE_H
#define MODELS_SMMUV3_RANGE_CACHE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define RANGE_SHARDS 16u

struct range_entry {
    bool valid;
    bool global;  /* nG = 0: found for every ASID of its set */
    bool aset;    /* CD.ASET; tags global entries (5.4, ASET) */
    uint16_t asid;
    uint8_t size_lg2;
    uint8_t granule_lg2; /* of the table it was read from */
    uint8_t level;       /* of the descriptor */
    uint64_t va;         /* first byte */
    uint64_t pa;         /* of the leaf, or of the next table */
    uint32_t attrs;      /* enum leaf_attr */
};

struct range_shard {
    pthread_mutex_t lock; /* the entries, sizes and random below */
    struct range_entry *entries;
    uint64_t sizes; /* bit n: an entry of 2^n bytes may be there */
    uint64_t random;
};

struct range_cache {
    struct range_shard shards[RANGE_SHARDS + 1]; /* the last: global entries */
    unsigned nshards;
    uint32_t sets; /* per shard */
    uint32_t ways;
};

/* False: no memory, nothing allocated. entries is a power of two. */
bool range_cache_init(struct range_cache *c, uint32_t entries, uint64_t seed);
void range_cache_fini(struct range_cache *c);

/* How many entries hold `va` for this ASID; *out is the smallest of them, if one is not global. */
unsigned range_cache_find(struct range_cache *c, uint16_t asid, bool aset, uint64_t va, struct range_entry *out);

/* Replaces the entry of the same tag, or takes a free way, or a random one. */
void range_cache_put(struct range_cache *c, const struct range_entry *entry);

/* What an invalidation covers. */
struct range_match {
    bool any_asid;
    bool keep_global; /* by ASID: global entries stay */
    uint16_t asid;
    uint64_t first; /* an entry is hit when it overlaps first..last */
    uint64_t last;
    uint8_t granule_lg2; /* 0: any */
    uint8_t level_min;   /* of the descriptor */
    uint8_t level_max;
};

void range_cache_drop(struct range_cache *c, const struct range_match *match);

#endif
