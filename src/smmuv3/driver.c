/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Making and unmaking an instance. */
#include "smmuv3_internal.h"

#define DEFAULT_TIMEOUT_NS UINT64_C(1000000000)
#define DEFAULT_CMDQ_LG2   8
#define DEFAULT_EVTQ_LG2   9

static unsigned poll(struct dms_iommu *iommu)
{
    return dms_smmuv3_interrupt(iommu);
}

static const struct dms_iommu_ops smmu_ops = {
    .domain_create = smmu_domain_create,
    .domain_destroy = smmu_domain_destroy,
    .attach = smmu_attach,
    .detach = smmu_detach,
    .map = smmu_map,
    .map_list = smmu_map_list,
    .unmap = smmu_unmap,
    .flush = smmu_flush,
    .iova_to_phys = smmu_iova_to_phys,
    .next_mapping = smmu_next_mapping,
    .poll = poll,
};

unsigned dms_smmuv3_interrupt(struct dms_iommu *iommu)
{
    struct smmu *smmu = smmu_of(iommu);

    smmu_gerror_handle(smmu);
    return smmu_evtq_drain(smmu);
}

static bool port_is_complete(const struct dms_port *port)
{
    bool locks = port->lock_init && port->lock_fini && port->lock && port->unlock;
    bool no_locks = !port->lock_init && !port->lock_fini && !port->lock && !port->unlock;

    return port->alloc && port->free && port->table_alloc && port->table_free && port->now_ns &&
           (locks || no_locks);
}

static bool cfg_is_sound(const struct dms_smmuv3_cfg *cfg)
{
    return cfg->port && port_is_complete(cfg->port) && cfg->mmio.read32 && cfg->mmio.write32 &&
           cfg->strtab <= DMS_SMMUV3_STRTAB_TWO_LEVEL && cfg->sid_bits <= 32 &&
           cfg->cmdq_lg2 <= QUEUE_LG2_MAX && cfg->evtq_lg2 <= QUEUE_LG2_MAX &&
           !(cfg->flags & ~(uint32_t)(DMS_SMMUV3_NO_RANGE | DMS_SMMUV3_IRQ));
}

static void apply_cfg(struct smmu *smmu, const struct dms_smmuv3_cfg *cfg)
{
    smmu->iommu.ops = &smmu_ops;
    smmu->iommu.port = cfg->port;
    smmu->iommu.name = cfg->name ? cfg->name : "smmuv3";
    smmu->mmio = cfg->mmio;
    smmu->irq = cfg->flags & DMS_SMMUV3_IRQ;
    smmu->timeout_ns = cfg->command_timeout_ns ? cfg->command_timeout_ns : DEFAULT_TIMEOUT_NS;
}

static int identify(struct smmu *smmu, const struct dms_smmuv3_cfg *cfg)
{
    const struct smmu_idr idr = {
        .idr0 = smmu_read32(smmu, REG_IDR0),
        .idr1 = smmu_read32(smmu, REG_IDR1),
        .idr3 = smmu_read32(smmu, REG_IDR3),
        .idr5 = smmu_read32(smmu, REG_IDR5),
    };
    const char *why;
    int err = smmu_features_read(&idr, &smmu->features, &why);

    if (!err && cfg->strtab == DMS_SMMUV3_STRTAB_TWO_LEVEL && !smmu->features.two_level) {
        why = "no two-level stream tables (IDR0.ST_LEVEL), which were asked for";
        err = DMS_ENOTSUP;
    }
    if (err)
        smmu_log(smmu, DMS_LOG_ERROR, why);
    return err;
}

static uint8_t at_most(uint8_t value, uint8_t limit)
{
    return value < limit ? value : limit;
}

static bool wants_two_level(const struct smmu *smmu, const struct dms_smmuv3_cfg *cfg)
{
    if (cfg->strtab == DMS_SMMUV3_STRTAB_AUTO)
        return smmu->features.two_level && smmu->features.sid_bits > SPAN_LG2;
    return cfg->strtab == DMS_SMMUV3_STRTAB_TWO_LEVEL;
}

static int init_strtab(struct smmu *smmu, const struct dms_smmuv3_cfg *cfg)
{
    bool two_level = wants_two_level(smmu, cfg);
    uint8_t limit = two_level ? DMS_SMMUV3_TWO_LEVEL_SID_BITS : DMS_SMMUV3_LINEAR_SID_BITS;
    uint8_t sid_bits = at_most(smmu->features.sid_bits, limit);

    if (cfg->sid_bits)
        sid_bits = at_most(sid_bits, cfg->sid_bits);
    return smmu_strtab_init(smmu, two_level, sid_bits);
}

static int init_memory(struct smmu *smmu, const struct dms_smmuv3_cfg *cfg)
{
    uint8_t cmdq_lg2 = cfg->cmdq_lg2 ? cfg->cmdq_lg2 : DEFAULT_CMDQ_LG2;
    uint8_t evtq_lg2 = cfg->evtq_lg2 ? cfg->evtq_lg2 : DEFAULT_EVTQ_LG2;
    int err;

    smmu_asids_init(smmu, smmu->features.asid_bits);
    err = smmu_cmdq_init(smmu, at_most(cmdq_lg2, smmu->features.cmdq_lg2));
    if (!err)
        err = smmu_evtq_init(smmu, at_most(evtq_lg2, smmu->features.evtq_lg2));
    if (!err)
        err = init_strtab(smmu, cfg);
    if (!err)
        err = dms_pgtable_guard_init(&smmu->guard, smmu->iommu.port);
    return err;
}

/* What init_memory took, or a part of it. */
static void fini_memory(struct smmu *smmu)
{
    if (smmu->guard.port)
        dms_pgtable_guard_fini(&smmu->guard);
    smmu_strtab_fini(smmu);
    smmu_evtq_fini(smmu);
    smmu_cmdq_fini(smmu);
    smmu_asids_fini(smmu);
}

static void set_caps(struct smmu *smmu, const struct dms_smmuv3_cfg *cfg)
{
    const struct smmu_features *features = &smmu->features;

    smmu->iommu.caps = (struct dms_iommu_caps){
        .granules = features->granules,
        .input_bits = 48,
        .output_bits = features->output_bits,
        .sid_bits = smmu->strtab.sid_bits,
        .coherent_walk = features->coherent,
        .range_invalidate = features->range && !(cfg->flags & DMS_SMMUV3_NO_RANGE),
    };
}

static void release(struct smmu *smmu)
{
    const struct dms_port *port = smmu->iommu.port;
    struct list withheld;

    smmu_withheld_take(smmu, &withheld);
    smmu_withheld_free(&withheld);
    fini_memory(smmu);
    port_free(port, smmu, sizeof(*smmu));
}

/* Tables that a running SMMU may use are given up rather than given back. */
static int stop_and_release(struct smmu *smmu)
{
    int err;

    (void)smmu_set_abort(smmu);
    err = smmu_stop(smmu);
    if (err) {
        smmu_log(smmu, DMS_LOG_ERROR, "does not stop: its tables are not given back");
        smmu->abandoned = true;
    }
    release(smmu);
    return err;
}

int dms_smmuv3_create(const struct dms_smmuv3_cfg *cfg, struct dms_iommu **out)
{
    struct smmu *smmu;
    int err;

    if (!cfg_is_sound(cfg))
        return DMS_EINVAL;
    smmu = port_alloc(cfg->port, sizeof(*smmu));
    if (!smmu)
        return DMS_ENOMEM;
    apply_cfg(smmu, cfg);
    err = identify(smmu, cfg);
    if (!err)
        err = init_memory(smmu, cfg);
    if (err) {
        fini_memory(smmu);
        port_free(cfg->port, smmu, sizeof(*smmu));
        return err;
    }
    set_caps(smmu, cfg);
    err = smmu_start(smmu);
    if (err) {
        smmu_log(smmu, DMS_LOG_ERROR, "does not come up");
        (void)stop_and_release(smmu);
        return err;
    }
    smmu_log_setup(smmu);
    *out = &smmu->iommu;
    return DMS_OK;
}

int dms_smmuv3_destroy(struct dms_iommu *iommu)
{
    struct smmu *smmu = smmu_of(iommu);

    if (atomic_load_explicit(&smmu->domains, memory_order_relaxed))
        return DMS_EBUSY;
    return stop_and_release(smmu);
}
