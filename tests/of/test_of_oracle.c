/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Random maps, sound, odd and malformed, through iommu-map and through the oracle:
 * 1. Every id, at every position among its entries, gets the oracle's answer.
 * 2. Listing yields as many entries as the oracle reads, and ends with its error.
 * 3. With and without an index the answers are the same.
 */
#include "fdt_builder.h"
#include "map_oracle.h"
#include "of_random.h"

#include <stdio.h>
#include <string.h>

#define TREES         150
#define MAPS_PER_TREE 24
#define IDS_PER_MAP   40

static struct of_random rng;
static struct oracle_map maps[MAPS_PER_TREE];

static uint32_t random_id(void)
{
    static const uint32_t edges[] = {0xff, 0x100, 0xffff, 0x10000, 0x7fffffff, 0xffffffff};

    if (of_random_one_in(&rng, 8))
        return edges[of_random_below(&rng, 6)];
    return of_random_one_in(&rng, 12) ? of_random_u32(&rng) : of_random_below(&rng, 24);
}

static uint32_t random_phandle(void)
{
    if (of_random_one_in(&rng, 40))
        return of_random_one_in(&rng, 2) ? 0 : of_random_u32(&rng);
    /* The last target of all is too wide for any map. */
    return oracle_targets[of_random_below(&rng, oracle_target_count -
                                                    (of_random_one_in(&rng, 10) ? 0 : 1))]
        .phandle;
}

static uint32_t random_mask(void)
{
    static const uint32_t masks[] = {0xff, 0xffff, 0xfffffff0, 0};

    if (!of_random_one_in(&rng, 3))
        return UINT32_MAX;
    return of_random_one_in(&rng, 4) ? of_random_u32(&rng) : masks[of_random_below(&rng, 4)];
}

/* An id-base, rarely with bits outside the mask. */
static uint32_t random_base(const struct oracle_map *map)
{
    return of_random_one_in(&rng, 30) ? random_id() : random_id() & map->mask;
}

static void put(struct oracle_map *map, uint32_t cell)
{
    if (map->count < ORACLE_MAX_CELLS)
        map->cells[map->count++] = cell;
}

static uint32_t random_length(int32_t ncells)
{
    if (ncells > 1)
        return of_random_one_in(&rng, 6) ? of_random_below(&rng, 4) : 1;
    return of_random_one_in(&rng, 20) ? of_random_u32(&rng) : of_random_below(&rng, 6);
}

static void put_entry(struct oracle_map *map)
{
    uint32_t phandle = random_phandle();
    int32_t ncells = 1;

    for (unsigned i = 0; i < oracle_target_count; i++) {
        if (oracle_targets[i].phandle == phandle && oracle_targets[i].cells >= 0)
            ncells = oracle_targets[i].cells;
    }
    put(map, random_base(map));
    put(map, phandle);
    for (int32_t i = 0; i < ncells; i++)
        put(map, of_random_one_in(&rng, 8) ? of_random_u32(&rng) : of_random_below(&rng, 0x2000));
    put(map, random_length(ncells));
}

static void put_legacy_entries(struct oracle_map *map)
{
    uint32_t phandle = of_random_one_in(&rng, 4) ? random_phandle() : 0x11;

    for (uint32_t i = of_random_below(&rng, 16); i-- > 0;) {
        put(map, random_base(map));
        put(map, phandle);
        put(map, of_random_below(&rng, 0x2000));
        put(map, of_random_one_in(&rng, 40) ? 2 : 1);
    }
}

static void random_map(struct oracle_map *map)
{
    memset(map, 0, sizeof(*map));
    map->mask = random_mask();
    if (of_random_one_in(&rng, 4))
        put_legacy_entries(map);
    else
        for (uint32_t i = of_random_below(&rng, 8); i-- > 0;)
            put_entry(map);
    if (map->count > 0 && of_random_one_in(&rng, 6))
        map->cells[of_random_below(&rng, map->count)] = random_id();
    if (map->count > 0 && of_random_one_in(&rng, 6))
        map->count = of_random_below(&rng, map->count);
}

static struct fdt_builder *build_tree(void)
{
    struct fdt_builder *fb = fb_begin();

    for (unsigned i = 0; i < oracle_target_count; i++) {
        fb_node(fb, oracle_targets[i].name);
        fb_cells(fb, "phandle", oracle_targets[i].phandle);
        if (oracle_targets[i].cells >= 0)
            fb_cells(fb, "#iommu-cells", (uint32_t)oracle_targets[i].cells);
        if (oracle_targets[i].disabled)
            fb_str(fb, "status", "disabled");
        fb_end(fb);
    }
    for (unsigned i = 0; i < MAPS_PER_TREE; i++) {
        char name[16];

        random_map(&maps[i]);
        snprintf(name, sizeof(name), "master@%x", i);
        fb_node(fb, name);
        fb_cell_array(fb, "iommu-map", maps[i].cells, maps[i].count);
        if (maps[i].mask != UINT32_MAX || of_random_one_in(&rng, 2))
            fb_cells(fb, "iommu-map-mask", maps[i].mask);
        fb_end(fb);
    }
    fb_open(fb);
    return fb;
}

static void print_map(const struct oracle_map *map)
{
    print_error("DMS_SEED=%" PRIu64 ", mask 0x%x, map <", rng.seed, map->mask);
    for (unsigned i = 0; i < map->count; i++)
        print_error(" 0x%x", map->cells[i]);
    print_error(" >\n");
}

static bool same_answer(struct fdt_builder *fb, const struct oracle_answer *expected, int error,
                        const struct dms_of_spec *spec)
{
    if (error != expected->error)
        return false;
    return error != 0 || (strcmp(dms_of_name(&fb->of, spec->iommu), expected->target->name) == 0 &&
                          spec->ncells == expected->ncells &&
                          memcmp(spec->cells, expected->cells, 4 * (size_t)spec->ncells) == 0);
}

static void compare_id(struct fdt_builder *fb, const struct dms_of *of, dms_of_node_t node,
                       const struct oracle_map *map, uint32_t id, unsigned nth)
{
    struct oracle_answer expected = oracle_resolve(map, id, nth);
    struct dms_of_spec spec;
    int error = dms_of_map_id(of, node, id, nth, &spec, &fb->diag);

    if (same_answer(fb, &expected, error, &spec))
        return;
    print_map(map);
    print_error("id 0x%x, entry %u: %s, expected %s\n", id, nth, dms_errname(error),
                dms_errname(expected.error));
    fail();
}

static void compare_listing(struct fdt_builder *fb, dms_of_node_t node,
                            const struct oracle_map *map)
{
    struct dms_of_map it;
    struct dms_of_map_entry entry;
    int expected_error;
    unsigned expected = oracle_count(map, &expected_error);
    unsigned count = 0;
    int error = dms_of_map_begin(&fb->of, node, &it, NULL);

    while (error == 0 && (error = dms_of_map_next(&it, &entry, NULL)) == 0)
        count++;
    if (count == expected && error == expected_error)
        return;
    print_map(map);
    print_error("%u entries and %s, expected %u and %s\n", count, dms_errname(error), expected,
                dms_errname(expected_error));
    fail();
}

static void random_maps_resolve_as_the_oracle_says(void **state)
{
    unsigned resolved = 0;
    (void)state;

    rng = of_random_begin();
    for (unsigned tree = 0; tree < TREES; tree++) {
        struct fdt_builder *fb = build_tree();
        struct dms_of bare = fb->of;
        dms_of_node_t node = DMS_OF_NONE;

        bare.index = NULL;
        for (unsigned i = 0; i < MAPS_PER_TREE; i++) {
            node = dms_of_next_master(&fb->of, node);
            compare_listing(fb, node, &maps[i]);
            for (unsigned k = 0; k < IDS_PER_MAP; k++) {
                uint32_t id = random_id();

                compare_id(fb, k % 4 ? &fb->of : &bare, node, &maps[i], id, k % 3);
                resolved += oracle_resolve(&maps[i], id, k % 3).error == 0;
            }
        }
        assert_int_equal(dms_of_next_master(&fb->of, node), DMS_OF_NONE);
    }
    /* Otherwise the maps would be too odd to tell anything. */
    assert_true(resolved > TREES * MAPS_PER_TREE * IDS_PER_MAP / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_maps_resolve_as_the_oracle_says),
    };

    return cmocka_run_group_tests_name("of_oracle", tests, NULL, NULL);
}
