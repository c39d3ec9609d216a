/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Streams: from a function id, or a requester id, through an iommu-map to a stream table entry. */
#include "suite.h"

static void a_function_has_the_stream_that_the_map_gives_its_id(struct suite *suite)
{
    if (!suite_start(suite, NULL))
        return;
    for (unsigned i = 0; i < suite->machine->nmasters; i++) {
        struct dms_device *dev = suite_function_create(suite, i, NULL);

        if (!dev || !CHECK_EQUAL(suite, dms_device_stream_count(dev), 1))
            return;
        CHECK_EQUAL(suite, dms_device_stream(dev, 0).sid, suite->machine->masters[i].sid);
        CHECK_EQUAL(suite, dms_device_stream(dev, 0).mask, 0);
    }
}

static void a_function_without_an_entry_in_the_map_is_refused(struct suite *suite)
{
    const struct dms_device_cfg cfg = {.name = "none"};
    struct dms_device *dev = NULL;

    if (!suite_start(suite, NULL))
        return;
    CHECK_EQUAL(suite, dms_function_create(suite->parent, 0xdead, &cfg, &dev, NULL), DMS_ENODEV);
}

static void a_second_owner_of_a_stream_is_refused(struct suite *suite)
{
    const struct dms_device_cfg cfg = {.name = "second"};
    struct dms_device *dev = NULL;

    if (!suite_start(suite, NULL) || !suite_function(suite, 0, NULL))
        return;
    CHECK_EQUAL(suite,
                dms_function_create(suite->parent, suite->machine->masters[0].function_id, &cfg,
                                    &dev, NULL),
                DMS_EEXIST);
}

/* Both on the same bus as the first two masters, and behind a bridge. */
static void every_master_reaches_memory_through_its_own_function(struct suite *suite)
{
    struct suite_user users[SUITE_MASTERS_MAX];

    if (!suite_start(suite, NULL))
        return;
    for (unsigned i = 0; i < suite->machine->nmasters; i++) {
        if (!suite_user(suite, i, NULL, 0x1000, &users[i]))
            return;
        suite_use(suite, &users[i]);
    }
    for (unsigned i = 0; i < suite->machine->nmasters; i++)
        suite_still(suite, &users[i]);
    suite_poll(suite);
    CHECK_EQUAL(suite, suite->nfaults, 0);
}

/* What the SMMU has learnt of the stream, or of the table that was not there, is out of date. */
static void a_stream_that_aborted_before_works_once_it_is_attached(struct suite *suite)
{
    struct dms_device *dev;
    uint8_t *buffer;
    dms_iova_t iova;

    if (!suite_start(suite, NULL))
        return;
    buffer = suite_buffer(suite, 0x1000);
    for (unsigned i = 0; buffer && i < 3; i += 2) { /* each in a second-level table of its own */
        suite_write_faults(suite, i, 0x1000, NULL, suite_no_stream(suite));
        dev = suite_function(suite, i, NULL);
        if (!dev)
            return;
        iova = suite_map(suite, dev, buffer, 0x1000);
        CHECK(suite, suite_writes(suite, i, iova, buffer));
    }
}

static void a_requester_of_the_host_bridge_has_its_requester_id_s_stream(struct suite *suite)
{
    const struct suite_machine *machine = suite->machine;
    const struct dms_device_cfg cfg = {.name = "requester",
                                       .bus = &dms_requester_bus,
                                       .node = machine->host_path,
                                       .ids = &machine->masters[2].requester_id,
                                       .nids = 1};
    struct dms_device *dev = NULL;
    uint8_t *buffer;
    dms_iova_t iova;

    if (!suite_start(suite, NULL))
        return;
    buffer = suite_buffer(suite, 0x1000);
    if (!buffer || !CHECK_EQUAL(suite, dms_device_create(suite->devices, &cfg, &dev, NULL), 0))
        return;
    CHECK_EQUAL(suite, dms_device_stream(dev, 0).sid, machine->masters[2].sid);
    CHECK_EQUAL(suite, dms_attach(dev, NULL), 0);
    iova = suite_map(suite, dev, buffer, 0x1000);
    CHECK(suite, suite_writes(suite, 2, iova, buffer));
    suite_unmap(suite, dev, iova, 0x1000);
    CHECK_EQUAL(suite, dms_device_destroy(dev, DMS_DESTROY_IDLE, NULL), 0);
}

const struct suite_test suite_streams[] = {
    SUITE_TEST(a_function_has_the_stream_that_the_map_gives_its_id),
    SUITE_TEST(a_function_without_an_entry_in_the_map_is_refused),
    SUITE_TEST(a_second_owner_of_a_stream_is_refused),
    SUITE_TEST(every_master_reaches_memory_through_its_own_function),
    SUITE_TEST(a_stream_that_aborted_before_works_once_it_is_attached),
    SUITE_TEST(a_requester_of_the_host_bridge_has_its_requester_id_s_stream),
    {0},
};
