/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * With interrupts, the SMMU says by itself that there is something to poll; without, it keeps
 * still.
 */
#include "suite.h"

static unsigned count(const struct suite *suite, enum suite_irq irq)
{
    return suite->machine->irq_count(suite->machine->ctx, irq);
}

static bool start(struct suite *suite, uint32_t flags)
{
    return !suite_lacks(suite, SUITE_INTERRUPTS) &&
           suite_start(suite, &(struct suite_options){.flags = flags}) &&
           suite_function(suite, 0, NULL);
}

static void a_fault_raises_one_event_interrupt(struct suite *suite)
{
    unsigned before;

    if (!start(suite, DMS_SMMUV3_IRQ))
        return;
    before = count(suite, SUITE_IRQ_EVENTQ);
    for (unsigned i = 1; i <= 3; i++) {
        suite->machine->post(suite->machine->ctx, 0, 0x10000, 1);
        CHECK_EQUAL(suite, count(suite, SUITE_IRQ_EVENTQ), before + i);
        CHECK_EQUAL(suite, dms_smmuv3_interrupt(suite->iommu), 1);
        CHECK_EQUAL(suite, suite->nfaults, i);
    }
}

static void a_refused_command_raises_an_error_interrupt(struct suite *suite)
{
    struct dms_device *dev;
    uint8_t *buffer;
    unsigned before;
    dms_iova_t iova;

    if (!start(suite, DMS_SMMUV3_IRQ))
        return;
    dev = suite->functions[0];
    buffer = suite_buffer(suite, 0x1000);
    if (!buffer)
        return;
    iova = suite_map(suite, dev, buffer, 0x1000);
    before = count(suite, SUITE_IRQ_GERROR);
    suite->spoil_command = true;
    CHECK_EQUAL(suite, dms_unmap(dev, iova, 0x1000, NULL), DMS_EIO);
    CHECK_EQUAL(suite, count(suite, SUITE_IRQ_GERROR), before + 1);
    CHECK_EQUAL(suite, dms_flush(dev), 0);
}

static void without_interrupts_polling_finds_the_faults(struct suite *suite)
{
    unsigned before;

    if (!start(suite, 0))
        return;
    before = count(suite, SUITE_IRQ_EVENTQ);
    suite->machine->post(suite->machine->ctx, 0, 0x10000, 1);
    CHECK_EQUAL(suite, count(suite, SUITE_IRQ_EVENTQ), before);
    suite_poll(suite);
    CHECK_EQUAL(suite, suite->nfaults, 1);
}

const struct suite_test suite_interrupts[] = {
    SUITE_TEST(a_fault_raises_one_event_interrupt),
    SUITE_TEST(a_refused_command_raises_an_error_interrupt),
    SUITE_TEST(without_interrupts_polling_finds_the_faults),
    {0},
};
