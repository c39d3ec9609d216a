/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The configuration cache: level-1 stream descriptors, STEs, level-1 context descriptors and CDs, valid or not, as
 * they were when they were fetched (3.21.3 allows all of it).
 */
#ifndef MODELS_SMMUV3_CONFIG_CACHE_H
#define MODELS_SMMUV3_CONFIG_CACHE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A level-1 stream or context descriptor. */
struct config_table {
    uint64_t pointer; /* of the second-level table */
    uint8_t span;     /* L1STD.Span; 1 for a valid L1CD, 0 for an invalid one */
};

/* What an STE says, decoded. */
struct stream {
    bool legal; /* V = 1 and nothing ILLEGAL in it */
    bool passes;
    bool translates; /* stage 1 */
    uint8_t s1_format;
    uint8_t s1_cd_lg2; /* S1CDMax, 0 when substreams are unsupported */
    uint8_t s1_default;
    uint8_t priv_override;
    uint8_t instr_override;
    uint8_t contiguous_lg2; /* CONT */
    uint64_t context;       /* S1ContextPtr */
};

/* One half of the address space of a CD. */
struct context_half {
    bool disabled; /* EPDx */
    bool top_byte_ignored;
    uint8_t input_bits; /* 64 - TxSZ */
    uint8_t granule_lg2;
    uint64_t table; /* TTBx */
};

/* What a CD says, decoded. */
struct context {
    bool legal;
    bool aset;
    bool access_flag_off; /* AFFD */
    bool wxn;
    bool pan;
    bool abort;  /* A */
    bool record; /* R */
    uint8_t output_bits; /* effective IPS */
    uint16_t asid;
    struct context_half half[2];
};

enum config_kind {
    CONFIG_L1STD,
    CONFIG_STE,
    CONFIG_L1CD,
    CONFIG_CD,
};

struct config_entry {
    bool valid;
    enum config_kind kind;
    uint8_t span_lg2;  /* SIDs that it serves: 2^span_lg2 from `first` on */
    uint8_t index_lg2; /* substreams that it serves: 2^index_lg2 from `index` on */
    uint32_t first;
    uint32_t sid; /* that it was fetched for */
    uint32_t index;
    union {
        struct config_table table;
        struct stream stream;
        struct context context;
    } u;
};

#define CONFIG_SHARDS 16u

struct config_shard {
    pthread_mutex_t lock; /* the entries and random below */
    struct config_entry *entries;
    uint64_t random;
};

struct config_cache {
    struct config_shard shards[CONFIG_SHARDS];
    unsigned nshards;
    uint32_t sets; /* per shard */
    uint32_t ways;
    _Atomic uint64_t ste_spans;  /* bit n: an STE for 2^n SIDs may be there */
    _Atomic uint64_t l1_spans;   /* bit n: an L1STD for 2^n SIDs may be there */
    _Atomic uint64_t index_lg2s; /* bit n: a CD table of 2^n substreams may be there; bit 0: a substream other than 0 */
};

/* False: no memory, nothing allocated. entries is a power of two. */
bool config_cache_init(struct config_cache *c, uint32_t entries, uint64_t seed);
void config_cache_fini(struct config_cache *c);

/* How many entries serve (kind, sid, index); *out is one of them. */
unsigned config_cache_find(struct config_cache *c, enum config_kind kind, uint32_t sid, uint32_t index,
                           struct config_entry *out);
void config_cache_put(struct config_cache *c, const struct config_entry *entry);

/* What an invalidation covers. */
struct config_match {
    uint32_t first; /* STEs and CDs that were fetched for these SIDs; L1STDs that overlap them */
    uint32_t last;
    unsigned kinds; /* bit n: enum config_kind n */
    bool one_index; /* of CDs and L1CDs, only those that serve `index` */
    uint32_t index;
};

void config_cache_drop(struct config_cache *c, const struct config_match *match);

#endif
