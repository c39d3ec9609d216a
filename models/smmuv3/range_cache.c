/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "range_cache.h"

#include "bits.h"
#include "random.h"

#include <stdlib.h>

#define WAYS 4u

/* Below this many entries, one shard: a small cache has to behave like one. */
#define SHARDED_FROM 256u

bool range_cache_init(struct range_cache *c, uint32_t entries, uint64_t seed)
{
    unsigned asid_shards = entries >= SHARDED_FROM ? RANGE_SHARDS : 1;
    uint32_t per_shard = entries / asid_shards;

    c->nshards = asid_shards + 1;
    c->ways = per_shard < WAYS ? per_shard : WAYS;
    c->sets = per_shard / c->ways;
    for (unsigned i = 0; i < c->nshards; i++) {
        struct range_shard *s = &c->shards[i];

        s->entries = calloc(per_shard, sizeof(*s->entries));
        s->sizes = 0;
        s->random = random_seed(seed, i);
        pthread_mutex_init(&s->lock, NULL);
        if (!s->entries) {
            c->nshards = i + 1;
            range_cache_fini(c);
            return false;
        }
    }
    return true;
}

void range_cache_fini(struct range_cache *c)
{
    for (unsigned i = 0; i < c->nshards; i++) {
        free(c->shards[i].entries);
        pthread_mutex_destroy(&c->shards[i].lock);
    }
}

static struct range_shard *shard_of(struct range_cache *c, bool global, uint16_t asid)
{
    return &c->shards[global ? c->nshards - 1 : asid % (c->nshards - 1)];
}

static struct range_entry *set_of(struct range_cache *c, struct range_shard *s, uint64_t va, uint8_t size_lg2)
{
    uint64_t hash = random_mix((va >> size_lg2) ^ ((uint64_t)size_lg2 << 56));

    return &s->entries[(hash % c->sets) * c->ways];
}

static bool same_tag(const struct range_entry *e, bool global, uint16_t asid, bool aset, uint64_t va,
                     uint8_t size_lg2)
{
    if (!e->valid || e->global != global || e->va != va || e->size_lg2 != size_lg2)
        return false;
    return global ? e->aset == aset : e->asid == asid;
}

static unsigned find_in(struct range_cache *c, bool global, uint16_t asid, bool aset, uint64_t va,
                        struct range_entry *out)
{
    struct range_shard *s = shard_of(c, global, asid);
    unsigned hits = 0;

    pthread_mutex_lock(&s->lock);
    for (uint64_t left = s->sizes; left; left &= left - 1) {
        uint8_t size_lg2 = (uint8_t)__builtin_ctzll(left);
        uint64_t first = va & ~below_lg2(size_lg2);
        struct range_entry *set = set_of(c, s, first, size_lg2);

        for (uint32_t way = 0; way < c->ways; way++) {
            if (!same_tag(&set[way], global, asid, aset, first, size_lg2))
                continue;
            if (hits++ == 0)
                *out = set[way];
        }
    }
    pthread_mutex_unlock(&s->lock);
    return hits;
}

unsigned range_cache_find(struct range_cache *c, uint16_t asid, bool aset, uint64_t va, struct range_entry *out)
{
    unsigned global = find_in(c, true, asid, aset, va, out);

    return global + find_in(c, false, asid, aset, va, out);
}

static struct range_entry *victim(struct range_cache *c, struct range_shard *s, struct range_entry *set,
                                  const struct range_entry *entry)
{
    struct range_entry *free_way = NULL;

    for (uint32_t way = 0; way < c->ways; way++) {
        if (same_tag(&set[way], entry->global, entry->asid, entry->aset, entry->va, entry->size_lg2))
            return &set[way];
        if (!set[way].valid)
            free_way = &set[way];
    }
    return free_way ? free_way : &set[random_next(&s->random) % c->ways];
}

void range_cache_put(struct range_cache *c, const struct range_entry *entry)
{
    struct range_shard *s = shard_of(c, entry->global, entry->asid);
    struct range_entry *slot;

    pthread_mutex_lock(&s->lock);
    slot = victim(c, s, set_of(c, s, entry->va, entry->size_lg2), entry);
    *slot = *entry;
    slot->valid = true;
    s->sizes |= UINT64_C(1) << entry->size_lg2;
    pthread_mutex_unlock(&s->lock);
}

static bool covered(const struct range_entry *e, const struct range_match *m)
{
    if (!e->valid || e->va > m->last || (e->va | below_lg2(e->size_lg2)) < m->first)
        return false;
    if (m->granule_lg2 && e->granule_lg2 != m->granule_lg2)
        return false;
    if (e->level < m->level_min || e->level > m->level_max)
        return false;
    return m->any_asid || (e->global ? !m->keep_global : e->asid == m->asid);
}

static void drop_in(struct range_cache *c, struct range_shard *s, const struct range_match *match)
{
    pthread_mutex_lock(&s->lock);
    if (s->sizes) {
        bool any_left = false;

        for (uint32_t i = 0; i < c->sets * c->ways; i++) {
            if (covered(&s->entries[i], match))
                s->entries[i].valid = false;
            any_left |= s->entries[i].valid;
        }
        if (!any_left)
            s->sizes = 0;
    }
    pthread_mutex_unlock(&s->lock);
}

void range_cache_drop(struct range_cache *c, const struct range_match *match)
{
    if (!match->any_asid) {
        drop_in(c, shard_of(c, false, match->asid), match);
        if (!match->keep_global)
            drop_in(c, shard_of(c, true, 0), match);
        return;
    }
    for (unsigned i = 0; i < c->nshards; i++)
        drop_in(c, &c->shards[i], match);
}
