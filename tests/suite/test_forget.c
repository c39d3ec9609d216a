/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the SMMU has cached and no driver knows of any more, seen from the IOMMU interface itself: the
 * rooms above it unmap before they destroy, and so hide whether it would have been forgotten.
 */
#include "registers.h"
#include "suite.h"

#define PAGE 0x1000u
#define IOVA 0x20000000u

static struct dms_stream stream(const struct suite *suite)
{
    return (struct dms_stream){.sid = suite->machine->masters[0].sid};
}

/* A domain on the first master's stream. buffer NULL: nothing is mapped in it. */
static struct dms_iommu_domain *domain_with(struct suite *suite, uint8_t *buffer)
{
    const struct dms_iommu_ops *ops = suite->iommu->ops;
    const struct dms_iommu_domain_cfg cfg = {0};
    struct dms_iommu_domain *domain;
    dms_phys_t phys;
    size_t run;

    if (!CHECK_EQUAL(suite, ops->domain_create(suite->iommu, &cfg, &domain), 0))
        return NULL;
    if (buffer) {
        CHECK_EQUAL(suite, suite->port.virt_to_phys(suite->port.ctx, buffer, PAGE, &phys, &run), 0);
        CHECK_EQUAL(
            suite,
            ops->map(domain, IOVA, phys, PAGE,
                     DMS_READ | DMS_WRITE | DMS_PROT_COHERENT | DMS_PROT_BEGIN | DMS_PROT_END),
            0);
    }
    CHECK_EQUAL(suite, ops->attach(domain, stream(suite)), 0);
    return domain;
}

static void detach_and_destroy(struct suite *suite, struct dms_iommu_domain *domain, int detached)
{
    const struct dms_iommu_ops *ops = suite->iommu->ops;

    CHECK_EQUAL(suite, ops->detach(domain, stream(suite)), detached);
    CHECK_EQUAL(suite, ops->domain_destroy(domain), 0);
}

/* The next domain has the same ASID. */
static void a_domain_destroyed_with_a_mapping_takes_its_translation_along(struct suite *suite)
{
    struct dms_iommu_domain *domain;
    uint8_t *buffer;

    if (!suite_start(suite, NULL) || !(buffer = suite_buffer(suite, PAGE)))
        return;
    domain = domain_with(suite, buffer);
    if (!domain)
        return;
    CHECK(suite, suite_writes(suite, 0, IOVA, buffer));
    detach_and_destroy(suite, domain, 0);
    domain = domain_with(suite, NULL);
    if (!domain)
        return;
    suite_write_faults(suite, 0, IOVA, buffer, DMS_FAULT_TRANSLATION);
    detach_and_destroy(suite, domain, 0);
}

/* The stream's entry is gone from memory, but nobody has told the SMMU. */
static void a_domain_destroyed_after_a_failed_detach_is_out_of_reach(struct suite *suite)
{
    struct dms_iommu_domain *domain;
    uint8_t *buffer;

    if (!suite_start(suite, NULL) || !(buffer = suite_buffer(suite, PAGE)))
        return;
    domain = domain_with(suite, buffer);
    if (!domain)
        return;
    CHECK(suite, suite_writes(suite, 0, IOVA, buffer));
    suite->spoil_command = true;
    detach_and_destroy(suite, domain, DMS_EIO);
    CHECK_EQUAL(suite, suite->spoiled, 1);
    suite_write_faults(suite, 0, IOVA, buffer, DMS_FAULT_UNCONFIGURED);
}

/* ---- a stream table of somebody else's --------------------------------------------------------- */

#define STE_WORDS  8u
#define STE_BYPASS 9u /* 5.2: V, Config 4 */
#define SIDS_LG2   9u
#define SPLIT      8u /* SIDs in a second-level table, as a logarithm */
#define TABLE_SIZE ((size_t)64 << SIDS_LG2)

#define CR0_SMMUEN 1u

/* 3.3.2, 6.3.24: one array of entries, or two level-1 descriptors and the same array as two tables. */
static uint32_t lay_out(const struct suite *suite, uint64_t *table, uint64_t *level_1,
                        uint64_t *base)
{
    uint64_t phys = *base;

    table[STE_WORDS * suite->machine->masters[0].sid] = STE_BYPASS;
    if (suite->machine->strtab != DMS_SMMUV3_STRTAB_TWO_LEVEL)
        return SIDS_LG2;
    for (unsigned i = 0; i < 2; i++)
        level_1[i] = (phys + ((uint64_t)i * 64 << SPLIT)) | (SPLIT + 1);
    *base = phys + TABLE_SIZE;
    return 1u << 16 | SPLIT << 6 | SIDS_LG2;
}

/* Enables the SMMU with a table in which the first master's stream bypasses translation. */
static bool boot_loader(struct suite *suite, uint64_t *table, uint64_t phys)
{
    const struct dms_mmio *mmio = &suite->machine->mmio;
    uint32_t format = lay_out(suite, table, table + TABLE_SIZE / 8, &phys);

    mmio->write32(mmio->ctx, SMMU_CR0, 0);
    mmio->write32(mmio->ctx, SMMU_STRTAB_BASE, (uint32_t)phys);
    mmio->write32(mmio->ctx, SMMU_STRTAB_BASE + 4, (uint32_t)(phys >> 32));
    mmio->write32(mmio->ctx, SMMU_STRTAB_BASE_CFG, format);
    mmio->write32(mmio->ctx, SMMU_CR0, CR0_SMMUEN);
    for (unsigned i = 0; i < 1000000; i++) {
        if (suite_register(suite, SMMU_CR0ACK) == CR0_SMMUEN)
            return true;
    }
    return false;
}

static void what_a_boot_loader_has_configured_is_forgotten(struct suite *suite)
{
    uint8_t *buffer = suite_buffer(suite, PAGE);
    uint64_t *table = suite_buffer(suite, 2 * TABLE_SIZE);
    dms_phys_t phys, table_phys;
    size_t run;

    if (!buffer || !table)
        return;
    suite->port.virt_to_phys(suite->port.ctx, buffer, PAGE, &phys, &run);
    suite->port.virt_to_phys(suite->port.ctx, table, PAGE, &table_phys, &run);
    if (!CHECK(suite, boot_loader(suite, table, table_phys.addr)))
        return;
    CHECK(suite, suite_writes(suite, 0, phys.addr, buffer));
    /* The second stream's, so that the first one's entry has a table. */
    if (!suite_start(suite, NULL) || !suite_function(suite, 1, NULL))
        return;
    suite_write_faults(suite, 0, phys.addr, buffer, DMS_FAULT_UNCONFIGURED);
}

const struct suite_test suite_forget[] = {
    SUITE_TEST(a_domain_destroyed_with_a_mapping_takes_its_translation_along),
    SUITE_TEST(a_domain_destroyed_after_a_failed_detach_is_out_of_reach),
    SUITE_TEST(what_a_boot_loader_has_configured_is_forgotten),
    SUITE_TEST(what_a_boot_loader_has_configured_is_forgotten),
};
