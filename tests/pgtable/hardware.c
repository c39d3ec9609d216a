/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "hardware.h"

/* TG0 -> log2 of the granule; the encoding is not in size order. */
static unsigned granule_of(unsigned tg0)
{
    static const unsigned granules[] = {12, 16, 14};

    assert_true(tg0 < 3);
    return granules[tg0];
}

static unsigned pa_bits_of(unsigned ips)
{
    static const unsigned bits[] = {32, 36, 40, 42, 44, 48};

    assert_true(ips < 6);
    return bits[ips];
}

static uint64_t bits_of(uint64_t word, unsigned high, unsigned low)
{
    return word >> low & ((UINT64_C(2) << (high - low)) - 1);
}

static unsigned first_level(unsigned input, unsigned granule)
{
    unsigned level = 3;

    for (unsigned reach = granule + granule - 3; reach < input; reach += granule - 3)
        level--;
    return level;
}

static void check_table(const struct fixture *f, uint64_t word, unsigned granule)
{
    assert_int_equal(bits_of(word, 63, 59), 0);
    assert_int_equal(bits_of(word, 50, 48), 0);
    if (granule > 12)
        assert_int_equal(bits_of(word, granule - 1, 12), 0);
    assert_true(bits_of(word, 47, granule) << granule <= UINT64_MAX >>
                (64 - pa_bits_of(f->pt.ips)));
}

static struct hardware_result leaf(const struct fixture *f, uint64_t word, unsigned level,
                                   unsigned shift, unsigned granule, uint64_t iova)
{
    struct hardware_result r = {.mapped = true, .descriptor = word, .level = level};
    bool user = bits_of(word, 6, 6), read_only = bits_of(word, 7, 7);

    if (level < 3)
        assert_true(level == 2 || (level == 1 && granule == 12));
    assert_int_equal(bits_of(word, 63, 59), 0);
    assert_int_equal(bits_of(word, 52, 48), 0);
    assert_int_equal(bits_of(word, 5, 5), 0);
    assert_int_equal(bits_of(word, 10, 10), 1);
    assert_int_equal(bits_of(word, 11, 11), 1);
    if (shift > 12)
        assert_int_equal(bits_of(word, shift - 1, 12), 0);
    r.leaf_bytes = UINT64_C(1) << shift;
    r.phys = bits_of(word, 47, shift) << shift | (iova & (r.leaf_bytes - 1));
    assert_true(r.phys <= UINT64_MAX >> (64 - pa_bits_of(f->pt.ips)));
    r.readable = user;
    r.privileged_only = !user;
    r.writable = !read_only;
    r.executable = !bits_of(word, 54, 54) && !bits_of(word, 53, 53);
    r.mair = (unsigned)(f->pt.mair >> (8 * bits_of(word, 4, 2)) & 0xff);
    r.share = (unsigned)bits_of(word, 9, 8);
    return r;
}

static unsigned shift_of(unsigned granule, unsigned level)
{
    return granule + (3 - level) * (granule - 3);
}

/* The deepest table that the cache holds for iova; false: none. */
static bool cache_find(const struct hardware_cache *cache, unsigned granule, uint64_t iova,
                       unsigned *level, uint64_t *table)
{
    bool found = false;

    for (unsigned i = 0; i < HARDWARE_CACHE_SIZE; i++) {
        unsigned at = cache->entry[i].level;

        if (!cache->entry[i].valid || cache->entry[i].prefix != iova >> shift_of(granule, at - 1) ||
            (found && at <= *level))
            continue;
        found = true;
        *level = at;
        *table = cache->entry[i].table;
    }
    return found;
}

static void cache_add(struct hardware_cache *cache, unsigned granule, uint64_t iova, unsigned level,
                      uint64_t table)
{
    unsigned i = cache->next++ % HARDWARE_CACHE_SIZE;

    cache->entry[i].valid = true;
    cache->entry[i].level = level;
    cache->entry[i].prefix = iova >> shift_of(granule, level - 1);
    cache->entry[i].table = table;
}

void hardware_invalidate(const struct fixture *f, struct hardware_cache *cache, uint64_t first,
                         uint64_t last)
{
    unsigned granule = granule_of(f->pt.tg0);

    for (unsigned i = 0; i < HARDWARE_CACHE_SIZE; i++) {
        unsigned shift = shift_of(granule, cache->entry[i].level - 1);

        if (cache->entry[i].valid && first >> shift <= cache->entry[i].prefix &&
            cache->entry[i].prefix <= last >> shift)
            cache->entry[i].valid = false;
    }
}

struct hardware_result hardware_walk_cached(const struct fixture *f, struct hardware_cache *cache,
                                            uint64_t iova)
{
    unsigned granule = granule_of(f->pt.tg0), input = 64u - f->pt.t0sz;
    uint64_t table = f->pt.root.addr;
    unsigned level = first_level(input, granule);
    unsigned top = input - 1;

    assert_true(iova >> input == 0);
    if (cache && cache_find(cache, granule, iova, &level, &table))
        top = shift_of(granule, level - 1) - 1;
    for (;; level++) {
        unsigned shift = shift_of(granule, level);
        uint64_t word = fixture_read(f, table + 8 * bits_of(iova, top, shift));

        if (!(word & 1))
            return (struct hardware_result){.level = level};
        if (level == 3) {
            assert_int_equal(bits_of(word, 1, 1), 1);
            return leaf(f, word, level, granule, granule, iova);
        }
        if (!(word & 2))
            return leaf(f, word, level, shift, granule, iova);
        check_table(f, word, granule);
        table = bits_of(word, 47, granule) << granule;
        top = shift - 1;
        if (cache)
            cache_add(cache, granule, iova, level + 1, table);
    }
}

struct hardware_result hardware_walk(const struct fixture *f, uint64_t iova)
{
    return hardware_walk_cached(f, NULL, iova);
}

static unsigned count_below(const struct fixture *f, uint64_t table, unsigned entries,
                            unsigned level, unsigned granule)
{
    unsigned count = 1;

    for (unsigned i = 0; level < 3 && i < entries; i++) {
        uint64_t word = fixture_read(f, table + 8 * i);

        if ((word & 3) == 3)
            count += count_below(f, bits_of(word, 47, granule) << granule, 1u << (granule - 3),
                                 level + 1, granule);
    }
    return count;
}

unsigned hardware_tables(const struct fixture *f)
{
    unsigned granule = granule_of(f->pt.tg0), input = 64u - f->pt.t0sz;
    unsigned level = first_level(input, granule);
    unsigned shift = granule + (3 - level) * (granule - 3);

    return count_below(f, f->pt.root.addr, 1u << (input - shift), level, granule);
}
