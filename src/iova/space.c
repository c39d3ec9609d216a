/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "space.h"

#include "base/memory.h"
#include "base/range.h"

static const unsigned known_flags = DMS_IOVA_NO_CACHES | DMS_IOVA_SIZE_INDEX;

/* The pages that the configuration leaves: whole ones, and never page 0. False: none. */
static bool config_pages(const struct dms_iova_config *config, uint64_t *start, uint64_t *end)
{
    struct dms_range range;

    if (!config->port || config->granule_lg2 < DMS_IOVA_GRANULE_LG2_MIN ||
        config->granule_lg2 > DMS_IOVA_GRANULE_LG2_MAX || config->flags & ~known_flags ||
        config->aperture.first > config->aperture.last)
        return false;
    if (!range_round_in(config->aperture, BIT64(config->granule_lg2), &range))
        return false;
    *start = range.first >> config->granule_lg2;
    *end = (range.last >> config->granule_lg2) + 1;
    if (*start == 0)
        *start = 1;
    return *start < *end;
}

int dms_iova_space_create(const struct dms_iova_config *config, struct dms_iova_space **out)
{
    struct dms_iova_space *space;
    uint64_t start, end;
    size_t size;
    int error;

    *out = NULL;
    if (!config_pages(config, &start, &end))
        return DMS_EINVAL;
    size = space_size(caches_wanted(config->port, config->flags));
    space = port_alloc(config->port, size);
    if (!space)
        return DMS_ENOMEM;
    space->size = size;
    space->port = config->port;
    space->granule_lg2 = config->granule_lg2;
    space->flags = config->flags;
    space->aperture = space_range(space, start, end);
    regions_init(&space->regions);
    gaps_init(&space->gaps, config->port);
    error = tree_init(&space->tree, config->port, start, end);
    if (!error && config->flags & DMS_IOVA_SIZE_INDEX)
        error = gaps_complete(&space->gaps, &space->tree);
    if (!error)
        caches_init(space, config->cache_bytes);
    port_lock_init(config->port, &space->lock);
    port_lock_init(config->port, &space->caches.freeze_lock);
    if (error) {
        dms_iova_space_destroy(space);
        return error;
    }
    *out = space;
    return 0;
}

void dms_iova_space_destroy(struct dms_iova_space *space)
{
    if (!space)
        return;
    caches_fini(space);
    gaps_fini(&space->gaps);
    regions_fini(&space->regions, space->port);
    tree_fini(&space->tree);
    port_lock_fini(space->port, &space->caches.freeze_lock);
    port_lock_fini(space->port, &space->lock);
    port_free(space->port, space, space->size);
}

struct dms_range dms_iova_aperture(const struct dms_iova_space *space)
{
    return space->aperture;
}

unsigned dms_iova_granule_lg2(const struct dms_iova_space *space)
{
    return space->granule_lg2;
}
