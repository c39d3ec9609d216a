// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices whose memory-region leads to iommu-addresses, and devices below dma-ranges. Only what every
 * reader must take the same way: Linux reads beyond the end of a list that is cut short.
 */

#include "generate.h"

#define MAX_REGIONS 3

static uint32_t next_phandle = SPACE_PHANDLE;

/* A bus with its own cells for addresses and sizes. */
struct bus {
	const char *name;
	uint32_t address, size;
};

static const struct bus buses[] = {
	{ "wide", 2, 2 }, { "narrow", 1, 1 }, { "mixed", 2, 1 }, { "small", 1, 2 },
};
#define NUM_BUSES (sizeof(buses) / sizeof(buses[0]))

static void put_number(struct list *l, uint32_t cells, uint64_t number)
{
	if (cells == 2)
		put(l, (uint32_t)(number >> 32));
	put(l, (uint32_t)number);
}

static uint64_t some_address(uint32_t cells)
{
	uint64_t high = cells == 2 && below(2) ? below(0x100) : 0;

	return high << 32 | (rnd() & 0xfffff000u);
}

static uint64_t some_size(uint32_t cells)
{
	return below(8) || cells < 2 ? ((uint64_t)1 + below(0x4000)) << 12 : (uint64_t)below(16) << 32;
}

static int add_bus(int parent, const struct bus *bus)
{
	int node = must(fdt_add_subnode(fdt, parent, bus->name));

	must(fdt_setprop_u32(fdt, node, "#size-cells", bus->size));
	must(fdt_setprop_u32(fdt, node, "#address-cells", bus->address));
	return node;
}

struct region {
	uint64_t base, size, reg_base, reg_size;
	int has_reg, entries;
};

static struct region some_region(const struct bus *bus)
{
	struct region r = { some_address(bus->address), some_size(bus->size), 0, 0, 0, 1 };

	if (!below(8))
		r.size = 0;
	r.has_reg = below(3) > 0;
	r.reg_base = below(2) ? r.base : some_address(2);
	r.reg_size = below(4) ? r.size : some_size(2);
	r.entries += (int)below(2);
	return r;
}

/* The entry of a device on another bus comes first now and then: it is skipped whole. */
static void put_entries(struct list *l, const struct bus *bus, const struct region *r,
			uint32_t device, uint32_t other)
{
	if (other && !below(3)) {
		put(l, other);
		put_number(l, 2, some_address(2));
		put_number(l, 2, some_size(2));
	}
	for (int i = 0; i < r->entries; i++) {
		put(l, device);
		put_number(l, bus->address, r->base + ((uint64_t)i << 24));
		put_number(l, bus->size, r->size);
	}
}

static uint32_t add_region(int memory, const struct bus *bus, uint32_t device, uint32_t other)
{
	struct region r = some_region(bus);
	struct list addresses = { .num = 0 }, reg = { .num = 0 };
	uint32_t phandle = next_phandle++;
	char name[16];
	int node;

	snprintf(name, sizeof(name), "m%x", phandle & 0xffff);
	node = must(fdt_add_subnode(fdt, memory, name));
	if (below(16)) {
		put_entries(&addresses, bus, &r, device, other);
		set_cells(node, "iommu-addresses", &addresses, 0);
	}
	if (r.has_reg) {
		put_number(&reg, 2, r.reg_base);
		put_number(&reg, 2, r.reg_size);
		set_cells(node, "reg", &reg, 0);
	}
	must(fdt_setprop_u32(fdt, node, "phandle", phandle));
	return phandle;
}

static void region_case(unsigned int number, uint32_t other)
{
	const struct bus *bus = &buses[below(NUM_BUSES)];
	struct list regions = { .num = 0 };
	uint32_t device = next_phandle++;
	char path[48];
	int node;

	for (int n = 1 + (int)below(MAX_REGIONS); n--;) {
		int memory = must(fdt_path_offset(fdt, "/oracle-memory"));

		put(&regions, below(12) ? add_region(memory, bus, device, other) : NO_PHANDLE);
	}
	snprintf(path, sizeof(path), "/oracle-spaces/%s", bus->name);
	node = must(fdt_path_offset(fdt, path));
	snprintf(path, sizeof(path), "r%u", number);
	node = must(fdt_add_subnode(fdt, node, path));
	must(fdt_setprop_u32(fdt, node, "phandle", device));
	set_cells(node, "memory-region", &regions, 0);
	snprintf(path, sizeof(path), "/oracle-spaces/%s/r%u", bus->name, number);
	ask_for(path, "regions", "regions");
}

/* A bus of its own, perhaps below one that passes everything on. */
static void aperture_case(unsigned int number)
{
	struct bus bus = buses[below(NUM_BUSES)];
	struct list ranges = { .num = 0 }, map = { .num = 0 };
	char name[16], path[48];
	int node;

	snprintf(name, sizeof(name), "b%u", number);
	bus.name = name;
	node = must(fdt_path_offset(fdt, below(2) ? "/oracle-spaces/through" : "/oracle-spaces"));
	node = add_bus(node, &bus);
	for (int n = (int)below(4); n--;) {
		put_number(&ranges, bus.address, some_address(bus.address));
		put_number(&ranges, 2, some_address(2));
		put_number(&ranges, bus.size, 0x1000 + ((uint64_t)below(0x1000) << 12));
	}
	if (ranges.num || below(2))
		set_cells(node, "dma-ranges", &ranges, 0);
	node = must(fdt_add_subnode(fdt, node, "device"));
	put(&map, 0);
	put(&map, FIRST_PHANDLE + TARGET_ONE);
	put(&map, 0);
	put(&map, 1);
	set_cells(node, "iommu-map", &map, 0);
	must(fdt_get_path(fdt, node, path, sizeof(path)));
	ask_for(path, "aperture", "aperture");
}

void add_space_cases(unsigned int num)
{
	uint32_t other = next_phandle++;
	int node, memory;

	memory = add_bus(0, &(struct bus){ "oracle-memory", 2, 2 });
	must(fdt_setprop_empty(fdt, memory, "ranges"));
	node = add_bus(0, &(struct bus){ "oracle-spaces", 2, 2 });
	must(fdt_setprop_empty(fdt, node, "dma-ranges"));
	for (unsigned int i = 0; i < NUM_BUSES; i++)
		add_bus(node, &buses[i]);
	node = add_bus(node, &(struct bus){ "through", 2, 2 });
	must(fdt_setprop_empty(fdt, node, "dma-ranges"));
	node = must(fdt_add_subnode(fdt, node, "other"));
	must(fdt_setprop_u32(fdt, node, "phandle", other));
	while (num--) {
		region_case(num, other);
		aperture_case(num);
	}
}
