/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the SMMU has cached and no driver knows of any more, seen from the IOMMU interface itself: the
 * rooms above it unmap before they destroy, and so hide whether it would have been forgotten.
 */
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

/* A domain with a mapping that the first master has used, and the memory behind it. */
static struct dms_iommu_domain *used_domain(struct suite *suite, uint8_t **buffer)
{
    struct dms_iommu_domain *domain;

    if (!suite_start(suite, NULL) || !(*buffer = suite_buffer(suite, PAGE)))
        return NULL;
    domain = domain_with(suite, *buffer);
    if (domain)
        CHECK(suite, suite_writes(suite, 0, IOVA, *buffer));
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
    uint8_t *buffer;
    struct dms_iommu_domain *domain = used_domain(suite, &buffer);

    if (!domain)
        return;
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
    uint8_t *buffer;
    struct dms_iommu_domain *domain = used_domain(suite, &buffer);

    if (!domain)
        return;
    suite->spoil_command = true;
    detach_and_destroy(suite, domain, DMS_EIO);
    CHECK_EQUAL(suite, suite->spoiled, 1);
    suite_write_faults(suite, 0, IOVA, buffer, DMS_FAULT_UNCONFIGURED);
}

const struct suite_test suite_forget[] = {
    SUITE_TEST(a_domain_destroyed_with_a_mapping_takes_its_translation_along),
    SUITE_TEST(a_domain_destroyed_after_a_failed_detach_is_out_of_reach),
    {0},
};
