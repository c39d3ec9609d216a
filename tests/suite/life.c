/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From an idle SMMU to function devices with buffers, and back. */
#include "registers.h"
#include "suite.h"

/* Names in the order of the masters. */
static const char *const names[SUITE_MASTERS_MAX] = {"alpha",   "beta", "gamma", "delta",
                                                     "epsilon", "zeta", "eta",   "theta"};

/* Below SID 0x200: two level-1 descriptors where there are two levels. */
#define SID_BITS 9

/* Or else the next test cannot begin. */
static void must(struct suite *suite, bool gone)
{
    suite->stuck = suite->stuck || !gone;
}

static void keep_fault(void *ctx, const struct dms_fault *fault)
{
    struct suite *suite = ctx;

    if (suite->nfaults < SUITE_FAULTS_MAX)
        suite->faults[suite->nfaults] = *fault;
    suite->nfaults++;
}

static bool start_smmu(struct suite *suite, const struct suite_options *options)
{
    const struct dms_smmuv3_cfg cfg = {
        .port = &suite->port,
        .mmio = suite_registers(suite),
        .name = "smmu",
        .strtab = suite->machine->strtab,
        .sid_bits = SID_BITS,
        .cmdq_lg2 = options->cmdq_lg2,
        .evtq_lg2 = options->evtq_lg2,
        .flags = options->flags,
        .command_timeout_ns = options->timeout_ns,
    };

    return CHECK_EQUAL(suite, dms_smmuv3_create(&cfg, &suite->iommu), 0);
}

static bool start_devices(struct suite *suite)
{
    const struct suite_machine *machine = suite->machine;
    const struct dms_machine_cfg cfg = {
        .port = &suite->port,
        .blob = machine->blob,
        .blob_size = machine->blob_size,
        .on_fault = keep_fault,
        .on_fault_ctx = suite,
    };
    const struct dms_device_cfg parent = {.name = "functions", .node = machine->functions_path};

    return CHECK_EQUAL(suite, dms_machine_create(&cfg, &suite->devices), 0) &&
           CHECK_EQUAL(
               suite, dms_machine_add_iommu(suite->devices, suite->iommu, machine->smmu_path), 0) &&
           CHECK_EQUAL(suite, dms_device_create(suite->devices, &parent, &suite->parent, NULL), 0);
}

bool suite_start(struct suite *suite, const struct suite_options *options)
{
    static const struct suite_options plain;

    return start_smmu(suite, options ? options : &plain) && start_devices(suite);
}

static void stop_devices(struct suite *suite)
{
    for (unsigned i = SUITE_MASTERS_MAX; i-- > 0;)
        suite_function_destroy(suite, i);
    if (suite->parent)
        must(suite,
             CHECK_EQUAL(suite, dms_device_destroy(suite->parent, DMS_DESTROY_IDLE, NULL), 0));
    suite->parent = NULL;
    if (suite->devices)
        must(suite, CHECK_EQUAL(suite, dms_machine_destroy(suite->devices, NULL), 0));
    suite->devices = NULL;
}

static void free_buffers(struct suite *suite)
{
    while (suite->nbuffers > 0) {
        const struct suite_buffer *buffer = &suite->buffers[--suite->nbuffers];

        suite->port.table_free(suite->port.ctx, buffer->ptr, buffer->size);
    }
}

void suite_stop(struct suite *suite)
{
    stop_devices(suite);
    if (suite->iommu)
        must(suite, CHECK_EQUAL(suite, dms_smmuv3_destroy(suite->iommu), 0));
    suite->iommu = NULL;
    free_buffers(suite);
    suite->nfaults = 0;
    CHECK_EQUAL(suite, suite->machine->live(suite->machine->ctx), suite->live);
}

struct dms_device *suite_function_create(struct suite *suite, unsigned master,
                                         const struct dms_device_cfg *cfg)
{
    static const struct dms_device_cfg plain = {.coherence = DMS_COHERENCE_SNOOPS};
    struct dms_device_cfg named = cfg ? *cfg : plain;

    named.name = names[master];
    if (!CHECK_EQUAL(suite,
                     dms_function_create(suite->parent, suite->machine->masters[master].function_id,
                                         &named, &suite->functions[master], NULL),
                     0))
        return NULL;
    return suite->functions[master];
}

struct dms_device *suite_function(struct suite *suite, unsigned master,
                                  const struct dms_device_cfg *cfg)
{
    struct dms_device *dev = suite_function_create(suite, master, cfg);

    if (!dev || !CHECK_EQUAL(suite, dms_attach(dev, NULL), 0))
        return NULL;
    return dev;
}

void suite_function_destroy(struct suite *suite, unsigned master)
{
    struct dms_device *dev = suite->functions[master];

    if (dev)
        must(suite, CHECK_EQUAL(suite, dms_device_destroy(dev, DMS_DESTROY_FORCE, NULL), 0));
    suite->functions[master] = NULL;
}

void *suite_buffer(struct suite *suite, size_t size)
{
    struct suite_buffer *buffer = &suite->buffers[suite->nbuffers];
    size_t align = 0x10000;
    dms_phys_t phys;

    if (!CHECK(suite, suite->nbuffers < SUITE_BUFFERS_MAX))
        return NULL;
    while (align < size && size % (2 * align) == 0)
        align *= 2;
    *buffer =
        (struct suite_buffer){suite->port.table_alloc(suite->port.ctx, size, align, &phys), size};
    if (!CHECK(suite, buffer->ptr != NULL))
        return NULL;
    suite->nbuffers++;
    return buffer->ptr;
}

dms_iova_t suite_map(struct suite *suite, struct dms_device *dev, void *ptr, size_t size)
{
    dms_iova_t iova = 0;

    CHECK_EQUAL(suite, dms_map(dev, ptr, size, DMS_BIDIRECTIONAL, NULL, &iova), 0);
    return iova;
}

void suite_unmap(struct suite *suite, struct dms_device *dev, dms_iova_t iova, size_t size)
{
    const struct dms_dma_opts strict = {.strict = true};

    CHECK_EQUAL(suite, dms_unmap(dev, iova, size, &strict), 0);
}

bool suite_user(struct suite *suite, unsigned master, const struct dms_device_cfg *cfg, size_t size,
                struct suite_user *user)
{
    *user = (struct suite_user){.master = master, .size = size};
    user->dev = suite_function(suite, master, cfg);
    user->buffer = suite_buffer(suite, size);
    return user->dev && user->buffer;
}

bool suite_lacks(struct suite *suite, enum suite_feature feature)
{
    const char *why = suite->machine->lacks(suite->machine->ctx, feature);
    size_t i = 0;

    if (!why)
        return false;
    for (; why[i] && i + 1 < sizeof(suite->skipped); i++)
        suite->skipped[i] = why[i];
    suite->skipped[i] = '\0';
    return true;
}
