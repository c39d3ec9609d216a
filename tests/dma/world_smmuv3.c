/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The driver of the SMMUv3 on the SMMUv3 at register level, with a TLB that keeps what it may. */
#include "world.h"

#include <dmaspace/smmuv3.h>
#include <models/smmuv3/smmuv3_model.h>
#include <stdlib.h>

struct hardware {
    struct model_ram ram;
    struct smmuv3_model *model;
};

static bool smmuv3_access(struct world *world, dms_sid_t sid, dms_iova_t iova, uint32_t access,
                          uint64_t *pa)
{
    const struct hardware *hw = world->hardware;
    struct smmuv3_access a = {.sid = sid,
                              .write = (access & DMS_WRITE) != 0,
                              .instr = (access & DMS_EXEC) != 0,
                              .iova = iova,
                              .size = 1};
    struct smmuv3_result result = smmuv3_model_access(hw->model, &a, NULL);

    *pa = result.pa;
    return result.outcome != SMMUV3_ABORTED;
}

static void smmuv3_end(struct world *world)
{
    struct hardware *hw = world->hardware;

    assert_int_equal(dms_smmuv3_destroy(world->iommu), 0);
    smmuv3_model_destroy(hw->model);
    free(hw);
}

void world_make_smmuv3(struct world *world, enum world_smmuv3 kind)
{
    struct smmuv3_model_cfg cfg = smmuv3_model_default_cfg();
    struct hardware *hw = calloc(1, sizeof(*hw));
    struct dms_smmuv3_cfg driver = {.name = "smmuv3", .command_timeout_ns = WORLD_TIMEOUT_NS};
    struct dms_range ram;

    assert_non_null(hw);
    *world = (struct world){
        .name = "smmuv3", .hardware = hw, .access = smmuv3_access, .end = smmuv3_end};
    assert_int_equal(dms_posix_create(NULL, &world->posix), 0);
    ram = dms_posix_ram(world->posix);
    hw->ram = (struct model_ram){ram.first, ram.last - ram.first + 1, NULL};
    hw->ram.host = dms_posix_phys_ptr(world->posix, (dms_phys_t){ram.first}, hw->ram.size);
    cfg.memory = model_ram_memory(&hw->ram);
    if (kind == WORLD_SMMUV3_LATE) {
        cfg.commands = SMMUV3_CMDS_PER_ACCESS;
        cfg.ril = false;
        cfg.two_level = false;
        cfg.sid_bits = 8;
        driver.command_timeout_ns = WORLD_TIMEOUT_LATE_NS;
    }
    assert_int_equal(smmuv3_model_create(&cfg, &hw->model), 0);
    driver.port = dms_posix_port(world->posix);
    driver.mmio = smmuv3_model_mmio(hw->model);
    assert_int_equal(dms_smmuv3_create(&driver, &world->iommu), 0);
    world_begin(world);
}

struct smmuv3_model *world_model(const struct world *world)
{
    return ((const struct hardware *)world->hardware)->model;
}
