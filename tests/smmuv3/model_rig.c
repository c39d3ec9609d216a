/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "model_rig.h"

#include "../cmocka_all.h"

#include <string.h>

#define RAM_BYTES    (UINT64_C(256) << 20)
#define BUFFER_ALIGN (UINT64_C(2) << 20)

static void keep_event(void *ctx, struct dms_iommu *iommu, const struct dms_iommu_event *event)
{
    struct model_rig *rig = ctx;

    (void)iommu;
    if (rig->event_count < RIG_EVENTS_MAX)
        rig->events[rig->event_count] = *event;
    rig->event_count++;
}

static void no_log(void *ctx, enum dms_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)line;
}

void rig_init(struct model_rig *rig)
{
    const struct dms_posix_cfg posix_cfg = {.ram_size = RAM_BYTES, .log = no_log};
    struct dms_range ram;

    memset(rig, 0, sizeof(*rig));
    assert_int_equal(dms_posix_create(&posix_cfg, &rig->posix), 0);
    ram = dms_posix_ram(rig->posix);
    rig->ram = (struct model_ram){
        .base = ram.first,
        .size = RAM_BYTES,
        .host = dms_posix_phys_ptr(rig->posix, (dms_phys_t){ram.first}, RAM_BYTES),
    };
    rig->model_cfg = smmuv3_model_default_cfg();
    rig->model_cfg.memory = model_ram_memory(&rig->ram);
    rig->cfg = (struct dms_smmuv3_cfg){.port = dms_posix_port(rig->posix), .name = "smmu"};
}

int rig_start(struct model_rig *rig)
{
    int err;

    assert_int_equal(smmuv3_model_create(&rig->model_cfg, &rig->model), 0);
    rig->cfg.mmio = smmuv3_model_mmio(rig->model);
    err = dms_smmuv3_create(&rig->cfg, &rig->iommu);
    if (err)
        return err;
    rig->iommu->on_event = keep_event;
    rig->iommu->on_event_ctx = rig;
    return 0;
}

void rig_stop(struct model_rig *rig)
{
    struct dms_posix_stats stats;

    assert_int_equal(dms_smmuv3_destroy(rig->iommu), 0);
    rig->iommu = NULL;
    dms_posix_stats(rig->posix, &stats);
    assert_int_equal(stats.objects, 0);
    assert_int_equal(stats.tables, 0);
}

void rig_fini(struct model_rig *rig)
{
    smmuv3_model_destroy(rig->model);
    dms_posix_destroy(rig->posix);
}

struct dms_iommu_domain *rig_domain(struct model_rig *rig, unsigned granule_lg2)
{
    const struct dms_iommu_domain_cfg cfg = {.granule_lg2 = (uint8_t)granule_lg2};
    struct dms_iommu_domain *domain = NULL;

    assert_int_equal(rig->iommu->ops->domain_create(rig->iommu, &cfg, &domain), 0);
    return domain;
}

void *rig_buffer(struct model_rig *rig, size_t size, dms_phys_t *phys)
{
    void *buffer = dms_posix_ram_alloc(rig->posix, size, BUFFER_ALIGN, phys);

    assert_non_null(buffer);
    memset(buffer, 0, size);
    return buffer;
}

struct smmuv3_result rig_access(struct model_rig *rig, uint32_t sid, uint64_t iova, bool write,
                                void *buf, size_t size)
{
    const struct smmuv3_access access = {.sid = sid, .iova = iova, .write = write, .size = size};

    return smmuv3_model_access(rig->model, &access, buf);
}

bool rig_reads(struct model_rig *rig, uint32_t sid, uint64_t iova, uint64_t expected)
{
    uint64_t value = ~expected;

    return rig_access(rig, sid, iova, false, &value, sizeof(value)).outcome == SMMUV3_OK &&
           value == expected;
}

bool rig_writes(struct model_rig *rig, uint32_t sid, uint64_t iova, uint64_t value)
{
    return rig_access(rig, sid, iova, true, &value, sizeof(value)).outcome == SMMUV3_OK;
}

void rig_assert_fault(struct model_rig *rig, uint32_t sid, uint64_t iova, bool write,
                      enum dms_fault_reason reason)
{
    const struct dms_iommu_event *event = &rig->events[0];
    uint64_t value = 0;

    rig->iommu->ops->poll(rig->iommu);
    rig->event_count = 0;
    assert_int_equal(rig_access(rig, sid, iova, write, &value, sizeof(value)).outcome,
                     SMMUV3_ABORTED);
    assert_int_equal(rig->iommu->ops->poll(rig->iommu), 1);
    assert_int_equal(rig->event_count, 1);
    assert_int_equal(event->reason, reason);
    assert_int_equal(event->sid, sid);
    if (event->has_iova) {
        assert_int_equal(event->iova, iova);
        assert_int_equal(event->access, write ? DMS_WRITE : DMS_READ);
    }
}
