/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * As many domains and streams as there are ASIDs and stream IDs: 65,536. Work is counted, not time:
 * the last one has to cost what the first one did.
 */
#include "model_rig.h"

#include "../cmocka_all.h"

#include <dmaspace/error.h>

#define COUNT 65536u
#define IOVA  UINT64_C(0x40000)

static struct model_rig rig;
static struct dms_iommu_domain *domains[COUNT];

static struct dms_smmuv3_stats stats(void)
{
    struct dms_smmuv3_stats out;

    dms_smmuv3_stats(rig.iommu, &out);
    return out;
}

static int create(struct dms_iommu_domain **out)
{
    /* With 16K pages and 39 bits of input the root is 64 bytes. */
    const struct dms_iommu_domain_cfg cfg = {.granule_lg2 = 14, .input_bits = 39};

    return rig.iommu->ops->domain_create(rig.iommu, &cfg, out);
}

static void create_and_attach(uint32_t sid)
{
    uint64_t batches = stats().batches;

    assert_int_equal(create(&domains[sid]), 0);
    assert_int_equal(rig.iommu->ops->attach(domains[sid], (struct dms_stream){.sid = sid}), 0);
    assert_int_equal(stats().batches - batches, 2);
}

static void detach_and_destroy(uint32_t sid)
{
    uint64_t commands = stats().commands;

    assert_int_equal(rig.iommu->ops->detach(domains[sid], (struct dms_stream){.sid = sid}), 0);
    assert_int_equal(rig.iommu->ops->domain_destroy(domains[sid]), 0);
    assert_int_equal(stats().commands - commands, 4);
}

/* Every 257th has a page of its own, whose first word is the stream's ID. */
static void use(uint32_t sid, uint8_t *memory, dms_phys_t phys)
{
    uint64_t offset = (uint64_t)(sid / 257) << 14;

    *(uint64_t *)(void *)(memory + offset) = sid;
    assert_int_equal(rig.iommu->ops->map(domains[sid], IOVA, (dms_phys_t){phys.addr + offset},
                                         1u << 14, DMS_READ | DMS_PROT_BEGIN | DMS_PROT_END),
                     0);
}

static void every_asid_and_every_stream_can_be_in_use_at_once(void **state)
{
    struct dms_iommu_domain *more = NULL;
    dms_phys_t phys;
    void *memory;
    (void)state;

    rig_init(&rig);
    assert_int_equal(rig_start(&rig), 0);
    memory = rig_buffer(&rig, (size_t)(COUNT / 257 + 1) << 14, &phys);
    for (uint32_t sid = 0; sid < COUNT; sid++)
        create_and_attach(sid);
    assert_int_equal(create(&more), DMS_ENOSPC);
    for (uint32_t sid = 0; sid < COUNT; sid += 257)
        use(sid, memory, phys);
    for (uint32_t sid = 0; sid < COUNT; sid += 257) {
        assert_true(rig_reads(&rig, sid, IOVA, sid));
        rig_assert_fault(&rig, sid ^ 1, IOVA, false, DMS_FAULT_TRANSLATION);
    }
    for (uint32_t sid = 0; sid < COUNT; sid++)
        detach_and_destroy(sid);
    rig_assert_fault(&rig, 257, IOVA, false, DMS_FAULT_UNCONFIGURED);
    rig_stop(&rig);
    rig_fini(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_asid_and_every_stream_can_be_in_use_at_once),
    };

    return cmocka_run_group_tests_name("scale", tests, NULL, NULL);
}
