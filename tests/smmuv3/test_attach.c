/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Streams come and go: entries in the order of 3.21.3.1, invalidations, ownership, errors. */
#include "recorder.h"
#include "ste_watch.h"

#include "../cmocka_all.h"

#include <dmaspace/error.h>
#include <string.h>

#define SID    0x1940u
#define SYNC   0x46
#define CFGI   0x03
#define CFGI_R 0x04

/* S1 translates, reads tables uncached and outer shareable; shareability as it comes. */
#define WORD0 UINT64_C(0xb)
#define WORD1 (UINT64_C(2) << 6 | UINT64_C(1) << 44)

static struct recorder rec;
static struct dms_iommu *iommu;
static struct dms_iommu_domain *domain;
static struct dms_iommu_domain *other;

static struct dms_iommu_domain *make_domain(void)
{
    const struct dms_iommu_domain_cfg cfg = {0};
    struct dms_iommu_domain *made = NULL;

    assert_int_equal(iommu->ops->domain_create(iommu, &cfg, &made), 0);
    return made;
}

static void start(enum dms_smmuv3_strtab strtab)
{
    struct dms_smmuv3_cfg cfg;

    recorder_init(&rec);
    cfg = recorder_cfg(&rec);
    cfg.strtab = strtab;
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), 0);
    domain = make_domain();
    other = make_domain();
    recorder_clear(&rec);
}

static int setup_linear(void **state)
{
    (void)state;
    start(DMS_SMMUV3_STRTAB_LINEAR);
    return 0;
}

static int setup_two_level(void **state)
{
    (void)state;
    start(DMS_SMMUV3_STRTAB_TWO_LEVEL);
    return 0;
}

static struct dms_stream stream(uint32_t sid, uint32_t mask)
{
    return (struct dms_stream){.sid = sid, .mask = mask};
}

static int teardown(void **state)
{
    (void)state;
    rec.hook = NULL;
    rec.cmdq = REC_CMDQ_AT_ONCE;
    rec.fail_command = 0;
    iommu->ops->detach(domain, stream(SID, 0));
    iommu->ops->detach(other, stream(SID, 0));
    iommu->ops->domain_destroy(domain);
    iommu->ops->domain_destroy(other);
    assert_int_equal(dms_smmuv3_destroy(iommu), 0);
    recorder_fini(&rec);
    return 0;
}

static int attach(struct dms_iommu_domain *to, uint32_t sid)
{
    return iommu->ops->attach(to, stream(sid, 0));
}

static int detach(struct dms_iommu_domain *from, uint32_t sid)
{
    return iommu->ops->detach(from, stream(sid, 0));
}

static uint64_t ste_word(uint32_t sid, unsigned word)
{
    return recorder_load(&rec, ste_watch_phys(&rec, sid) + word * 8);
}

/* Where a stream's context descriptor is. */
static uint64_t cd_of(uint32_t sid)
{
    return ste_word(sid, 0) & 0xfffffffffffc0;
}

/* The context pointer of a domain, found by attaching a stream that nothing else uses. */
static uint64_t cd_phys(struct dms_iommu_domain *d)
{
    uint64_t cd;

    assert_int_equal(attach(d, 0xfff0), 0);
    cd = cd_of(0xfff0);
    assert_int_equal(detach(d, 0xfff0), 0);
    recorder_clear(&rec);
    return cd;
}

static void watch_attach(struct ste_watch *watch, struct dms_iommu_domain *to)
{
    const uint64_t target[8] = {WORD0 | cd_phys(to), WORD1};

    ste_watch_begin(watch, &rec, SID, target);
    assert_int_equal(attach(to, SID), 0);
    ste_watch_end(watch);
}

static void assert_commands(unsigned count, const uint64_t opcodes[])
{
    assert_int_equal(recorder_count(&rec, REC_COMMAND), count);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(recorder_command(&rec, i)->a & 0xff, opcodes[i]);
}

static void a_first_attach_fills_the_entry_before_it_is_valid(void **state)
{
    struct ste_watch watch;
    (void)state;

    watch_attach(&watch, domain);
    assert_commands(4, (const uint64_t[]){CFGI, SYNC, CFGI, SYNC});
    assert_int_equal(recorder_command(&rec, 0)->a >> 32, SID);
    assert_int_equal(recorder_command(&rec, 0)->b, 1);
    assert_int_equal(watch.stores, 2);
}

static void attaching_again_needs_one_store(void **state)
{
    struct ste_watch watch;
    (void)state;

    assert_int_equal(attach(domain, SID), 0);
    assert_int_equal(detach(domain, SID), 0);
    watch_attach(&watch, other);
    assert_commands(2, (const uint64_t[]){CFGI, SYNC});
    assert_int_equal(watch.stores, 1);
}

static void a_move_between_domains_is_one_store_without_an_abort(void **state)
{
    struct ste_watch watch;
    (void)state;

    assert_int_equal(attach(domain, SID), 0);
    watch_attach(&watch, other);
    assert_commands(2, (const uint64_t[]){CFGI, SYNC});
    assert_int_equal(watch.stores, 1);
    assert_int_equal(watch.aborts, 0);
    assert_int_equal(iommu->ops->domain_destroy(other), DMS_EBUSY);
    assert_int_equal(detach(domain, SID), DMS_ENOENT);

    /* Nothing of the domain that was left is in a configuration cache. */
    recorder_clear(&rec);
    assert_int_equal(iommu->ops->domain_destroy(domain), 0);
    assert_commands(2, (const uint64_t[]){0x11, SYNC});
    domain = make_domain();
}

static void an_entry_that_cannot_be_broken_is_not_filled(void **state)
{
    uint64_t word1 = WORD1 | UINT64_C(1) << 27;
    (void)state;

    assert_int_equal(attach(domain, SID), 0);
    memcpy(recorder_at(&rec, ste_watch_phys(&rec, SID) + 8), &word1, sizeof(word1));
    rec.cmdq = REC_CMDQ_STUCK;
    assert_int_equal(attach(other, SID), DMS_ETIMEDOUT);
    assert_int_equal(ste_word(SID, 0), 0);
    assert_int_equal(ste_word(SID, 1), word1);
}

static void an_entry_that_changes_in_other_words_is_broken_first(void **state)
{
    struct ste_watch watch;
    uint64_t word1 = WORD1 | UINT64_C(1) << 27;
    (void)state;

    assert_int_equal(attach(domain, SID), 0);
    memcpy(recorder_at(&rec, ste_watch_phys(&rec, SID) + 8), &word1, sizeof(word1));
    watch_attach(&watch, other);
    assert_commands(6, (const uint64_t[]){CFGI, SYNC, CFGI, SYNC, CFGI, SYNC});
    assert_int_equal(watch.stores, 3);
    assert_int_equal(watch.aborts, 1);
}

static void attaching_where_it_is_already_does_nothing(void **state)
{
    (void)state;
    assert_int_equal(attach(domain, SID), 0);
    recorder_clear(&rec);
    assert_int_equal(attach(domain, SID), 0);
    assert_int_equal(rec.count, 0);
    assert_int_equal(detach(domain, SID), 0);
    assert_int_equal(iommu->ops->domain_destroy(domain), 0);
    domain = make_domain();
}

static void a_detach_invalidates_the_entry_and_waits(void **state)
{
    struct ste_watch watch;
    const uint64_t target[8] = {0, WORD1};
    (void)state;

    assert_int_equal(attach(domain, SID), 0);
    recorder_clear(&rec);
    ste_watch_begin(&watch, &rec, SID, target);
    assert_int_equal(detach(domain, SID), 0);
    ste_watch_end(&watch);
    assert_commands(2, (const uint64_t[]){CFGI, SYNC});
    assert_int_equal(detach(domain, SID), DMS_ENOENT);
}

static void entries_are_visible_before_the_command_is_posted(void **state)
{
    int store, barrier, prod;
    (void)state;

    assert_int_equal(attach(domain, SID), 0);
    recorder_clear(&rec);
    assert_int_equal(detach(domain, SID), 0);
    store = recorder_find(&rec, 0, REC_STORE, ste_watch_phys(&rec, SID));
    barrier = recorder_find(&rec, (unsigned)store, REC_BARRIER, DMS_BARRIER_MMIO);
    prod = recorder_find(&rec, 0, REC_WRITE, 0x98);
    assert_true(store >= 0 && store < barrier && barrier < prod);
}

static void all_streams_of_a_mask_move_with_one_sync_per_step(void **state)
{
    (void)state;
    assert_int_equal(iommu->ops->attach(domain, stream(0x880, 0x401)), 0);
    assert_commands(10,
                    (const uint64_t[]){CFGI, CFGI, CFGI, CFGI, SYNC, CFGI, CFGI, CFGI, CFGI, SYNC});
    assert_int_equal(recorder_command(&rec, 0)->a >> 32, 0x880);
    assert_int_equal(recorder_command(&rec, 1)->a >> 32, 0x881);
    assert_int_equal(recorder_command(&rec, 2)->a >> 32, 0xc80);
    assert_int_equal(recorder_command(&rec, 3)->a >> 32, 0xc81);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(cd_of(0x880 | (i & 1) | (i & 2) << 9), cd_of(0x880));
    assert_int_equal(ste_word(0x882, 0), 0);
    assert_int_equal(iommu->ops->detach(domain, stream(0x881, 0x401)), 0);
    assert_int_equal(ste_word(0xc81, 0) & 1, 0);
}

static void many_streams_are_invalidated_with_one_command(void **state)
{
    (void)state;
    assert_int_equal(iommu->ops->attach(domain, stream(0, 0xff)), 0);
    assert_commands(4, (const uint64_t[]){CFGI_R, SYNC, CFGI_R, SYNC});
    assert_int_equal(recorder_command(&rec, 0)->b, 31);
    assert_int_equal(ste_word(0xff, 0) & 1, 1);
    assert_int_equal(iommu->ops->detach(domain, stream(0, 0xff)), 0);
}

static void streams_beyond_the_table_are_refused(void **state)
{
    (void)state;
    assert_int_equal(attach(domain, 0x10000), DMS_ERANGE);
    assert_int_equal(attach(domain, 0xffffffff), DMS_ERANGE);
    assert_int_equal(iommu->ops->attach(domain, stream(0, 0x10000)), DMS_ERANGE);
    assert_int_equal(detach(domain, 0x10000), DMS_ERANGE);
    assert_int_equal(rec.count, 0);
    assert_int_equal(attach(domain, 0xffff), 0);
    assert_int_equal(detach(domain, 0xffff), 0);
}

static void what_is_not_attached_cannot_be_detached(void **state)
{
    (void)state;
    assert_int_equal(detach(domain, SID), DMS_ENOENT);
    assert_int_equal(attach(other, SID), 0);
    recorder_clear(&rec);
    assert_int_equal(detach(domain, SID), DMS_ENOENT);
    assert_int_equal(iommu->ops->detach(other, stream(SID, 1)), DMS_ENOENT);
    assert_int_equal(rec.count, 0);
    assert_int_equal(detach(other, SID), 0);
}

static void reenter(void *ctx, const struct rec_entry *entry)
{
    int *errors = ctx;

    if (entry->kind != REC_COMMAND)
        return;
    rec.hook = NULL;
    errors[0] = attach(other, SID);
    errors[1] = detach(domain, SID);
}

static void a_stream_that_is_changing_is_busy_for_others(void **state)
{
    int errors[2] = {0};
    (void)state;

    rec.hook = reenter;
    rec.hook_ctx = errors;
    assert_int_equal(attach(domain, SID), 0);
    assert_int_equal(errors[0], DMS_EBUSY);
    assert_int_equal(errors[1], DMS_EBUSY);
    assert_int_equal(detach(domain, SID), 0);
}

static void a_timeout_leaves_the_stream_detached_and_the_domain_stale(void **state)
{
    struct dms_smmuv3_stats stats;
    (void)state;

    rec.cmdq = REC_CMDQ_STUCK;
    assert_int_equal(attach(domain, SID), DMS_ETIMEDOUT);
    assert_int_equal(ste_word(SID, 0), 0);
    dms_smmuv3_stats(iommu, &stats);
    assert_int_equal(stats.timeouts, 2);
    assert_int_equal(detach(domain, SID), DMS_ENOENT);

    rec.cmdq = REC_CMDQ_AT_ONCE;
    recorder_clear(&rec);
    assert_int_equal(iommu->ops->domain_destroy(domain), 0);
    /* What was stuck comes first: two invalidations with their syncs. */
    assert_commands(7, (const uint64_t[]){CFGI, SYNC, CFGI, SYNC, CFGI_R, 0x11, SYNC});
    domain = make_domain();
}

static void a_timeout_of_a_move_makes_both_domains_stale(void **state)
{
    (void)state;
    assert_int_equal(attach(domain, SID), 0);
    rec.cmdq = REC_CMDQ_STUCK;
    assert_int_equal(attach(other, SID), DMS_ETIMEDOUT);
    rec.cmdq = REC_CMDQ_AT_ONCE;
    recorder_clear(&rec);
    assert_int_equal(iommu->ops->domain_destroy(domain), 0);
    assert_commands(7, (const uint64_t[]){CFGI, SYNC, CFGI, SYNC, CFGI_R, 0x11, SYNC});
    recorder_clear(&rec);
    assert_int_equal(iommu->ops->domain_destroy(other), 0);
    assert_commands(3, (const uint64_t[]){CFGI_R, 0x11, SYNC});
    domain = make_domain();
    other = make_domain();
}

static void a_timeout_of_a_detach_makes_the_domain_stale(void **state)
{
    (void)state;
    assert_int_equal(attach(domain, SID), 0);
    rec.cmdq = REC_CMDQ_STUCK;
    assert_int_equal(detach(domain, SID), DMS_ETIMEDOUT);
    assert_int_equal(ste_word(SID, 0), 0);
    rec.cmdq = REC_CMDQ_AT_ONCE;
    recorder_clear(&rec);
    assert_int_equal(iommu->ops->domain_destroy(domain), 0);
    assert_commands(5, (const uint64_t[]){CFGI, SYNC, CFGI_R, 0x11, SYNC});
    domain = make_domain();
}

static void an_illegal_command_undoes_the_attach_and_leaves_nothing_stale(void **state)
{
    (void)state;
    rec.fail_command = rec.commands + 3; /* the invalidation after V = 1 */
    rec.fail_code = 1;
    assert_int_equal(attach(domain, SID), DMS_EIO);
    assert_int_equal(ste_word(SID, 0), 0);
    recorder_clear(&rec);
    assert_int_equal(iommu->ops->domain_destroy(domain), 0);
    assert_commands(2, (const uint64_t[]){0x11, SYNC});
    domain = make_domain();
}

static void a_failing_allocation_changes_nothing(void **state)
{
    unsigned failures = 0;
    int err;
    (void)state;

    for (uint64_t n = 1;; n++) {
        rec.calls = 0;
        rec.fail_call = n;
        recorder_clear(&rec);
        err = iommu->ops->attach(domain, stream(SID, 0x100));
        if (!err)
            break;
        assert_int_equal(err, DMS_ENOMEM);
        assert_int_equal(recorder_count(&rec, REC_COMMAND), 0);
        assert_int_equal(iommu->ops->detach(domain, stream(SID, 0x100)), DMS_ENOENT);
        failures++;
    }
    rec.fail_call = 0;
    assert_true(failures >= 2);
    print_message("# %u faults injected\n", failures);
    assert_int_equal(iommu->ops->detach(domain, stream(SID, 0x100)), 0);
}

static void a_second_level_table_is_linked_when_it_is_ready(void **state)
{
    uint64_t level1 = rec.regs[0x80 / 4] & ~63u;
    int link, barrier;
    (void)state;

    assert_int_equal(ste_watch_phys(&rec, SID), 0);
    assert_int_equal(attach(domain, SID), 0);
    link = recorder_find(&rec, 0, REC_STORE, level1 + (SID >> 8) * 8);
    barrier = recorder_find(&rec, 0, REC_BARRIER, DMS_BARRIER_TABLE);
    assert_true(barrier >= 0 && barrier < link);
    assert_true(ste_watch_phys(&rec, SID) != 0);
    assert_int_equal(ste_watch_phys(&rec, 0x1840), 0);
    assert_int_equal(detach(domain, SID), 0);
}

static void attach_neighbour(void *ctx)
{
    (void)ctx;
    assert_int_equal(attach(other, SID + 1), 0);
}

static void two_threads_that_need_the_same_table_share_one(void **state)
{
    (void)state;
    rec.alloc_hook = attach_neighbour;
    assert_int_equal(attach(domain, SID), 0);
    assert_int_equal(ste_word(SID, 0) & 1, 1);
    assert_int_equal(ste_word(SID + 1, 0) & 1, 1);
    assert_int_equal(detach(domain, SID), 0);
    assert_int_equal(detach(other, SID + 1), 0);
}

static void the_first_stream_of_a_table_drops_its_descriptor_from_caches(void **state)
{
    (void)state;
    assert_int_equal(attach(domain, SID), 0);
    assert_commands(4, (const uint64_t[]){CFGI, SYNC, CFGI, SYNC});
    assert_int_equal(recorder_command(&rec, 0)->b, 0);
    assert_int_equal(recorder_command(&rec, 2)->b, 1);
    recorder_clear(&rec);
    assert_int_equal(attach(domain, SID + 1), 0);
    assert_int_equal(recorder_command(&rec, 0)->b, 1);
    assert_int_equal(detach(domain, SID), 0);
    assert_int_equal(detach(domain, SID + 1), 0);
}

static void a_descriptor_counts_as_dropped_only_once_it_is(void **state)
{
    (void)state;
    rec.fail_command = rec.commands + 1;
    rec.fail_code = 1;
    rec.fail_always = true;
    assert_int_equal(attach(domain, SID), DMS_ETIMEDOUT);
    rec.fail_command = 0;
    assert_int_equal(iommu->ops->poll(iommu), 0);
    recorder_clear(&rec);
    assert_int_equal(attach(other, SID + 1), 0);
    assert_int_equal(recorder_command(&rec, 0)->a, (uint64_t)(SID + 1) << 32 | CFGI);
    assert_int_equal(recorder_command(&rec, 0)->b, 0);
    assert_int_equal(detach(other, SID + 1), 0);
}

#define LINEAR(name) cmocka_unit_test_setup_teardown(name, setup_linear, teardown)
#define TWO(name)    cmocka_unit_test_setup_teardown(name, setup_two_level, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINEAR(a_first_attach_fills_the_entry_before_it_is_valid),
        LINEAR(attaching_again_needs_one_store),
        LINEAR(a_move_between_domains_is_one_store_without_an_abort),
        LINEAR(an_entry_that_cannot_be_broken_is_not_filled),
        LINEAR(an_entry_that_changes_in_other_words_is_broken_first),
        LINEAR(attaching_where_it_is_already_does_nothing),
        LINEAR(a_detach_invalidates_the_entry_and_waits),
        LINEAR(entries_are_visible_before_the_command_is_posted),
        LINEAR(all_streams_of_a_mask_move_with_one_sync_per_step),
        LINEAR(many_streams_are_invalidated_with_one_command),
        LINEAR(streams_beyond_the_table_are_refused),
        LINEAR(what_is_not_attached_cannot_be_detached),
        LINEAR(a_stream_that_is_changing_is_busy_for_others),
        LINEAR(a_timeout_leaves_the_stream_detached_and_the_domain_stale),
        LINEAR(a_timeout_of_a_move_makes_both_domains_stale),
        LINEAR(a_timeout_of_a_detach_makes_the_domain_stale),
        LINEAR(an_illegal_command_undoes_the_attach_and_leaves_nothing_stale),
        TWO(a_failing_allocation_changes_nothing),
        TWO(a_second_level_table_is_linked_when_it_is_ready),
        TWO(two_threads_that_need_the_same_table_share_one),
        TWO(the_first_stream_of_a_table_drops_its_descriptor_from_caches),
        TWO(a_descriptor_counts_as_dropped_only_once_it_is),
        TWO(streams_beyond_the_table_are_refused),
        TWO(what_is_not_attached_cannot_be_detached),
        TWO(all_streams_of_a_mask_move_with_one_sync_per_step),
    };

    return cmocka_run_group_tests_name("attach", tests, NULL, NULL);
}
