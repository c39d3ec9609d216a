/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../device/fake_iommu.h"
#include "world.h"

static bool fake_world_access(struct world *world, dms_sid_t sid, dms_iova_t iova, uint32_t access,
                              uint64_t *pa)
{
    dms_phys_t phys = {0};

    if (fake_access(world->hardware, sid, iova, access, &phys, NULL) != 0)
        return false;
    *pa = phys.addr;
    return true;
}

static void fake_world_end(struct world *world)
{
    assert_int_equal(fake_stale_pages(world->hardware), 0);
    fake_iommu_destroy(world->hardware);
}

void world_make_fake(struct world *world)
{
    *world = (struct world){.name = "fake", .access = fake_world_access, .end = fake_world_end};
    assert_int_equal(dms_posix_create(NULL, &world->posix), 0);
    world->hardware = fake_iommu_create(dms_posix_port(world->posix), "fake", 12);
    world->iommu = fake_iommu_base(world->hardware);
    world_begin(world);
}
