/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "map_oracle.h"

#include <dmaspace/error.h>
#include <stddef.h>

const struct oracle_target oracle_targets[] = {
    {"smmu@10", 0x10, 1, false},   {"smmu@11", 0x11, 2, false},   {"iommu@12", 0x12, 3, false},
    {"iommu@13", 0x13, 0, false},  {"smmu@14", 0x14, 1, true},    {"smmu@15", 0x15, 2, true},
    {"iommu@16", 0x16, -1, false}, {"iommu@17", 0x17, 16, false}, {"iommu@18", 0x18, 17, false},
};
const unsigned oracle_target_count = sizeof(oracle_targets) / sizeof(oracle_targets[0]);

/* One entry as a row of a table. */
struct row {
    int error; /* instead of an entry: DMS_ENOENT at the end */
    uint32_t base;
    uint32_t length;
    const struct oracle_target *target;
    unsigned ncells;
    uint32_t cells[16];
    unsigned next; /* where the next row begins */
};

static const struct oracle_target *find_target(uint32_t phandle)
{
    for (unsigned i = 0; i < oracle_target_count; i++) {
        if (oracle_targets[i].phandle == phandle)
            return &oracle_targets[i];
    }
    return NULL;
}

static bool is_legacy(const struct oracle_map *map)
{
    const struct oracle_target *first = map->count >= 4 ? find_target(map->cells[1]) : NULL;

    if (!first || first->cells != 2 || map->count % 4 != 0)
        return false;
    for (unsigned i = 0; i < map->count; i++) {
        if (i % 4 == 1 && map->cells[i] != map->cells[1])
            return false;
        if (i % 4 == 3 && map->cells[i] != 1)
            return false;
    }
    return true;
}

static struct row read_row(const struct oracle_map *map, unsigned at)
{
    struct row row = {0};

    if (at == map->count)
        return (struct row){.error = DMS_ENOENT};
    if (at + 1 == map->count)
        return (struct row){.error = DMS_EINVAL};
    row.base = map->cells[at];
    if ((row.base | map->mask) != map->mask)
        return (struct row){.error = DMS_EFAULT};
    row.target = find_target(map->cells[at + 1]);
    if (!row.target)
        return (struct row){.error = DMS_ENODEV};
    row.ncells = row.target->cells == -1 || is_legacy(map) ? 1 : (unsigned)row.target->cells;
    if (row.ncells > 16 || at + 3 + row.ncells > map->count)
        return (struct row){.error = DMS_EINVAL};
    for (unsigned i = 0; i < row.ncells; i++)
        row.cells[i] = map->cells[at + 2 + i];
    row.length = map->cells[at + 2 + row.ncells];
    row.next = at + 3 + row.ncells;
    return row;
}

static struct oracle_answer answer(const struct row *row, uint32_t masked)
{
    struct oracle_answer result = {.target = row->target, .ncells = row->ncells};

    if (row->ncells > 1 && row->length > 1)
        return (struct oracle_answer){.error = DMS_EINVAL};
    if (row->target->disabled)
        return (struct oracle_answer){.error = DMS_ENODEV};
    for (unsigned i = 0; i < row->ncells; i++)
        result.cells[i] = (uint32_t)((uint64_t)row->cells[i] + masked - row->base);
    return result;
}

struct oracle_answer oracle_resolve(const struct oracle_map *map, uint32_t id, unsigned nth)
{
    uint64_t masked = id & map->mask;
    unsigned seen = 0;
    struct row row = read_row(map, 0);

    for (; row.error == 0; row = read_row(map, row.next)) {
        bool inside = masked >= row.base && masked < (uint64_t)row.base + row.length;

        if (inside && seen == nth)
            return answer(&row, (uint32_t)masked);
        seen += inside;
    }
    if (row.error == DMS_ENOENT && nth == 0)
        row.error = DMS_ENODEV;
    return (struct oracle_answer){.error = row.error};
}

unsigned oracle_count(const struct oracle_map *map, int *error)
{
    unsigned count = 0;
    struct row row = read_row(map, 0);

    for (; row.error == 0; row = read_row(map, row.next))
        count++;
    *error = row.error;
    return count;
}
