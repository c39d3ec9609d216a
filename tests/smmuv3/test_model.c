/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * One suite, many machines: the driver on the register-level model, for both stream table formats,
 * all granules, with and without range invalidation, commands at once or later. The model keeps
 * whatever is not invalidated, so a missing invalidation shows as an access that should not succeed.
 */
#include "model_rig.h"

#include "../cmocka_all.h"

#include <dmaspace/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SID    0x1940u
#define OTHER  0x1943u
#define NOBODY 0x1941u

struct machine {
    const char *name;
    enum dms_smmuv3_strtab strtab;
    uint8_t granule_lg2;
    bool ril;
    bool coherent;
    enum smmuv3_commands commands;
};

#define LINEAR DMS_SMMUV3_STRTAB_LINEAR
#define TWO    DMS_SMMUV3_STRTAB_TWO_LEVEL

static const struct machine machines[] = {
    {"linear 4K ranges", LINEAR, 12, true, true, SMMUV3_CMDS_AT_ONCE},
    {"linear 16K singles", LINEAR, 14, false, true, SMMUV3_CMDS_AT_ONCE},
    {"linear 64K ranges later", LINEAR, 16, true, true, SMMUV3_CMDS_PER_ACCESS},
    {"two-level 4K singles", TWO, 12, false, true, SMMUV3_CMDS_AT_ONCE},
    {"two-level 4K ranges later", TWO, 12, true, true, SMMUV3_CMDS_PER_ACCESS},
    {"two-level 16K ranges not coherent", TWO, 14, true, false, SMMUV3_CMDS_AT_ONCE},
    {"two-level 64K singles later", TWO, 16, false, false, SMMUV3_CMDS_PER_ACCESS},
};

static struct model_rig rig;
static const char *machine_name; /* for the last line of a failure */
static const struct dms_iommu_ops *ops;
static uint64_t granule;

static void start(const struct machine *machine)
{
    rig_init(&rig);
    rig.model_cfg.ril = machine->ril;
    rig.model_cfg.coherent = machine->coherent;
    rig.model_cfg.commands = machine->commands;
    rig.cfg.strtab = machine->strtab;
    rig.cfg.cmdq_lg2 = 4;
    assert_int_equal(rig_start(&rig), 0);
    ops = rig.iommu->ops;
    granule = UINT64_C(1) << machine->granule_lg2;
}

static void finish(void)
{
    rig_stop(&rig);
    rig_fini(&rig);
}

/* Runs `test` on every machine, and says which one it failed on. */
static void on_all(void (*test)(const struct machine *machine))
{
    for (unsigned i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
        machine_name = machines[i].name;
        start(&machines[i]);
        test(&machines[i]);
        finish();
    }
}

static struct dms_stream stream(uint32_t sid)
{
    return (struct dms_stream){.sid = sid};
}

static void attach(struct dms_iommu_domain *domain, uint32_t sid)
{
    assert_int_equal(ops->attach(domain, stream(sid)), 0);
}

static void detach(struct dms_iommu_domain *domain, uint32_t sid)
{
    assert_int_equal(ops->detach(domain, stream(sid)), 0);
}

static void map(struct dms_iommu_domain *domain, uint64_t iova, dms_phys_t phys, uint64_t size,
                uint32_t prot)
{
    prot |= DMS_PROT_BEGIN | DMS_PROT_END | DMS_PROT_COHERENT;
    assert_int_equal(ops->map(domain, iova, phys, size, prot), 0);
}

static struct dms_iommu_gather unmap(struct dms_iommu_domain *domain, uint64_t iova, uint64_t size)
{
    struct dms_iommu_gather gather = {0};

    assert_int_equal(ops->unmap(domain, iova, size, false, &gather), 0);
    return gather;
}

static void unmap_strict(struct dms_iommu_domain *domain, uint64_t iova, uint64_t size)
{
    struct dms_iommu_gather gather = unmap(domain, iova, size);

    assert_int_equal(ops->flush(domain, &gather), 0);
}

static void destroy(struct dms_iommu_domain *domain)
{
    assert_int_equal(ops->domain_destroy(domain), 0);
}

static uint64_t word_at(const void *buffer, uint64_t offset)
{
    uint64_t value;

    memcpy(&value, (const uint8_t *)buffer + offset, sizeof(value));
    return value;
}

static void two_streams(const struct machine *machine)
{
    struct dms_iommu_domain *one = rig_domain(&rig, machine->granule_lg2);
    struct dms_iommu_domain *two = rig_domain(&rig, machine->granule_lg2);
    uint64_t iova = 0x40000000;
    dms_phys_t phys[2];
    void *buffer[2];

    for (unsigned i = 0; i < 2; i++) {
        buffer[i] = rig_buffer(&rig, 4 * granule, &phys[i]);
        map(i ? two : one, iova, phys[i], 4 * granule, DMS_READ | DMS_WRITE);
    }
    attach(one, SID);
    attach(two, OTHER);
    assert_true(rig_writes(&rig, SID, iova + granule, 0x1111));
    assert_true(rig_writes(&rig, OTHER, iova + granule, 0x2222));
    assert_int_equal(word_at(buffer[0], granule), 0x1111);
    assert_int_equal(word_at(buffer[1], granule), 0x2222);
    assert_true(rig_reads(&rig, SID, iova + granule, 0x1111));
    assert_true(rig_reads(&rig, OTHER, iova + granule, 0x2222));
    assert_int_equal(ops->poll(rig.iommu), 0);
    detach(one, SID);
    detach(two, OTHER);
    destroy(one);
    destroy(two);
}

static void two_streams_with_the_same_iova_reach_their_own_memory(void **state)
{
    (void)state;
    on_all(two_streams);
}

static void faults(const struct machine *machine)
{
    struct dms_iommu_domain *domain = rig_domain(&rig, machine->granule_lg2);
    dms_phys_t phys;

    rig_buffer(&rig, granule, &phys);
    map(domain, 0x10000, phys, granule, DMS_READ);
    rig_assert_fault(&rig, SID, 0x10000, false,
                     machine->strtab == LINEAR ? DMS_FAULT_UNCONFIGURED : DMS_FAULT_BAD_STREAM);
    attach(domain, SID);
    assert_true(rig_reads(&rig, SID, 0x10000, 0));
    rig_assert_fault(&rig, SID, 0x10000, true, DMS_FAULT_PERMISSION);
    rig_assert_fault(&rig, SID, 0x10000 + granule, false, DMS_FAULT_TRANSLATION);
    rig_assert_fault(&rig, SID, UINT64_C(1) << 47, true, DMS_FAULT_TRANSLATION);
    rig_assert_fault(&rig, NOBODY, 0x10000, false, DMS_FAULT_UNCONFIGURED);
    rig_assert_fault(&rig, 0x10000, 0x10000, false, DMS_FAULT_BAD_STREAM);
    detach(domain, SID);
    rig_assert_fault(&rig, SID, 0x10000, false, DMS_FAULT_UNCONFIGURED);
    destroy(domain);
}

static void every_forbidden_access_aborts_and_is_reported(void **state)
{
    (void)state;
    on_all(faults);
}

static void strict_unmap(const struct machine *machine)
{
    struct dms_iommu_domain *domain = rig_domain(&rig, machine->granule_lg2);
    uint64_t iova = 0x7000000000;
    dms_phys_t phys;

    rig_buffer(&rig, 80 * granule, &phys);
    attach(domain, SID);
    for (unsigned pages = 1; pages <= 80; pages += pages < 4 ? 1 : 19) {
        map(domain, iova, phys, pages * granule, DMS_READ | DMS_WRITE);
        for (unsigned i = 0; i < pages; i++)
            assert_true(rig_writes(&rig, SID, iova + i * granule, i));
        unmap_strict(domain, iova, pages * granule);
        for (unsigned i = 0; i < pages; i++)
            assert_int_equal(rig_access(&rig, SID, iova + i * granule, false, NULL, 8).outcome,
                             SMMUV3_ABORTED);
    }
    detach(domain, SID);
    destroy(domain);
    ops->poll(rig.iommu);
}

static void after_a_strict_unmap_nothing_gets_through(void **state)
{
    (void)state;
    on_all(strict_unmap);
}

static void stale(const struct machine *machine)
{
    struct dms_iommu_domain *domain = rig_domain(&rig, machine->granule_lg2);
    struct dms_iommu_gather gather;
    dms_phys_t phys;

    rig_buffer(&rig, granule, &phys);
    attach(domain, SID);
    map(domain, 0x20000, phys, granule, DMS_READ | DMS_WRITE);
    assert_true(rig_writes(&rig, SID, 0x20000, 5));
    gather = unmap(domain, 0x20000, granule);
    assert_true(rig_reads(&rig, SID, 0x20000, 5));
    assert_int_equal(ops->flush(domain, &gather), 0);
    rig_assert_fault(&rig, SID, 0x20000, false, DMS_FAULT_TRANSLATION);
    detach(domain, SID);
    destroy(domain);
}

/* Or else the tests around it could not fail. */
static void without_the_flush_the_model_still_translates(void **state)
{
    (void)state;
    on_all(stale);
}

#define ROUNDS 160 /* more than the tables that a domain keeps when they empty */

/* Now and then all that ever were are looked at. */
static void assert_nothing_up_to(uint32_t sid, uint64_t count)
{
    for (uint64_t i = count % 40 ? count : 1; i <= count; i++) {
        for (uint64_t page = 0; page < 2; page++)
            assert_int_equal(
                rig_access(&rig, sid, (i << 40) + page * granule, false, NULL, 8).outcome,
                SMMUV3_ABORTED);
        ops->poll(rig.iommu);
    }
}

static void tables_reused(const struct machine *machine)
{
    struct dms_iommu_domain *one = rig_domain(&rig, machine->granule_lg2);
    struct dms_iommu_domain *two = rig_domain(&rig, machine->granule_lg2);
    dms_phys_t phys;

    /* Far apart: each has tables of its own, which go and come back somewhere else. */
    rig_buffer(&rig, 2 * granule, &phys);
    attach(one, SID);
    attach(two, OTHER);
    for (uint64_t i = 1; i <= ROUNDS; i++) {
        uint64_t iova = i << 40;

        map(one, iova, phys, granule, DMS_READ);
        assert_true(rig_reads(&rig, SID, iova, 0));
        unmap_strict(one, iova, granule);
        map(two, iova, phys, 2 * granule, DMS_READ);
        assert_true(rig_reads(&rig, OTHER, iova, 0));
        assert_nothing_up_to(SID, i);
        unmap_strict(two, iova, 2 * granule);
        assert_nothing_up_to(OTHER, i);
    }
    detach(one, SID);
    detach(two, OTHER);
    destroy(one);
    destroy(two);
}

static void freed_tables_are_in_no_walk_cache(void **state)
{
    (void)state;
    on_all(tables_reused);
}

static void moves(const struct machine *machine)
{
    struct dms_iommu_domain *one = rig_domain(&rig, machine->granule_lg2);
    struct dms_iommu_domain *two = rig_domain(&rig, machine->granule_lg2);
    dms_phys_t phys[2];

    for (unsigned i = 0; i < 2; i++) {
        *(uint64_t *)rig_buffer(&rig, granule, &phys[i]) = i + 100;
        map(i ? two : one, 0x30000, phys[i], granule, DMS_READ);
    }
    for (unsigned i = 0; i < 3; i++) {
        attach(one, SID);
        assert_true(rig_reads(&rig, SID, 0x30000, 100));
        attach(two, SID);
        assert_true(rig_reads(&rig, SID, 0x30000, 101));
    }
    detach(two, SID);
    rig_assert_fault(&rig, SID, 0x30000, false, DMS_FAULT_UNCONFIGURED);
    destroy(one);
    destroy(two);
}

static void a_moved_stream_uses_its_new_domain_at_once(void **state)
{
    (void)state;
    on_all(moves);
}

static void asid_reuse(const struct machine *machine)
{
    dms_phys_t phys;

    rig_buffer(&rig, granule, &phys);
    for (unsigned i = 0; i < 3; i++) {
        struct dms_iommu_domain *domain = rig_domain(&rig, machine->granule_lg2);

        attach(domain, SID);
        rig_assert_fault(&rig, SID, 0x50000, false, DMS_FAULT_TRANSLATION);
        map(domain, 0x50000, phys, granule, DMS_READ);
        assert_true(rig_reads(&rig, SID, 0x50000, 0));
        detach(domain, SID);
        destroy(domain);
    }
}

static void a_new_domain_inherits_nothing_from_the_last_one(void **state)
{
    (void)state;
    on_all(asid_reuse);
}

static void blocks(const struct machine *machine)
{
    struct dms_iommu_domain *domain = rig_domain(&rig, machine->granule_lg2);
    uint64_t block = granule * (granule / 8);
    uint64_t iova = UINT64_C(1) << 40;
    dms_phys_t phys = {rig.ram.base & ~(block - 1)};
    bool inside = phys.addr >= rig.ram.base && block <= rig.ram.size;

    attach(domain, SID);
    map(domain, iova, phys, block, DMS_READ);
    map(domain, iova + block, phys, granule, DMS_READ);
    if (inside) {
        assert_int_equal(rig_access(&rig, SID, iova, false, NULL, 8).outcome, SMMUV3_OK);
        assert_int_equal(rig_access(&rig, SID, iova + block - 8, false, NULL, 8).outcome,
                         SMMUV3_OK);
    }
    assert_int_equal(rig_access(&rig, SID, iova + block, false, NULL, 8).outcome, SMMUV3_OK);
    unmap_strict(domain, iova, block + granule);
    rig_assert_fault(&rig, SID, iova, false, DMS_FAULT_TRANSLATION);
    rig_assert_fault(&rig, SID, iova + block / 2, false, DMS_FAULT_TRANSLATION);
    rig_assert_fault(&rig, SID, iova + block, false, DMS_FAULT_TRANSLATION);
    detach(domain, SID);
    destroy(domain);
}

static void a_block_and_a_page_go_in_one_unmap(void **state)
{
    (void)state;
    on_all(blocks);
}

static void masked(const struct machine *machine)
{
    struct dms_iommu_domain *domain = rig_domain(&rig, machine->granule_lg2);
    const struct dms_stream both = {.sid = 0x880, .mask = 0x400};
    dms_phys_t phys;

    rig_buffer(&rig, granule, &phys);
    map(domain, 0x10000, phys, granule, DMS_READ);
    assert_int_equal(ops->attach(domain, both), 0);
    assert_true(rig_reads(&rig, 0x880, 0x10000, 0));
    assert_true(rig_reads(&rig, 0xc80, 0x10000, 0));
    rig_assert_fault(&rig, 0x881, 0x10000, false, DMS_FAULT_UNCONFIGURED);
    assert_int_equal(ops->detach(domain, both), 0);
    rig_assert_fault(&rig, 0x880, 0x10000, false, DMS_FAULT_UNCONFIGURED);
    rig_assert_fault(&rig, 0xc80, 0x10000, false, DMS_FAULT_UNCONFIGURED);
    destroy(domain);
}

static void every_stream_of_a_mask_is_attached(void **state)
{
    (void)state;
    on_all(masked);
}

/* ---- at random, beside what the mappings should be ---- */

#define PAGES 64

static uint64_t seed;
static uint64_t dice;

static uint64_t below(uint64_t limit)
{
    dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (dice >> 33) % limit;
}

/* What each page should do: 0 nothing, or DMS_READ, or DMS_READ | DMS_WRITE. */
static void check_pages(const uint32_t may[PAGES], uint64_t iova)
{
    unsigned page = (unsigned)below(PAGES);
    bool write = below(2);
    bool expected = may[page] & (write ? DMS_WRITE : DMS_READ);
    struct smmuv3_result result = rig_access(&rig, SID, iova + page * granule, write, NULL, 8);

    assert_int_equal(result.outcome, expected ? SMMUV3_OK : SMMUV3_ABORTED);
}

static void random_step(struct dms_iommu_domain *domain, uint32_t may[PAGES], uint64_t iova,
                        dms_phys_t phys)
{
    unsigned first = (unsigned)below(PAGES);
    unsigned count = 1 + (unsigned)below(PAGES - first);
    uint32_t prot = below(2) ? DMS_READ : DMS_READ | DMS_WRITE;

    if (may[first]) {
        /* Whole mappings: the pages are all mapped one by one. */
        for (count = 0; first + count < PAGES && may[first + count] && below(12); count++)
            may[first + count] = 0;
        if (count)
            unmap_strict(domain, iova + first * granule, count * granule);
        return;
    }
    for (unsigned i = first; i < first + count && !may[i]; i++) {
        dms_phys_t page = {phys.addr + i * granule};

        map(domain, iova + i * granule, page, granule, prot);
        may[i] = prot;
    }
}

static void random_work(const struct machine *machine)
{
    struct dms_iommu_domain *domain = rig_domain(&rig, machine->granule_lg2);
    uint64_t iova = UINT64_C(3) << 32;
    uint32_t may[PAGES] = {0};
    dms_phys_t phys;

    dice = seed;
    rig_buffer(&rig, PAGES * granule, &phys);
    attach(domain, SID);
    for (unsigned round = 0; round < 300; round++) {
        random_step(domain, may, iova, phys);
        for (unsigned i = 0; i < 6; i++)
            check_pages(may, iova);
        ops->poll(rig.iommu);
    }
    detach(domain, SID);
    destroy(domain);
}

static void at_any_time_exactly_what_is_mapped_can_be_reached(void **state)
{
    (void)state;
    on_all(random_work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_streams_with_the_same_iova_reach_their_own_memory),
        cmocka_unit_test(every_forbidden_access_aborts_and_is_reported),
        cmocka_unit_test(after_a_strict_unmap_nothing_gets_through),
        cmocka_unit_test(without_the_flush_the_model_still_translates),
        cmocka_unit_test(freed_tables_are_in_no_walk_cache),
        cmocka_unit_test(a_moved_stream_uses_its_new_domain_at_once),
        cmocka_unit_test(a_new_domain_inherits_nothing_from_the_last_one),
        cmocka_unit_test(a_block_and_a_page_go_in_one_unmap),
        cmocka_unit_test(every_stream_of_a_mask_is_attached),
        cmocka_unit_test(at_any_time_exactly_what_is_mapped_can_be_reached),
    };
    const char *env = getenv("DMS_SEED");

    seed = env ? strtoull(env, NULL, 0) : 1;
    if (cmocka_run_group_tests_name("model", tests, NULL, NULL) == 0)
        return 0;
    fprintf(stderr, "machine: %s, DMS_SEED=%llu\n", machine_name, (unsigned long long)seed);
    return 1;
}
