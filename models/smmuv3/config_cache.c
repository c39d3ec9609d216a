/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "config_cache.h"

#include "bits.h"
#include "random.h"

#include <stdlib.h>

#define WAYS         4u
#define SHARDED_FROM 256u

bool config_cache_init(struct config_cache *c, uint32_t entries, uint64_t seed)
{
    uint32_t per_shard;

    c->nshards = entries >= SHARDED_FROM ? CONFIG_SHARDS : 1;
    per_shard = entries / c->nshards;
    c->ways = per_shard < WAYS ? per_shard : WAYS;
    c->sets = per_shard / c->ways;
    c->ste_spans = 0;
    c->l1_spans = 0;
    c->index_lg2s = 0;
    for (unsigned i = 0; i < c->nshards; i++) {
        struct config_shard *s = &c->shards[i];

        s->entries = calloc(per_shard, sizeof(*s->entries));
        s->random = random_seed(seed, i);
        pthread_mutex_init(&s->lock, NULL);
        if (!s->entries) {
            c->nshards = i + 1;
            config_cache_fini(c);
            return false;
        }
    }
    return true;
}

void config_cache_fini(struct config_cache *c)
{
    for (unsigned i = 0; i < c->nshards; i++) {
        free(c->shards[i].entries);
        pthread_mutex_destroy(&c->shards[i].lock);
    }
}

/* What an entry is found by. */
struct key {
    enum config_kind kind;
    uint8_t span_lg2;
    uint8_t index_lg2;
    uint32_t first;
    uint32_t index;
};

static struct key key_of(const struct config_entry *e)
{
    return (struct key){e->kind, e->span_lg2, e->index_lg2, e->first, e->index};
}

static bool has_key(const struct config_entry *e, const struct key *k)
{
    return e->valid && e->kind == k->kind && e->span_lg2 == k->span_lg2 && e->index_lg2 == k->index_lg2 &&
           e->first == k->first && e->index == k->index;
}

/* The shard of a key, locked, and its set there. */
static struct config_entry *lock_set(struct config_cache *c, const struct key *k, struct config_shard **shard)
{
    uint64_t hash = random_mix(random_mix((uint64_t)k->first << 32 | k->index) ^
                               ((unsigned)k->kind << 16 | (unsigned)k->span_lg2 << 8 | k->index_lg2));

    *shard = &c->shards[hash % c->nshards];
    pthread_mutex_lock(&(*shard)->lock);
    return &(*shard)->entries[((hash >> 8) % c->sets) * c->ways];
}

static bool find_key(struct config_cache *c, const struct key *k, struct config_entry *out)
{
    struct config_shard *s;
    struct config_entry *set = lock_set(c, k, &s);
    bool found = false;

    for (uint32_t way = 0; way < c->ways && !found; way++) {
        if (has_key(&set[way], k)) {
            *out = set[way];
            found = true;
        }
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* The sizes under which an entry of this kind may be found. */
static uint64_t sizes_of(struct config_cache *c, enum config_kind kind)
{
    switch (kind) {
    case CONFIG_L1STD:
        return c->l1_spans;
    case CONFIG_STE:
        return c->ste_spans;
    case CONFIG_L1CD:
        return c->index_lg2s & ~UINT64_C(1);
    default:
        return 1;
    }
}

unsigned config_cache_find(struct config_cache *c, enum config_kind kind, uint32_t sid, uint32_t index,
                           struct config_entry *out)
{
    bool by_span = kind == CONFIG_L1STD || kind == CONFIG_STE;
    unsigned hits = 0;

    for (uint64_t left = sizes_of(c, kind); left; left &= left - 1) {
        uint8_t lg2 = (uint8_t)__builtin_ctzll(left);
        struct key k = {kind, 0, 0, sid, index};

        if (by_span) {
            k.span_lg2 = lg2;
            k.first = sid & ~(uint32_t)below_lg2(lg2);
        } else {
            k.index_lg2 = lg2;
            k.index = index & ~(uint32_t)below_lg2(lg2);
        }
        hits += find_key(c, &k, out);
    }
    return hits;
}

void config_cache_put(struct config_cache *c, const struct config_entry *entry)
{
    struct key k = key_of(entry);
    struct config_shard *s;
    struct config_entry *set = lock_set(c, &k, &s);
    struct config_entry *slot = NULL;

    for (uint32_t way = 0; way < c->ways; way++) {
        if (has_key(&set[way], &k)) {
            slot = &set[way];
            break;
        }
        if (!set[way].valid)
            slot = &set[way];
    }
    if (!slot)
        slot = &set[random_next(&s->random) % c->ways];
    *slot = *entry;
    slot->valid = true;
    pthread_mutex_unlock(&s->lock);

    if (entry->kind == CONFIG_STE)
        c->ste_spans |= UINT64_C(1) << entry->span_lg2;
    else if (entry->kind == CONFIG_L1STD)
        c->l1_spans |= UINT64_C(1) << entry->span_lg2;
    else if (entry->kind == CONFIG_L1CD || entry->index != 0)
        c->index_lg2s |= UINT64_C(1) << entry->index_lg2;
}

static bool covered(const struct config_entry *e, const struct config_match *m)
{
    if (!e->valid || !(m->kinds & 1u << e->kind))
        return false;
    if (e->kind == CONFIG_L1STD)
        return e->first <= m->last && (e->first | (uint32_t)below_lg2(e->span_lg2)) >= m->first;
    if (e->sid < m->first || e->sid > m->last)
        return false;
    if (e->kind == CONFIG_STE || !m->one_index)
        return true;
    return (m->index & ~(uint32_t)below_lg2(e->index_lg2)) == e->index;
}

/* One SID, and nothing in the cache that could serve it under another key: look there instead of everywhere. */
static void drop_keys(struct config_cache *c, const struct config_match *match)
{
    static const enum config_kind kinds[] = {CONFIG_STE, CONFIG_CD};

    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct key k = {kinds[i], 0, 0, match->first, 0};
        struct config_shard *s;
        struct config_entry *set = lock_set(c, &k, &s);

        for (uint32_t way = 0; way < c->ways; way++) {
            if (has_key(&set[way], &k) && covered(&set[way], match))
                set[way].valid = false;
        }
        pthread_mutex_unlock(&s->lock);
    }
}

static void drop_everywhere(struct config_cache *c, const struct config_match *match)
{
    for (unsigned i = 0; i < c->nshards; i++) {
        struct config_shard *s = &c->shards[i];

        pthread_mutex_lock(&s->lock);
        for (uint32_t e = 0; e < c->sets * c->ways; e++) {
            if (covered(&s->entries[e], match))
                s->entries[e].valid = false;
        }
        pthread_mutex_unlock(&s->lock);
    }
}

void config_cache_drop(struct config_cache *c, const struct config_match *match)
{
    bool tables = match->kinds & 1u << CONFIG_L1STD && c->l1_spans != 0;
    bool only_own_keys = !tables && c->index_lg2s == 0 && (c->ste_spans & ~UINT64_C(1)) == 0;

    if (match->first == match->last && only_own_keys)
        drop_keys(c, match);
    else
        drop_everywhere(c, match);
}
