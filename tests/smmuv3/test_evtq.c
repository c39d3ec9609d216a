/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The event queue: every record once and in order, bounded work, overflow, an SMMU that lies. */
#include "recorder.h"

#include "../cmocka_all.h"

#include <dmaspace/error.h>

#define OVERFLOW 0x80000000u

static struct recorder rec;
static struct dms_iommu *iommu;

#define SEEN_MAX 100

static struct dms_iommu_event seen[SEEN_MAX];
static unsigned seen_count;

static void on_event(void *ctx, struct dms_iommu *from, const struct dms_iommu_event *event)
{
    assert_ptr_equal(ctx, &rec);
    assert_ptr_equal(from, iommu);
    assert_int_equal(rec.locked, 0);
    if (seen_count < SEEN_MAX)
        seen[seen_count] = *event;
    seen_count++;
}

static int setup(void **state)
{
    (void)state;
    recorder_init(&rec);
    iommu = recorder_create(&rec);
    iommu->on_event = on_event;
    iommu->on_event_ctx = &rec;
    seen_count = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_int_equal(dms_smmuv3_destroy(iommu), 0);
    recorder_fini(&rec);
    return 0;
}

static uint32_t *prod(void)
{
    return &rec.page1[0xa8 / 4];
}

static uint32_t *cons(void)
{
    return &rec.page1[0xac / 4];
}

static void fault(uint32_t sid, uint64_t iova)
{
    const uint64_t record[4] = {0x10 | (uint64_t)sid << 32, UINT64_C(1) << 35, iova, 0};

    recorder_event(&rec, record);
}

static struct dms_smmuv3_stats stats(void)
{
    struct dms_smmuv3_stats out;

    dms_smmuv3_stats(iommu, &out);
    return out;
}

static void every_event_is_handed_on_once_and_in_order(void **state)
{
    uint32_t expected = 0;
    (void)state;

    /* The queue has 16 entries: this wraps it many times, from every position. */
    for (unsigned round = 0; round < 40; round++) {
        unsigned n = round % 17;

        seen_count = 0;
        for (unsigned i = 0; i < n; i++)
            fault(round, 0x1000 * i);
        assert_int_equal(iommu->ops->poll(iommu), n);
        assert_int_equal(seen_count, n);
        for (unsigned i = 0; i < n; i++) {
            assert_int_equal(seen[i].sid, round);
            assert_int_equal(seen[i].iova, 0x1000 * i);
            assert_int_equal(seen[i].reason, DMS_FAULT_TRANSLATION);
        }
        expected += n;
        assert_int_equal(*cons(), expected & 31);
        assert_int_equal(iommu->ops->poll(iommu), 0);
    }
    assert_int_equal(stats().events, expected);
    assert_int_equal(stats().overflows, 0);
}

static void cons_is_written_only_when_it_moves(void **state)
{
    (void)state;
    assert_int_equal(iommu->ops->poll(iommu), 0);
    assert_int_equal(recorder_count(&rec, REC_WRITE), 0);
    fault(1, 1);
    assert_int_equal(iommu->ops->poll(iommu), 1);
    assert_int_equal(recorder_count(&rec, REC_WRITE), 1);
}

static void records_are_read_after_prod_and_before_cons(void **state)
{
    int read, dropped, write, cons_write;
    (void)state;

    fault(1, 1);
    recorder_clear(&rec);
    assert_int_equal(dms_smmuv3_interrupt(iommu), 1);
    read = recorder_find(&rec, 0, REC_BARRIER, DMS_BARRIER_READ);
    dropped = recorder_find(&rec, 0, REC_INVALIDATE, rec.regs[0xa0 / 4] & ~31u);
    assert_true(read < dropped);
    assert_int_equal(rec.log[dropped].b, 32);
    write = recorder_find(&rec, 0, REC_BARRIER, DMS_BARRIER_MMIO);
    cons_write = recorder_find(&rec, 0, REC_WRITE, 0x100ac);
    assert_true(read >= 0 && dropped < write && write < cons_write);
}

static void recreate(struct dms_smmuv3_cfg cfg)
{
    assert_int_equal(dms_smmuv3_destroy(iommu), 0);
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), 0);
    iommu->on_event = on_event;
    iommu->on_event_ctx = &rec;
    recorder_clear(&rec);
}

static void a_snooping_smmu_needs_no_cache_maintenance(void **state)
{
    (void)state;
    rec.regs[0] |= 1u << 4;
    recreate(recorder_cfg(&rec));
    fault(1, 1);
    assert_int_equal(iommu->ops->poll(iommu), 1);
    assert_int_equal(recorder_count(&rec, REC_INVALIDATE), 0);
    assert_int_equal(recorder_count(&rec, REC_STORE), 0);
}

static void a_long_queue_is_drained_in_pieces(void **state)
{
    struct dms_smmuv3_cfg cfg = recorder_cfg(&rec);
    (void)state;

    cfg.evtq_lg2 = 6;
    recreate(cfg);
    for (unsigned n = 31; n <= 64; n++) {
        seen_count = 0;
        for (unsigned i = 0; i < n; i++)
            fault(i, i);
        assert_int_equal(iommu->ops->poll(iommu), n);
        for (unsigned i = 0; i < n; i++)
            assert_int_equal(seen[i].sid, i);
    }
}

static void without_a_listener_events_are_counted_and_dropped(void **state)
{
    (void)state;
    iommu->on_event = NULL;
    fault(1, 1);
    fault(2, 2);
    assert_int_equal(iommu->ops->poll(iommu), 2);
    assert_int_equal(stats().events, 2);
    assert_int_equal(stats().events_dropped, 2);
}

static void refill(void *ctx, struct dms_iommu *from, const struct dms_iommu_event *event)
{
    (void)ctx;
    (void)from;
    (void)event;
    seen_count++;
    fault(9, 9);
}

static void a_flood_cannot_keep_the_caller(void **state)
{
    (void)state;
    iommu->on_event = refill;
    for (unsigned i = 0; i < 16; i++)
        fault(1, 1);
    assert_true(iommu->ops->poll(iommu) <= 16);
    assert_true(seen_count >= 16);
    iommu->on_event = on_event;
    assert_int_equal(iommu->ops->poll(iommu), 16);
}

static void an_overflow_is_counted_once_and_acknowledged(void **state)
{
    (void)state;
    fault(1, 1);
    *prod() |= OVERFLOW;
    assert_int_equal(iommu->ops->poll(iommu), 1);
    assert_int_equal(*cons(), 1 | OVERFLOW);
    assert_int_equal(iommu->ops->poll(iommu), 0);
    assert_int_equal(stats().overflows, 1);
    *prod() &= ~OVERFLOW;
    assert_int_equal(iommu->ops->poll(iommu), 0);
    assert_int_equal(*cons(), 1);
    assert_int_equal(stats().overflows, 2);
}

static void a_prod_that_cannot_be_empties_the_queue(void **state)
{
    (void)state;
    fault(1, 1);
    *prod() = 17;
    assert_int_equal(iommu->ops->poll(iommu), 0);
    assert_int_equal(stats().bogus, 1);
    assert_int_equal(*cons(), 17);
    fault(2, 2);
    assert_int_equal(iommu->ops->poll(iommu), 1);
    assert_int_equal(seen[0].sid, 2);
}

static void bits_of_prod_that_have_no_meaning_are_ignored(void **state)
{
    (void)state;
    fault(3, 3);
    *prod() |= 0x7ff00000;
    assert_int_equal(iommu->ops->poll(iommu), 1);
    assert_int_equal(seen[0].sid, 3);
    assert_int_equal(stats().bogus, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_event_is_handed_on_once_and_in_order),
        TEST(cons_is_written_only_when_it_moves),
        TEST(records_are_read_after_prod_and_before_cons),
        TEST(a_snooping_smmu_needs_no_cache_maintenance),
        TEST(a_long_queue_is_drained_in_pieces),
        TEST(without_a_listener_events_are_counted_and_dropped),
        TEST(a_flood_cannot_keep_the_caller),
        TEST(an_overflow_is_counted_once_and_acknowledged),
        TEST(a_prod_that_cannot_be_empties_the_queue),
        TEST(bits_of_prod_that_have_no_meaning_are_ignored),
    };

    return cmocka_run_group_tests_name("evtq", tests, NULL, NULL);
}
