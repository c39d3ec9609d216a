// SPDX-License-Identifier: GPL-2.0-only
/* Maps until the allocator gives nothing more, and looks at every address it gave. */

#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

#include "test.h"

#define MAX_MAPPINGS	8192
#define BIG_ORDER	8

struct mapping {
	dma_addr_t iova;
	size_t size;
};

struct tally {
	struct mapping *map;
	unsigned int num;
	u64 bytes, lowest, highest;
	u64 outside; /* first address given that should not have been; 0: none */
};

static bool overlaps(const struct range *range, u64 first, u64 last)
{
	return range->end && first <= range->end && last >= range->start;
}

static bool usable(const struct function *f, u64 first, u64 last)
{
	return first >= f->allowed.start && last <= f->allowed.end &&
	       !overlaps(&f->reserved, first, last) && !overlaps(&f->fixed, first, last);
}

/* Page 0 is never handed out. */
static u64 usable_bytes(const struct function *f)
{
	u64 bytes = range_len(&f->allowed);

	if (!f->allowed.start)
		bytes -= PAGE_SIZE;
	if (f->reserved.end)
		bytes -= range_len(&f->reserved);
	if (f->fixed.end)
		bytes -= range_len(&f->fixed);
	return bytes;
}

static void take_all(struct function *f, struct tally *t, struct page *page, size_t size)
{
	while (t->num < MAX_MAPPINGS) {
		dma_addr_t iova = dma_map_page(f->dev, page, 0, size, DMA_TO_DEVICE);
		u64 last = iova + size - 1;

		if (dma_mapping_error(f->dev, iova))
			return;
		if (!t->outside && !usable(f, iova, last))
			t->outside = iova;
		t->lowest = min_t(u64, t->lowest, iova);
		t->highest = max(t->highest, last);
		t->bytes += size;
		t->map[t->num++] = (struct mapping){ iova, size };
	}
}

static void exhaust(struct function *f, struct page *page)
{
	struct tally t = { .lowest = U64_MAX };
	int order;

	t.map = vmalloc(MAX_MAPPINGS * sizeof(*t.map));
	if (!t.map)
		return;
	for (order = BIG_ORDER; order >= 0; order -= 2)
		take_all(f, &t, page, PAGE_SIZE << order);
	while (t.num--)
		dma_unmap_page(f->dev, t.map[t.num].iova, t.map[t.num].size, DMA_TO_DEVICE);
	vfree(t.map);

	pr_info("dmaspace: %s: lowest 0x%llx highest 0x%llx bytes 0x%llx\n", f->name, t.lowest,
		t.highest, t.bytes);
	if (t.outside)
		tap_ok(false, "%s: no address outside its ranges is handed out (first was 0x%llx)",
		       f->name, t.outside);
	else
		tap_ok(true, "%s: no address outside its ranges is handed out", f->name);
	tap_ok(t.bytes == usable_bytes(f),
	       "%s: all 0x%llx usable bytes were handed out before the allocator gave up", f->name,
	       usable_bytes(f));
}

void exhaust_all(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, BIG_ORDER);
	int i;

	if (!page)
		return;
	for (i = 0; i < NUM_FUNCTIONS; i++)
		exhaust(&functions[i], page);
	__free_pages(page, BIG_ORDER);
}
