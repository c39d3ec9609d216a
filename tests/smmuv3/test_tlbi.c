/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * TLB invalidation, against a decoder of its own that knows nothing but 4.4.1.1: leaves are removed
 * at random, and then
 *  1. every leaf is hit by a command that its entry in the TLB has to obey;
 *  2. range commands cover the hull exactly, nothing outside;
 *  3. no reserved encoding is used, and no address is misaligned for its level;
 *  4. commands are leaf-only exactly when no table was removed;
 *  5. there are never more than TLBI_MAX commands, and at most eight with ranges.
 */
#include "../cmocka_all.h"

#include "smmuv3/smmuv3_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAVES_MAX 400
#define ASID       0x5a5a

struct leaf {
    uint64_t first;
    uint8_t lg2;
    uint8_t level;
};

struct removal {
    struct leaf leaves[LEAVES_MAX];
    unsigned count;
    struct dms_iommu_gather gather;
};

static uint64_t seed;
static uint64_t random_state;

static uint64_t random64(void)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return random_state >> 17 ^ random_state << 31;
}

static uint64_t below(uint64_t limit)
{
    return random64() % limit;
}

/* ---- what a command means ---- */

struct meaning {
    bool asid_only;
    bool leaf;
    unsigned granule_lg2; /* 0: any */
    unsigned level;       /* 0: any */
    uint64_t first;
    uint64_t last; /* of a range; a single one hits whatever holds `first` */
};

static struct meaning decode(struct smmu_cmd cmd)
{
    uint64_t w0 = cmd.word[0];
    uint64_t w1 = cmd.word[1];
    unsigned tg = w1 >> 10 & 3;
    struct meaning m = {
        .asid_only = (w0 & 0xff) == 0x11,
        .leaf = w1 & 1,
        .granule_lg2 = tg ? 10 + 2 * tg : 0,
        .level = w1 >> 8 & 3,
        .first = w1 & ~UINT64_C(0xfff),
    };

    assert_int_equal(w0 >> 48, ASID);
    assert_int_equal(w0 >> 32 & 0xffff, 0);
    if (m.asid_only) {
        assert_int_equal(w0 & 0xffffffff, 0x11);
        assert_int_equal(w1, 0);
        return m;
    }
    assert_int_equal(w0 & 0xff, 0x12);
    m.last = m.first;
    if (tg) {
        uint64_t num = w0 >> 12 & 31;
        uint64_t scale = w0 >> 20 & 31;

        assert_false(num == 0 && scale == 0 && m.level == 0);
        assert_false(m.granule_lg2 == 14 && m.level == 1);
        m.last = m.first + ((num + 1) << scale << m.granule_lg2) - 1;
    } else {
        assert_int_equal(w0 >> 12 & 0xfffff, 0);
        assert_int_equal(m.level, 0);
    }
    return m;
}

static uint64_t leaf_bytes(unsigned granule_lg2, unsigned level)
{
    return UINT64_C(1) << (granule_lg2 + (3 - level) * (granule_lg2 - 3));
}

static void assert_aligned(const struct meaning *m)
{
    uint64_t unit = UINT64_C(1) << m->granule_lg2;

    if (!m->granule_lg2)
        return;
    if (m->level)
        unit = leaf_bytes(m->granule_lg2, m->level);
    assert_int_equal(m->first & (unit - 1), 0);
}

static bool hits(const struct meaning *m, unsigned granule_lg2, const struct leaf *leaf)
{
    uint64_t last = leaf->first + (UINT64_C(1) << leaf->lg2) - 1;

    if (m->asid_only)
        return true;
    if (m->granule_lg2 && m->granule_lg2 != granule_lg2)
        return false;
    if (m->level && m->level != leaf->level)
        return false;
    return m->first <= last && leaf->first <= m->last;
}

/* ---- removals ---- */

static void add_leaf(struct removal *r, uint64_t first, unsigned granule_lg2, unsigned level)
{
    struct dms_iommu_gather *g = &r->gather;
    uint64_t bytes = leaf_bytes(granule_lg2, level);
    uint8_t lg2 = (uint8_t)ilog2(bytes);

    r->leaves[r->count++] = (struct leaf){first, lg2, (uint8_t)level};
    if (g->pages == 0 || first < g->first)
        g->first = first;
    if (g->pages == 0 || first + bytes - 1 > g->last)
        g->last = first + bytes - 1;
    if (g->pages == 0 || lg2 < g->stride_lg2)
        g->stride_lg2 = lg2;
    g->pages++;
}

/* Runs of leaves upwards from a random place, with gaps and changes of size as dice will have it. */
static void remove_some(struct removal *r, unsigned granule_lg2)
{
    unsigned top = granule_lg2 == 12 ? 1 : 2;
    unsigned count = 1 + (unsigned)below(LEAVES_MAX);
    bool uniform = below(2);
    bool gaps = below(2);
    unsigned level = top + (unsigned)below(4 - top);
    uint64_t at = below(UINT64_C(1) << 40) << granule_lg2 & MASK64(46, 0);

    memset(r, 0, sizeof(*r));
    while (r->count < count) {
        uint64_t bytes;

        if (!uniform && below(8) == 0)
            level = top + (unsigned)below(4 - top);
        bytes = leaf_bytes(granule_lg2, level);
        if (gaps && below(16) == 0)
            at += bytes * below(8);
        at = (at + bytes - 1) & ~(bytes - 1);
        if (at + bytes > UINT64_C(1) << 48)
            break;
        add_leaf(r, at, granule_lg2, level);
        at += bytes;
    }
    if (r->count == 0)
        add_leaf(r, 0, granule_lg2, 3);
    r->gather.tables = below(4) == 0;
}

static void check_exact(const struct removal *r, unsigned granule_lg2, const struct smmu_cmd *cmds,
                        unsigned count)
{
    uint64_t next = r->gather.first;

    assert_true(count <= 8);
    for (unsigned i = 0; i < count; i++) {
        struct meaning m = decode(cmds[i]);

        assert_false(m.asid_only);
        assert_int_equal(m.first, next);
        /* The plain form takes the place of a range of one granule. */
        next = m.granule_lg2 ? m.last + 1 : m.first + (UINT64_C(1) << granule_lg2);
    }
    assert_int_equal(next, r->gather.last + 1);
}

static void check(const struct smmu_tlbi *tlbi, const struct removal *r)
{
    struct smmu_cmd cmds[TLBI_MAX];
    unsigned count = smmu_tlbi_make(tlbi, &r->gather, cmds);

    assert_true(count >= 1 && count <= TLBI_MAX);
    for (unsigned i = 0; i < count; i++) {
        struct meaning m = decode(cmds[i]);

        assert_aligned(&m);
        if (!m.asid_only)
            assert_int_equal(m.leaf, !r->gather.tables);
    }
    for (unsigned l = 0; l < r->count; l++) {
        bool hit = false;

        for (unsigned i = 0; i < count && !hit; i++) {
            struct meaning m = decode(cmds[i]);

            hit = hits(&m, tlbi->granule_lg2, &r->leaves[l]);
        }
        assert_true(hit);
    }
    if (tlbi->range)
        check_exact(r, tlbi->granule_lg2, cmds, count);
}

static void every_removed_leaf_is_hit_and_ranges_are_exact(void **state)
{
    static struct removal removal;
    (void)state;

    for (unsigned round = 0; round < 3000; round++) {
        struct smmu_tlbi tlbi = {.range = round % 2, .asid = ASID};

        random_state = seed + round;
        tlbi.granule_lg2 = (uint8_t)(12 + 2 * below(3));
        remove_some(&removal, tlbi.granule_lg2);
        check(&tlbi, &removal);
    }
}

/* ---- by example ---- */

static unsigned make(bool range, unsigned granule_lg2, struct dms_iommu_gather gather,
                     struct smmu_cmd cmds[TLBI_MAX])
{
    const struct smmu_tlbi tlbi = {.range = range, .granule_lg2 = (uint8_t)granule_lg2, .asid = 7};

    return smmu_tlbi_make(&tlbi, &gather, cmds);
}

static struct dms_iommu_gather pages_4k(uint64_t first, uint64_t pages)
{
    return (struct dms_iommu_gather){
        .first = first, .last = first + (pages << 12) - 1, .pages = pages, .stride_lg2 = 12};
}

static void one_page_is_one_command_with_its_level(void **state)
{
    struct smmu_cmd cmds[TLBI_MAX];
    (void)state;

    assert_int_equal(make(true, 12, pages_4k(0x12345000, 1), cmds), 1);
    assert_int_equal(cmds[0].word[0], UINT64_C(0x0007000000000012));
    assert_int_equal(cmds[0].word[1], UINT64_C(0x12345000) | 1 << 10 | 3 << 8 | 1);

    assert_int_equal(make(false, 12, pages_4k(0x12345000, 1), cmds), 1);
    assert_int_equal(cmds[0].word[0], UINT64_C(0x0007000000000012));
    assert_int_equal(cmds[0].word[1], UINT64_C(0x12345001));
}

static void one_page_with_a_table_avoids_the_reserved_encoding(void **state)
{
    struct dms_iommu_gather gather = pages_4k(0x12345000, 1);
    struct smmu_cmd cmds[TLBI_MAX];
    (void)state;

    gather.tables = true;
    assert_int_equal(make(true, 12, gather, cmds), 1);
    assert_int_equal(cmds[0].word[0], UINT64_C(0x0007000000000012));
    assert_int_equal(cmds[0].word[1], UINT64_C(0x12345000));
}

static void thirty_three_pages_are_one_and_thirty_two(void **state)
{
    struct smmu_cmd cmds[TLBI_MAX];
    (void)state;

    assert_int_equal(make(true, 12, pages_4k(0x10000, 33), cmds), 2);
    assert_int_equal(cmds[0].word[0] & 0x1fff000, 0);
    assert_int_equal(cmds[0].word[1] & ~UINT64_C(0xfff), 0x10000);
    assert_int_equal(cmds[1].word[0] & 0x1fff000, 5 << 20);
    assert_int_equal(cmds[1].word[1] & ~UINT64_C(0xfff), 0x11000);
}

static void a_block_carries_its_level_and_a_mixture_none(void **state)
{
    struct dms_iommu_gather gather = {
        .first = 0x40000000, .last = 0x401fffff, .pages = 1, .stride_lg2 = 21};
    struct smmu_cmd cmds[TLBI_MAX];
    (void)state;

    assert_int_equal(make(true, 12, gather, cmds), 1);
    assert_int_equal(cmds[0].word[0] & 0x1fff000, 9 << 20);
    assert_int_equal(cmds[0].word[1] & 0xfff, 1 << 10 | 2 << 8 | 1);

    gather.last += 0x1000; /* and a page */
    gather.pages = 2;
    gather.stride_lg2 = 12;
    assert_int_equal(make(true, 12, gather, cmds), 2);
    assert_int_equal(cmds[0].word[1] >> 8 & 3, 0);
    assert_int_equal(cmds[1].word[1] >> 8 & 3, 0);
}

static void the_whole_space_is_one_command(void **state)
{
    struct dms_iommu_gather gather = {
        .first = 0, .last = MASK64(47, 0), .pages = 3, .stride_lg2 = 12};
    struct smmu_cmd cmds[TLBI_MAX];
    (void)state;

    assert_int_equal(make(true, 12, gather, cmds), 1);
    assert_int_equal(cmds[0].word[0] & 0x1fff000, 31 << 20 | 31 << 12);
    assert_int_equal(make(false, 12, gather, cmds), 1);
    assert_int_equal(cmds[0].word[0], UINT64_C(0x0007000000000011));
}

static void more_singles_than_the_limit_become_one_asid(void **state)
{
    struct smmu_cmd cmds[TLBI_MAX];
    (void)state;

    assert_int_equal(make(false, 12, pages_4k(0, TLBI_MAX), cmds), TLBI_MAX);
    assert_int_equal(cmds[TLBI_MAX - 1].word[1], ((TLBI_MAX - 1) << 12) + 1);
    assert_int_equal(make(false, 12, pages_4k(0, TLBI_MAX + 1), cmds), 1);
    assert_int_equal(cmds[0].word[0] & 0xff, 0x11);
}

static void removed_tables_alone_are_hit_once_each(void **state)
{
    struct dms_iommu_gather gather = {.first = 0x200000, .last = 0x7fffff, .tables = true};
    struct smmu_cmd cmds[TLBI_MAX];
    (void)state;

    assert_int_equal(make(false, 12, gather, cmds), 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(cmds[i].word[1], 0x200000 * (i + 1));
    gather.first = 0x8000000;
    gather.last = 0x3fffffff;
    gather.stride_lg2 = 30; /* with a block of 1 GiB elsewhere in the hull */
    gather.pages = 1;
    assert_int_equal(make(false, 12, gather, cmds), 1);
    assert_int_equal(cmds[0].word[0] & 0xff, 0x11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_removed_leaf_is_hit_and_ranges_are_exact),
        cmocka_unit_test(one_page_is_one_command_with_its_level),
        cmocka_unit_test(one_page_with_a_table_avoids_the_reserved_encoding),
        cmocka_unit_test(thirty_three_pages_are_one_and_thirty_two),
        cmocka_unit_test(a_block_carries_its_level_and_a_mixture_none),
        cmocka_unit_test(the_whole_space_is_one_command),
        cmocka_unit_test(more_singles_than_the_limit_become_one_asid),
        cmocka_unit_test(removed_tables_alone_are_hit_once_each),
    };
    const char *env = getenv("DMS_SEED");

    seed = env ? strtoull(env, NULL, 0) : 1;
    if (cmocka_run_group_tests_name("tlbi", tests, NULL, NULL) == 0)
        return 0;
    fprintf(stderr, "seed: DMS_SEED=%llu\n", (unsigned long long)seed);
    return 1;
}
