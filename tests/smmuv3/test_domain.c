/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Domains: context descriptors, ASIDs, what unmap and flush do, and what a silent SMMU leaves. */
#include "recorder.h"
#include "ste_watch.h"

#include "../cmocka_all.h"

#include "smmuv3/smmuv3_internal.h"

#include <string.h>

#define SYNC      0x46
#define TLBI_ASID 0x11
#define TLBI_VA   0x12

static struct recorder rec;
static struct dms_smmuv3_cfg cfg;
static struct dms_iommu *iommu;

static int setup(void **state)
{
    (void)state;
    recorder_init(&rec);
    cfg = recorder_cfg(&rec);
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), 0);
    recorder_clear(&rec);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rec.cmdq = REC_CMDQ_AT_ONCE;
    assert_int_equal(dms_smmuv3_destroy(iommu), 0);
    recorder_fini(&rec);
    return 0;
}

static void recreate(void)
{
    assert_int_equal(dms_smmuv3_destroy(iommu), 0);
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), 0);
    recorder_clear(&rec);
}

static int create(unsigned granule_lg2, unsigned bits, struct dms_iommu_domain **out)
{
    const struct dms_iommu_domain_cfg domain_cfg = {.granule_lg2 = (uint8_t)granule_lg2,
                                                    .input_bits = (uint8_t)bits};

    return iommu->ops->domain_create(iommu, &domain_cfg, out);
}

static struct dms_iommu_domain *make(unsigned granule_lg2, unsigned bits)
{
    struct dms_iommu_domain *domain = NULL;

    assert_int_equal(create(granule_lg2, bits, &domain), 0);
    return domain;
}

static void destroy(struct dms_iommu_domain *domain)
{
    assert_int_equal(iommu->ops->domain_destroy(domain), 0);
}

static uint64_t cd_word(struct dms_iommu_domain *domain, unsigned word)
{
    return recorder_load(&rec, smmu_domain_of(domain)->cd_phys.addr + word * 8);
}

static void a_context_descriptor_has_the_fields_of_the_page_table(void **state)
{
    static const struct {
        unsigned granule, bits;
        uint64_t t0sz, tg;
    } cases[] = {{12, 39, 25, 0}, {12, 48, 16, 0}, {14, 39, 25, 2}, {14, 48, 16, 2},
                 {16, 39, 25, 1}, {16, 48, 16, 1}, {0, 0, 16, 0},   {0, 32, 25, 0}};
    (void)state;

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dms_iommu_domain *domain = make(cases[i].granule, cases[i].bits);
        struct smmu_domain *inner = smmu_domain_of(domain);
        uint64_t word0 = cd_word(domain, 0);

        /* EPD1, V; IPS 48 bits; AA64; R, A, ASET. Walks uncached and outer shareable. */
        assert_int_equal(word0 & 0xffffffff, cases[i].t0sz | cases[i].tg << 6 | 2 << 12 | 3u << 30);
        assert_int_equal(word0 >> 32 & 0xffff, 5 | 1 << 9 | 7 << 13);
        assert_int_equal(word0 >> 48, inner->asid);
        assert_int_equal(cd_word(domain, 1), inner->pt.root.addr);
        assert_int_equal(cd_word(domain, 3), inner->pt.mair);
        assert_int_equal(cd_word(domain, 2), 0);
        destroy(domain);
    }
}

static void a_snooping_smmu_walks_cached_and_inner_shareable(void **state)
{
    struct dms_iommu_domain *domain;
    (void)state;

    rec.regs[0] |= 1u << 4;
    recreate();
    assert_true(iommu->caps.coherent_walk);
    domain = make(12, 48);
    assert_int_equal(cd_word(domain, 0) >> 8 & 0x3f, 0x35);
    assert_int_equal(iommu->ops->attach(domain, (struct dms_stream){.sid = 5}), 0);
    assert_int_equal(recorder_load(&rec, ste_watch_phys(&rec, 5) + 8),
                     UINT64_C(1) << 44 | 3 << 6 | 1 << 4 | 1 << 2);
    assert_int_equal(iommu->ops->detach(domain, (struct dms_stream){.sid = 5}), 0);
    destroy(domain);
}

/* The descriptor's words without V are stored, and ordered, before the word with V. */
static void a_context_descriptor_becomes_valid_last(void **state)
{
    struct dms_iommu_domain *domain = make(12, 48);
    uint64_t cd = smmu_domain_of(domain)->cd_phys.addr;
    int ttb = -1, valid = -1, barrier;
    (void)state;

    for (unsigned i = 0; i < rec.count; i++) {
        const struct rec_entry *e = &rec.log[i];

        if (e->kind != REC_STORE)
            continue;
        if (ttb < 0 && e->a == cd + 8 && e->b)
            ttb = (int)i;
        if (valid < 0 && e->a == cd && e->b >> 31 & 1)
            valid = (int)i;
    }
    barrier = recorder_find(&rec, (unsigned)ttb, REC_BARRIER, DMS_BARRIER_TABLE);
    assert_true(ttb >= 0 && ttb < barrier && barrier < valid);
    assert_true(recorder_find(&rec, (unsigned)valid, REC_BARRIER, DMS_BARRIER_TABLE) > 0);
    destroy(domain);
}

static void what_the_instance_lacks_is_refused(void **state)
{
    struct dms_iommu_domain *domain = NULL;
    (void)state;

    assert_int_equal(create(13, 0, &domain), DMS_ENOTSUP);
    assert_int_equal(create(18, 0, &domain), DMS_ENOTSUP);
    assert_int_equal(create(255, 0, &domain), DMS_ENOTSUP);
    assert_int_equal(create(12, 49, &domain), DMS_ENOTSUP);
    rec.regs[5] = 5 | 1u << 5;
    recreate();
    assert_int_equal(create(12, 0, &domain), DMS_ENOTSUP);
    assert_null(domain);
    domain = make(0, 0);
    assert_int_equal(domain->granule_lg2, 14);
    assert_int_equal(domain->input_bits, 48);
    destroy(domain);
}

static void asids_run_out_and_come_back(void **state)
{
    static struct dms_iommu_domain *domains[256];
    struct dms_iommu_domain *more = NULL;
    uint16_t freed;
    (void)state;

    rec.regs[0] &= ~(1u << 12);
    recreate();
    for (unsigned i = 0; i < 256; i++) {
        domains[i] = make(12, 39);
        assert_int_equal(smmu_domain_of(domains[i])->asid, i);
    }
    assert_int_equal(create(12, 39, &more), DMS_ENOSPC);
    assert_null(more);
    freed = smmu_domain_of(domains[77])->asid;
    destroy(domains[77]);
    domains[77] = make(12, 39);
    assert_int_equal(smmu_domain_of(domains[77])->asid, freed);
    for (unsigned i = 0; i < 256; i++)
        destroy(domains[i]);
}

static void a_destroyed_domain_has_no_valid_descriptor(void **state)
{
    struct dms_iommu_domain *domain = make(12, 39);
    uint64_t cd = smmu_domain_of(domain)->cd_phys.addr;
    int store;
    (void)state;

    recorder_clear(&rec);
    destroy(domain);
    assert_int_equal(recorder_load(&rec, cd), 0);
    store = recorder_find(&rec, 0, REC_STORE, cd);
    assert_true(store >= 0 && store < recorder_find(&rec, 0, REC_WRITE, 0x98));
}

static void descriptors_share_a_page_that_stays(void **state)
{
    struct dms_iommu_domain *first = make(12, 39);
    struct dms_iommu_domain *second;
    unsigned tables = rec.live_tables;
    uint64_t calls;
    (void)state;

    rec.calls = 0;
    second = make(12, 39);
    calls = rec.calls;
    assert_int_equal(rec.live_tables, tables + 1); /* its page table */
    destroy(second);
    rec.calls = 0;
    second = make(12, 39);
    assert_int_equal(rec.calls, calls);
    destroy(first);
    destroy(second);
}

static void create_another(void *ctx)
{
    *(struct dms_iommu_domain **)ctx = make(12, 39);
}

/* The first allocation is the page table's, which lets another thread have the second one. */
static void create_another_later(void *ctx)
{
    (void)ctx;
    rec.alloc_hook = create_another;
}

static void two_threads_that_need_the_same_page_share_one(void **state)
{
    struct dms_iommu_domain *outer, *inner = NULL;
    (void)state;

    rec.hook_ctx = &inner;
    rec.alloc_hook = create_another_later;
    outer = make(12, 39);
    assert_non_null(inner);
    assert_int_equal(smmu_domain_of(outer)->asid, 0);
    assert_int_equal(smmu_domain_of(inner)->asid, 1);
    assert_ptr_equal(smmu_domain_of(outer)->cd + 1, smmu_domain_of(inner)->cd);
    destroy(outer);
    destroy(inner);
}

static void an_asid_is_invalidated_before_it_is_given_back(void **state)
{
    struct dms_iommu_domain *domain = make(12, 39);
    uint64_t asid = smmu_domain_of(domain)->asid;
    (void)state;

    recorder_clear(&rec);
    destroy(domain);
    assert_int_equal(recorder_count(&rec, REC_COMMAND), 2);
    assert_int_equal(recorder_command(&rec, 0)->a, asid << 48 | TLBI_ASID);
    assert_int_equal(recorder_command(&rec, 1)->a, SYNC);
}

static void a_silent_smmu_withholds_asid_and_tables_until_recovery(void **state)
{
    struct dms_iommu_domain *domain = make(12, 39);
    uint16_t asid = smmu_domain_of(domain)->asid;
    struct dms_smmuv3_stats stats;
    unsigned tables = rec.live_tables;
    (void)state;

    rec.cmdq = REC_CMDQ_STUCK;
    assert_int_equal(iommu->ops->domain_destroy(domain), DMS_ETIMEDOUT);
    assert_int_equal(rec.live_tables, tables);
    dms_smmuv3_stats(iommu, &stats);
    assert_int_equal(stats.asids_withheld, 1);
    rec.cmdq = REC_CMDQ_AT_ONCE;

    domain = make(12, 39);
    assert_int_not_equal(smmu_domain_of(domain)->asid, asid);
    destroy(domain);
    assert_int_equal(dms_smmuv3_recover(iommu), 0);
    assert_int_equal(rec.live_tables, tables - 1);
    domain = make(12, 39);
    assert_int_equal(smmu_domain_of(domain)->asid, asid);
    destroy(domain);
}

static void what_is_withheld_goes_with_the_instance(void **state)
{
    struct dms_iommu_domain *domain = make(12, 39);
    (void)state;

    rec.cmdq = REC_CMDQ_STUCK;
    assert_int_equal(iommu->ops->domain_destroy(domain), DMS_ETIMEDOUT);
}

static void every_failing_allocation_of_create_leaves_nothing(void **state)
{
    unsigned tables, objects;
    uint64_t n;
    (void)state;

    /* Context descriptors come 64 at a time and stay: have the page already. */
    destroy(make(12, 39));
    tables = rec.live_tables;
    objects = rec.live_objects;
    for (n = 1;; n++) {
        struct dms_iommu_domain *domain = NULL;

        rec.calls = 0;
        rec.fail_call = n;
        if (create(12, 39, &domain) == 0) {
            destroy(domain);
            break;
        }
        assert_null(domain);
        assert_int_equal(rec.live_tables, tables);
        assert_int_equal(rec.live_objects, objects);
    }
    assert_true(n >= 3);
    rec.fail_call = 0;
}

static void a_context_page_that_fails_gives_its_asid_back(void **state)
{
    struct dms_iommu_domain *domain = NULL;
    unsigned failures = 0;
    (void)state;

    for (uint64_t n = 1;; n++) {
        rec.calls = 0;
        rec.fail_call = n;
        if (create(12, 39, &domain) == 0)
            break;
        failures++;
    }
    rec.fail_call = 0;
    assert_true(failures >= 3);
    assert_int_equal(smmu_domain_of(domain)->asid, 0);
    destroy(domain);
}

/* ---- the data path ---- */

static void map(struct dms_iommu_domain *domain, uint64_t iova, uint64_t size)
{
    assert_int_equal(iommu->ops->map(domain, iova, (dms_phys_t){0x80000000 + iova}, size,
                                     DMS_READ | DMS_WRITE | DMS_PROT_BEGIN | DMS_PROT_END),
                     0);
}

static struct dms_iommu_gather unmap(struct dms_iommu_domain *domain, uint64_t iova, uint64_t size)
{
    struct dms_iommu_gather gather = {0};

    assert_int_equal(iommu->ops->unmap(domain, iova, size, true, &gather), 0);
    return gather;
}

static void unmap_and_flush_is_one_command_and_one_sync(void **state)
{
    struct dms_iommu_domain *domain = make(12, 39);
    struct dms_iommu_gather gather;
    dms_phys_t phys;
    (void)state;

    map(domain, 0x10000, 0x8000);
    assert_int_equal(iommu->ops->iova_to_phys(domain, 0x12345, &phys), 0);
    assert_int_equal(phys.addr, 0x80012345);
    recorder_clear(&rec);
    gather = unmap(domain, 0x10000, 0x8000);
    assert_int_equal(recorder_count(&rec, REC_COMMAND), 0);
    assert_int_equal(iommu->ops->flush(domain, &gather), 0);
    assert_int_equal(recorder_count(&rec, REC_COMMAND), 2);
    assert_int_equal(recorder_command(&rec, 0)->a & 0xff, TLBI_VA);
    assert_int_equal(recorder_command(&rec, 1)->a, SYNC);
    assert_int_equal(gather.pages, 0);
    assert_int_equal(iommu->ops->iova_to_phys(domain, 0x12345, &phys), DMS_ENOENT);
    destroy(domain);
}

static void without_ranges_each_page_has_its_command(void **state)
{
    struct dms_iommu_domain *domain;
    struct dms_iommu_gather gather;
    (void)state;

    cfg.flags = DMS_SMMUV3_NO_RANGE;
    recreate();
    domain = make(12, 39);
    map(domain, 0x10000, 0x4000);
    gather = unmap(domain, 0x10000, 0x4000);
    recorder_clear(&rec);
    assert_int_equal(iommu->ops->flush(domain, &gather), 0);
    assert_int_equal(recorder_count(&rec, REC_COMMAND), 5);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(recorder_command(&rec, i)->b & ~UINT64_C(0xfff), 0x10000 + 0x1000 * i);
    destroy(domain);
}

static void the_invalidation_waits_for_the_removal_to_be_visible(void **state)
{
    struct dms_iommu_domain *domain = make(12, 39);
    struct dms_iommu_gather gather;
    int store, barrier, prod;
    (void)state;

    map(domain, 0x10000, 0x1000);
    recorder_clear(&rec);
    gather = unmap(domain, 0x10000, 0x1000);
    store = recorder_find(&rec, 0, REC_STORE, rec.log[0].a);
    assert_int_equal(iommu->ops->flush(domain, &gather), 0);
    prod = recorder_find(&rec, 0, REC_WRITE, 0x98);
    barrier = recorder_find(&rec, 0, REC_BARRIER, DMS_BARRIER_MMIO);
    assert_true(store >= 0 && store < barrier && barrier < prod);
    destroy(domain);
}

static void an_empty_flush_does_nothing(void **state)
{
    struct dms_iommu_domain *domain = make(12, 39);
    struct dms_iommu_gather gather = {0};
    (void)state;

    recorder_clear(&rec);
    assert_int_equal(iommu->ops->flush(domain, &gather), 0);
    assert_int_equal(rec.count, 0);
    destroy(domain);
}

static void a_flush_that_fails_can_be_done_again(void **state)
{
    struct dms_iommu_domain *domain = make(12, 39);
    struct dms_iommu_gather gather, before;
    unsigned tables;
    (void)state;

    map(domain, 0x200000, 0x1000);
    gather = unmap(domain, 0x200000, 0x1000);
    before = gather;
    tables = rec.live_tables;
    rec.cmdq = REC_CMDQ_STUCK;
    assert_int_equal(iommu->ops->flush(domain, &gather), DMS_ETIMEDOUT);
    assert_memory_equal(&gather, &before, sizeof(gather));
    assert_int_equal(rec.live_tables, tables);

    rec.cmdq = REC_CMDQ_ON_READ;
    rec.fail_code = 1;
    rec.fail_command = rec.commands + 3; /* two of the flush before are taken first */
    assert_int_equal(iommu->ops->flush(domain, &gather), DMS_EIO);
    assert_memory_equal(&gather, &before, sizeof(gather));
    assert_int_equal(iommu->ops->flush(domain, &gather), 0);
    assert_int_equal(gather.pages, 0);
    destroy(domain);
}

static void removed_tables_are_freed_after_an_invalidation_of_walks(void **state)
{
    struct dms_iommu_domain *domain = make(12, 39);
    struct dms_iommu_gather gather = {0};
    unsigned tables = rec.live_tables;
    (void)state;

    map(domain, 0x40000000, 0x1000);
    assert_true(rec.live_tables > tables);
    gather = unmap(domain, 0x40000000, 0x1000);
    if (!gather.tables)
        dms_pgtable_trim(&smmu_domain_of(domain)->pt, &gather);
    assert_true(gather.tables);
    recorder_clear(&rec);
    assert_int_equal(iommu->ops->flush(domain, &gather), 0);
    assert_int_equal(recorder_command(&rec, 0)->b & 1, 0);
    assert_int_equal(rec.live_tables, tables);
    destroy(domain);
}

/*
 * Each of two gathers has one of the two tables below a third. Who is flushed last finds that one empty, and nobody has
 * invalidated the walks that lead to it.
 */
static void a_table_that_emptied_meanwhile_has_an_invalidation_of_its_own(void **state)
{
    struct dms_iommu_domain *domain = make(12, 39);
    struct dms_iommu_gather gather[2] = {{0}, {0}};
    unsigned tables = rec.live_tables;
    uint64_t commands;
    (void)state;

    for (unsigned i = 0; i < 2; i++)
        map(domain, 0x40000000 + i * 0x200000, 0x1000);
    for (unsigned i = 0; i < 2; i++) {
        gather[i] = unmap(domain, 0x40000000 + i * 0x200000, 0x1000);
        dms_pgtable_trim(&smmu_domain_of(domain)->pt, &gather[i]);
    }
    assert_int_equal(iommu->ops->flush(domain, &gather[1]), 0);
    assert_int_equal(rec.live_tables, tables + 2);
    commands = rec.commands;
    assert_int_equal(iommu->ops->flush(domain, &gather[0]), 0);
    assert_int_equal(rec.live_tables, tables);
    assert_int_equal(rec.commands - commands, 4); /* twice a TLBI and a CMD_SYNC */
    destroy(domain);
}

/* A page's table, emptied, stands where a block is going to be mapped. */
static struct dms_iommu_domain *make_with_empty_table(void)
{
    struct dms_iommu_domain *domain = make(12, 39);
    struct dms_iommu_gather gather;

    map(domain, 0x200000, 0x1000);
    gather = unmap(domain, 0x200000, 0x1000);
    assert_int_equal(iommu->ops->flush(domain, &gather), 0);
    assert_false(gather.tables);
    return domain;
}

/* The first store of a word to this address, from `from` on, that satisfies the mask. */
static int find_store(unsigned from, uint64_t phys, uint64_t mask, uint64_t value)
{
    for (unsigned i = from; i < rec.count; i++) {
        if (rec.log[i].kind == REC_STORE && rec.log[i].a == phys && (rec.log[i].b & mask) == value)
            return (int)i;
    }
    return -1;
}

static void a_block_is_written_after_the_table_in_its_place_was_invalidated(void **state)
{
    struct dms_iommu_domain *domain = make_with_empty_table();
    int gone, tlbi, sync, block;
    uint64_t link;
    (void)state;

    recorder_clear(&rec);
    map(domain, 0x200000, 0x200000);
    assert_int_equal(rec.log[0].kind, REC_STORE);
    link = rec.log[0].a;
    gone = find_store(0, link, 1, 0);
    tlbi = recorder_find(&rec, 0, REC_COMMAND, recorder_command(&rec, 0)->a);
    sync = recorder_find(&rec, 0, REC_COMMAND, SYNC);
    block = find_store(0, link, 0x80200003, 0x80200001);
    assert_int_equal(recorder_command(&rec, 0)->b & 1, 0); /* not leaves only */
    assert_true(gone >= 0 && gone < tlbi && tlbi < sync && sync < block);
    destroy(domain);
}

static void a_silent_smmu_leaves_the_table_and_pages_are_mapped(void **state)
{
    struct dms_iommu_domain *domain = make_with_empty_table();
    struct dms_iommu_gather gather = {0};
    unsigned tables = rec.live_tables;
    dms_phys_t phys;
    (void)state;

    rec.cmdq = REC_CMDQ_STUCK;
    map(domain, 0x200000, 0x200000);
    assert_int_equal(rec.live_tables, tables);
    assert_int_equal(iommu->ops->iova_to_phys(domain, 0x3ff000, &phys), 0);
    assert_int_equal(phys.addr, 0x803ff000);
    /* Pages: one of them can go alone. */
    assert_int_equal(iommu->ops->unmap(domain, 0x3ff000, 0x1000, false, &gather), 0);
    rec.cmdq = REC_CMDQ_AT_ONCE;
    assert_int_equal(iommu->ops->flush(domain, &gather), 0);
    destroy(domain);
}

static void mappings_left_in_a_domain_go_with_it(void **state)
{
    struct dms_iommu_domain *domain = make(12, 39);
    struct dms_iommu_mapping found;
    (void)state;

    map(domain, 0x10000, 0x3000);
    map(domain, 0x40000000, 0x200000);
    assert_int_equal(iommu->ops->next_mapping(domain, 0, false, &found), 0);
    assert_int_equal(found.iova.first, 0x10000);
    assert_int_equal(found.iova.last, 0x12fff);
    assert_int_equal(iommu->ops->next_mapping(domain, UINT64_MAX, true, &found), 0);
    assert_int_equal(found.iova.first, 0x40000000);
    destroy(domain);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_context_descriptor_has_the_fields_of_the_page_table),
        TEST(a_snooping_smmu_walks_cached_and_inner_shareable),
        TEST(a_context_descriptor_becomes_valid_last),
        TEST(what_the_instance_lacks_is_refused),
        TEST(asids_run_out_and_come_back),
        TEST(a_destroyed_domain_has_no_valid_descriptor),
        TEST(descriptors_share_a_page_that_stays),
        TEST(two_threads_that_need_the_same_page_share_one),
        TEST(an_asid_is_invalidated_before_it_is_given_back),
        TEST(a_silent_smmu_withholds_asid_and_tables_until_recovery),
        TEST(what_is_withheld_goes_with_the_instance),
        TEST(every_failing_allocation_of_create_leaves_nothing),
        TEST(a_context_page_that_fails_gives_its_asid_back),
        TEST(unmap_and_flush_is_one_command_and_one_sync),
        TEST(without_ranges_each_page_has_its_command),
        TEST(the_invalidation_waits_for_the_removal_to_be_visible),
        TEST(an_empty_flush_does_nothing),
        TEST(a_flush_that_fails_can_be_done_again),
        TEST(removed_tables_are_freed_after_an_invalidation_of_walks),
        TEST(a_table_that_emptied_meanwhile_has_an_invalidation_of_its_own),
        TEST(a_block_is_written_after_the_table_in_its_place_was_invalidated),
        TEST(a_silent_smmu_leaves_the_table_and_pages_are_mapped),
        TEST(mappings_left_in_a_domain_go_with_it),
    };

    return cmocka_run_group_tests_name("domain", tests, NULL, NULL);
}
