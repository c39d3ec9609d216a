/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The table of stream owners beside a plain list, driven by the same random operations. */
#include "../cmocka_all.h"
#include "../of/of_random.h"
#include "device/owners.h"
#include "test_port.h"

#include <stdio.h>
#include <stdlib.h>

#define STREAMS_MAX 512

struct oracle {
    struct stream_owner *at[STREAMS_MAX];
    unsigned count;
};

static bool overlap(struct dms_stream a, struct dms_stream b)
{
    /* Bit by bit: equal, or ignored by one of them. */
    for (unsigned bit = 0; bit < 32; bit++) {
        uint32_t m = 1u << bit;

        if (!((a.mask | b.mask) & m) && ((a.sid ^ b.sid) & m))
            return false;
    }
    return true;
}

static unsigned oracle_overlaps(const struct oracle *o, struct dms_stream stream)
{
    unsigned n = 0;

    for (unsigned i = 0; i < o->count; i++)
        n += overlap(o->at[i]->stream, stream);
    return n;
}

/* Few bits, so that streams meet; few masks, as in life, and now and then a broad one. */
static struct dms_stream random_stream(struct of_random *random)
{
    static const uint32_t masks[] = {0, 0, 0, 0, 0x400, 0xf, 0x401, 0x3ff};

    return (struct dms_stream){of_random_below(random, 0x1000), masks[of_random_below(random, 8)]};
}

static void owners_agree_with_a_list(void **state)
{
    struct of_random random = of_random_begin();
    struct owners owners = {0};
    struct owners_work work = {0};
    struct oracle oracle = {0};
    struct test_port tp;

    (void)state;
    test_port_init(&tp, 0);
    for (unsigned step = 0; step < 20000; step++) {
        struct dms_stream stream = random_stream(&random);
        struct dms_stream one = {of_random_below(&random, 0x1000), 0};
        struct stream_owner *found = owners_overlapping(&owners, stream, &work);
        unsigned expected = oracle_overlaps(&oracle, stream);
        struct stream_owner *of_sid = owners_find(&owners, one.sid, &work);

        if (!!found != !!expected || (found && !overlap(found->stream, stream)) ||
            (of_sid && !overlap(of_sid->stream, one)) ||
            !!of_sid != !!oracle_overlaps(&oracle, one))
            fail_msg("DMS_SEED=%" PRIu64 " step %u", random.seed, step);
        if (oracle.count && of_random_below(&random, 3) == 0) {
            unsigned i = of_random_below(&random, oracle.count);

            owners_remove(&owners, &tp.port, oracle.at[i]);
            oracle.at[i] = oracle.at[--oracle.count];
        } else if (!found && oracle.count < STREAMS_MAX) {
            oracle.at[oracle.count] = owners_add(&owners, &tp.port, stream, NULL, NULL);
            assert_non_null(oracle.at[oracle.count++]);
        }
        assert_int_equal(owners.count, oracle.count);
    }
    while (oracle.count)
        owners_remove(&owners, &tp.port, oracle.at[--oracle.count]);
    test_port_assert_clean(&tp);
}

static uint64_t probes_of(const struct owners *owners, dms_sid_t sid)
{
    struct owners_work work = {0};

    owners_find(owners, sid, &work);
    owners_overlapping(owners, (struct dms_stream){sid, 0}, &work);
    return work.probes;
}

static void a_search_does_not_grow_with_the_number_of_streams(void **state)
{
    struct owners owners = {0};
    struct test_port tp;
    uint64_t most = 0;

    (void)state;
    test_port_init(&tp, 0);
    for (uint32_t sid = 0; sid < 65536; sid++)
        assert_non_null(owners_add(&owners, &tp.port, (struct dms_stream){sid, 0}, NULL, NULL));
    for (uint32_t sid = 0; sid < 65536; sid += 7) {
        uint64_t probes = probes_of(&owners, sid);

        most = probes > most ? probes : most;
    }
    assert_in_range(most, 1, 12);
    for (uint32_t sid = 0; sid < 65536; sid++) {
        struct owners_work work = {0};

        owners_remove(&owners, &tp.port, owners_find(&owners, sid, &work));
    }
    test_port_assert_clean(&tp);
}

/* All combinations of the open bits, not only the first and the last. */
static void a_broad_stream_finds_a_narrow_one_anywhere_in_it(void **state)
{
    struct owners owners = {0};
    struct owners_work work = {0};
    struct test_port tp;

    (void)state;
    test_port_init(&tp, 0);
    for (uint32_t i = 0; i < 64; i++)
        owners_add(&owners, &tp.port, (struct dms_stream){0x8000 + i, 0}, NULL, NULL);
    for (uint32_t low = 0; low < 8; low++) {
        struct dms_stream narrow = {0x100 | low << 4, 0};
        struct stream_owner *owner = owners_add(&owners, &tp.port, narrow, NULL, NULL);

        assert_ptr_equal(owners_overlapping(&owners, (struct dms_stream){0x100, 0x70}, &work),
                         owner);
        assert_null(owners_overlapping(&owners, (struct dms_stream){0x200, 0x70}, &work));
        owners_remove(&owners, &tp.port, owner);
    }
    for (uint32_t i = 0; i < 64; i++)
        owners_remove(&owners, &tp.port, owners_find(&owners, 0x8000 + i, &work));
    test_port_assert_clean(&tp);
}

static void no_memory_leaves_the_table_as_it_was(void **state)
{
    struct owners owners = {0};
    struct owners_work work = {0};
    struct test_port tp;

    (void)state;
    test_port_init(&tp, 0);
    for (uint32_t sid = 0; sid < 100; sid++) {
        for (long n = 1;; n++) {
            struct stream_owner *owner;

            test_port_fail_nth(&tp, n);
            owner = owners_add(&owners, &tp.port, (struct dms_stream){sid, 0}, NULL, NULL);
            assert_int_equal(owner == NULL, atomic_load(&tp.failed));
            assert_int_equal(owners.count, owner ? sid + 1 : sid);
            if (owner)
                break;
        }
    }
    for (uint32_t sid = 0; sid < 100; sid++)
        owners_remove(&owners, &tp.port, owners_find(&owners, sid, &work));
    test_port_assert_clean(&tp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owners_agree_with_a_list),
        cmocka_unit_test(a_search_does_not_grow_with_the_number_of_streams),
        cmocka_unit_test(a_broad_stream_finds_a_narrow_one_anywhere_in_it),
        cmocka_unit_test(no_memory_leaves_the_table_as_it_was),
    };

    return cmocka_run_group_tests_name("owners", tests, NULL, NULL);
}
