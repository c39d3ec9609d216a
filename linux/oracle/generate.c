// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: generate BASE.dtb OUT.dtb QUERIES CLASSES SEED NODES
 *
 * Adds NODES device nodes with valid, odd and malformed iommu-map or iommus properties to a device
 * tree, and half as many with iommu-addresses or below dma-ranges. QUERIES gets lines "PATH ID" or
 * "PATH", as `dmaspace resolve --batch` reads them, "PATH regions" and "PATH aperture"; CLASSES gets
 * the kind of case of each, line by line.
 */

#include "generate.h"

#include <stdlib.h>
#include <string.h>

#define ROOM (4u << 20)

void *fdt;
static uint64_t state;
static FILE *queries, *classes;

/* splitmix64 */
uint32_t rnd(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)(z >> 32);
}

uint32_t below(uint32_t n)
{
	return rnd() % n;
}

int must(int ret)
{
	if (ret < 0) {
		fprintf(stderr, "generate: %s\n", fdt_strerror(ret));
		exit(1);
	}
	return ret;
}

/* The targets: phandles from FIRST_PHANDLE on, in this order. */
static const struct target {
	const char *name;
	int cells; /* -1: no #iommu-cells */
	int disabled;
} targets[] = {
	{ "one", 1, 0 },     { "uno", 1, 0 },	 { "none", 0, 0 },	  { "two", 2, 0 },
	{ "three", 3, 0 },   { "sixteen", 16, 0 }, { "seventeen", 17, 0 }, { "unsaid", -1, 0 },
	{ "off", 1, 1 },
};
enum { ONE = TARGET_ONE, UNO, NONE, TWO, THREE, SIXTEEN, SEVENTEEN, UNSAID, OFF, NUM_TARGETS };

static void add_targets(int parent)
{
	for (int i = NUM_TARGETS; i--;) {
		int node = must(fdt_add_subnode(fdt, parent, targets[i].name));

		must(fdt_setprop_u32(fdt, node, "phandle", FIRST_PHANDLE + (uint32_t)i));
		if (targets[i].cells >= 0)
			must(fdt_setprop_u32(fdt, node, "#iommu-cells",
					     (uint32_t)targets[i].cells));
		if (targets[i].disabled)
			must(fdt_setprop_string(fdt, node, "status", "disabled"));
	}
}

void put(struct list *l, uint32_t value)
{
	if (l->num < MAX_CELL)
		l->cell[l->num++] = value;
}

static void put_spec(struct list *l, int target, uint32_t out)
{
	int cells = targets[target].cells < 0 ? 1 : targets[target].cells;

	put(l, FIRST_PHANDLE + (uint32_t)target);
	for (int i = 0; i < cells; i++)
		put(l, i ? rnd() : out);
}

struct entry {
	uint32_t base, len;
};

#define MAX_ENTRIES 6

struct map {
	struct entry entry[MAX_ENTRIES];
	int num;
	struct list cells;
	uint32_t mask;
	int has_mask;
	uint32_t cut; /* bytes missing at the end */
};

static void put_entry(struct map *m, int target, uint32_t base, uint32_t len)
{
	m->entry[m->num++] = (struct entry){ base, len };
	put(&m->cells, base);
	put_spec(&m->cells, target, rnd() >> below(32));
	put(&m->cells, len);
}

static uint32_t some_base(void)
{
	return below(4) ? below(0x400) : rnd() >> 1;
}

static uint32_t some_len(void)
{
	switch (below(5)) {
	case 0:
		return 1;
	case 1:
		return 0x10000;
	case 2:
		return 0;
	default:
		return 1 + below(0x80);
	}
}

/* Each kind of map fills it and returns its class. */
static const char *plain(struct map *m)
{
	for (int n = 1 + (int)below(MAX_ENTRIES); n--;)
		put_entry(m, below(2) ? ONE : UNO, some_base(), some_len());
	return "plain";
}

static const char *masked(struct map *m)
{
	m->has_mask = 1;
	m->mask = below(2) ? 0xffff : 0xff00;
	for (int n = 1 + (int)below(MAX_ENTRIES); n--;)
		put_entry(m, ONE, below(0x10000) & m->mask, some_len());
	return "plain";
}

static const char *mask_ignores_base(struct map *m)
{
	masked(m);
	m->mask = 0xff00;
	put(&m->cells, 0x1234);
	put_spec(&m->cells, ONE, 1);
	put(&m->cells, 1);
	return "mask-ignores-base";
}

static const char *wraps(struct map *m)
{
	put_entry(m, ONE, 0xfffffff0u + below(16), 1 + below(0x40));
	put_entry(m, UNO, below(0x40), 0xffffffffu - below(2));
	return "range-past-2^32";
}

static const char *many_cells(struct map *m)
{
	static const int wide[] = { NONE, TWO, THREE, SIXTEEN };

	for (int n = 1 + (int)below(4); n--;)
		put_entry(m, wide[below(4)], some_base(), below(4) ? 1 : some_len());
	return "output-cells";
}

static const char *legacy(struct map *m)
{
	for (int n = 1 + (int)below(MAX_ENTRIES); n--;) {
		uint32_t base = some_base();

		m->entry[m->num++] = (struct entry){ base, 1 };
		put(&m->cells, base);
		put(&m->cells, FIRST_PHANDLE + TWO);
		put(&m->cells, rnd());
		put(&m->cells, below(8) ? 1 : 2);
	}
	return "output-cells";
}

static const char *cells_unsaid(struct map *m)
{
	put_entry(m, UNSAID, some_base(), some_len());
	put_entry(m, ONE, some_base(), some_len());
	return "plain";
}

static const char *too_many_cells(struct map *m)
{
	put_entry(m, ONE, some_base(), some_len());
	put_entry(m, SEVENTEEN, some_base(), 1);
	return "output-cells";
}

static const char *lost_phandle(struct map *m)
{
	put_entry(m, ONE, some_base(), some_len());
	m->cells.cell[1] = below(2) ? NO_PHANDLE : 0;
	put_entry(m, UNO, some_base(), some_len());
	return "phandle-to-nowhere";
}

static const char *target_off(struct map *m)
{
	put_entry(m, OFF, some_base(), some_len());
	put_entry(m, ONE, some_base(), some_len());
	return "plain";
}

static const char *cut_short(struct map *m)
{
	plain(m);
	m->cut = 1 + below(15);
	return "cut";
}

static const char *empty(struct map *m)
{
	m->entry[m->num++] = (struct entry){ 0, 1 };
	return "empty";
}

static const char *noise(struct map *m)
{
	for (uint32_t n = 1 + below(24); n--;)
		put(&m->cells, below(2) ? FIRST_PHANDLE + below(NUM_TARGETS) : rnd() >> below(32));
	m->entry[m->num++] = (struct entry){ m->cells.cell[0], 1 };
	return "noise";
}

static const char *(*const kinds[])(struct map *) = {
	plain,	   plain,  plain,	 plain,		 masked,       masked,	   mask_ignores_base,
	wraps,	   legacy, many_cells, too_many_cells, lost_phandle, target_off, cells_unsaid,
	cut_short, empty,  noise,
};

void ask_for(const char *path, const char *class, const char *what)
{
	fprintf(queries, "%s%s%s\n", path, *what ? " " : "", what);
	fprintf(classes, "%s\n", class);
}

static void ask(const char *path, const char *class, uint32_t id)
{
	char what[16];

	snprintf(what, sizeof(what), "0x%x", id);
	ask_for(path, class, what);
}

void set_cells(int node, const char *name, const struct list *l, uint32_t cut)
{
	fdt32_t raw[MAX_CELL];
	int size = (int)(l->num * 4 - (cut < l->num * 4 ? cut : 0));

	for (uint32_t i = 0; i < l->num; i++)
		raw[i] = cpu_to_fdt32(l->cell[i]);
	must(fdt_setprop(fdt, node, name, raw, size));
}

static void map_node(int node, const char *path)
{
	struct map m = { 0 };
	const char *class = kinds[below(sizeof(kinds) / sizeof(kinds[0]))](&m);

	set_cells(node, "iommu-map", &m.cells, m.cut);
	if (m.has_mask)
		must(fdt_setprop_u32(fdt, node, "iommu-map-mask", m.mask));
	for (int i = 0; i < m.num; i++) {
		uint32_t base = m.entry[i].base, len = m.entry[i].len;

		ask(path, class, base + (len ? below(len) : 0));
		ask(path, class, base + len - below(2));
	}
	ask(path, class, rnd());
}

static void iommus_node(int node, const char *path)
{
	static const int fine[] = { ONE, UNO, NONE, TWO, THREE, SIXTEEN };
	const char *class = "iommus";
	struct list l = { .num = 0 };
	uint32_t cut = 0, kind = below(8);

	for (int n = kind < 4 && !below(4) ? 0 : 1 + (int)below(3); n--;)
		put_spec(&l, fine[below(6)], rnd() >> below(32));
	if (kind < 4)
		class = l.num ? "iommus-malformed" : "iommus-malformed-first";
	switch (kind) {
	case 0:
		put(&l, NO_PHANDLE);
		break;
	case 1:
		put_spec(&l, UNSAID, 1);
		break;
	case 2:
		put(&l, 0);
		break;
	case 3:
		put_spec(&l, THREE, 1);
		cut = 4;
		break;
	case 4:
		put_spec(&l, OFF, 1);
		break;
	}
	if (kind < 3 && below(2))
		put_spec(&l, ONE, rnd());
	set_cells(node, "iommus", &l, cut);
	ask_for(path, class, "");
}

static void add_cases(int parent, unsigned int num)
{
	char name[16], path[32];

	while (num--) {
		snprintf(name, sizeof(name), "c%u", num);
		snprintf(path, sizeof(path), "/oracle/%s", name);
		int node = must(fdt_add_subnode(fdt, parent, name));

		switch (below(8)) {
		case 0:
			iommus_node(node, path);
			break;
		case 1:
			if (!below(8)) {
				ask(path, "plain", rnd());
				break;
			}
			/* fall through */
		default:
			map_node(node, path);
		}
	}
}

static void load(const char *path)
{
	FILE *file = fopen(path, "rb");

	fdt = calloc(1, ROOM);
	if (!file || !fdt || !fread(fdt, 1, ROOM, file)) {
		perror(path);
		exit(1);
	}
	fclose(file);
	must(fdt_open_into(fdt, fdt, ROOM));
}

static void store(const char *path)
{
	FILE *file = fopen(path, "wb");

	must(fdt_pack(fdt));
	if (!file || fwrite(fdt, fdt_totalsize(fdt), 1, file) != 1 || fclose(file)) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	int node;

	if (argc != 7) {
		fprintf(stderr, "usage: generate BASE OUT QUERIES CLASSES SEED NODES\n");
		return 2;
	}
	load(argv[1]);
	queries = fopen(argv[3], "w");
	classes = fopen(argv[4], "w");
	if (!queries || !classes) {
		perror("generate");
		return 1;
	}
	state = strtoull(argv[5], NULL, 0);

	node = must(fdt_add_subnode(fdt, 0, "oracle"));
	add_cases(node, (unsigned int)strtoul(argv[6], NULL, 0));
	add_targets(node);
	add_space_cases((unsigned int)strtoul(argv[6], NULL, 0) / 2);
	store(argv[2]);
	return fclose(queries) || fclose(classes);
}
