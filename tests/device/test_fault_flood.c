/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Many faults: all are told, but few are looked into. */
#include "rig.h"

#define SID UINT32_C(5)

static void use_up(struct rig *rig, dms_sid_t sid)
{
    for (unsigned i = 0; i < DMS_FAULT_LOOKS; i++)
        assert_false(rig_fault(rig, sid, 0x7000, DMS_READ)->brief);
    assert_true(rig_fault(rig, sid, 0x7000, DMS_READ)->brief);
}

static void assert_end(const struct dms_fault *fault, const char *end)
{
    char line[DMS_FAULT_LINE];
    size_t length = dms_fault_format(fault, line, sizeof(line));

    assert_in_range(length, strlen(end), sizeof(line) - 1);
    assert_string_equal(line + length - strlen(end), end);
}

static void a_brief_fault_has_all_but_the_address_space(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", SID, NULL);
    void *page = rig_pages(1);
    const struct dms_fault *fault;
    dms_iova_t iova;

    assert_int_equal(dms_reserve(dev, 0x7000, 0x1000, DMS_REGION_RESERVED, NULL), 0);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    use_up(rig, SID);
    fault = rig_fault(rig, SID, 0x7008, DMS_READ);
    assert_true(fault->brief);
    assert_int_equal(fault->reason, DMS_FAULT_TRANSLATION);
    assert_int_equal(fault->iova, 0x7008);
    assert_true(fault->has_owner && fault->attached);
    assert_string_equal(fault->device, "dev");
    assert_false(fault->in_region);
    assert_int_equal(fault->brief_before, 0);
    assert_end(fault, "fault: dev stream 0x5 on smmu read of 0x7008: not mapped");
    assert_int_equal(dms_device_fault_count(dev), DMS_FAULT_LOOKS + 2);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    rig_end(dev);
    free(page);
}

static void time_gives_looks_back(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", SID, NULL);
    const struct dms_fault *fault;

    use_up(rig, SID);
    atomic_fetch_add(&rig->tp.now, DMS_FAULT_LOOK_NS - 1);
    assert_true(rig_fault(rig, SID, 0x7000, DMS_READ)->brief);
    atomic_fetch_add(&rig->tp.now, 1);
    fault = rig_fault(rig, SID, 0x7000, DMS_READ);
    assert_false(fault->brief);
    assert_int_equal(fault->brief_before, 2);
    assert_end(fault, "; nothing is mapped; 2 before it were brief");
    assert_true(rig_fault(rig, SID, 0x7000, DMS_READ)->brief);
    /* However long it was quiet, no more than the first time. */
    atomic_fetch_add(&rig->tp.now, UINT64_C(3600000000000));
    use_up(rig, SID);
    rig_end(dev);
}

static void a_flood_leaves_others_their_looks(void **state)
{
    struct rig *rig = *state;
    struct dms_device *flooder = rig_attached(rig, "flooder", SID, NULL);
    struct dms_device *other = rig_attached(rig, "other", SID + 1, NULL);

    use_up(rig, SID);
    use_up(rig, SID + 1);
    use_up(rig, SID + 2); /* nobody's */
    assert_true(rig_fault(rig, SID + 3, 0x7000, DMS_READ)->brief);
    rig_end(other);
    rig_end(flooder);
}

static void a_brief_fault_of_nobody_has_no_neighbours(void **state)
{
    struct rig *rig = *state;
    struct dms_device *below = rig_device(rig, "below", SID, NULL);

    use_up(rig, SID + 1);
    assert_end(rig_fault(rig, SID + 1, 0x7000, DMS_READ),
               "fault: nobody owns stream 0x6 on smmu, read of 0x7000: stream not configured");
    atomic_fetch_add(&rig->tp.now, DMS_FAULT_LOOK_NS);
    assert_end(rig_fault(rig, SID + 1, 0x7000, DMS_READ),
               "; below is 0x5 of below; 2 before it were brief");
    rig_end(below);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_brief_fault_has_all_but_the_address_space),
        rig_test(time_gives_looks_back),
        rig_test(a_flood_leaves_others_their_looks),
        rig_test(a_brief_fault_of_nobody_has_no_neighbours),
    };

    return cmocka_run_group_tests_name("fault flood", tests, NULL, NULL);
}
