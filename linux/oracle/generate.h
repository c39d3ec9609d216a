/* SPDX-License-Identifier: GPL-2.0-only */
/* What the generators of cases share. */
#ifndef GENERATE_H
#define GENERATE_H

#include <libfdt.h>
#include <stdint.h>
#include <stdio.h>

#define MAX_CELL 256

/* Phandles: of the IOMMUs, of nobody, and of the devices and regions of spaces.c. */
#define FIRST_PHANDLE	0x90000000u
#define NO_PHANDLE	0x9000ffffu
#define SPACE_PHANDLE	0x90010000u

enum { TARGET_ONE }; /* index of an IOMMU with one cell */

struct list {
	uint32_t cell[MAX_CELL];
	uint32_t num;
};

extern void *fdt; /* the tree that grows */

uint32_t rnd(void);
uint32_t below(uint32_t n);
int must(int ret);

void put(struct list *l, uint32_t value);
void set_cells(int node, const char *name, const struct list *l, uint32_t cut);

/* Adds a query: `what` is an id, a word, or empty. */
void ask_for(const char *path, const char *class, const char *what);

/* spaces.c: @num devices with reserved regions, and as many below dma-ranges. */
void add_space_cases(unsigned int num);

#endif
