// SPDX-License-Identifier: GPL-2.0-only
/* DMA through the functions' domains, and attempts to leave them. */

#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "test.h"

#define LEN	256

struct buffer {
	struct page *page;
	dma_addr_t iova;
};

static int buffer_map(struct function *f, struct buffer *b, u8 fill, enum dma_data_direction dir)
{
	b->page = alloc_page(GFP_KERNEL);
	if (!b->page)
		return -ENOMEM;
	memset(page_address(b->page), fill, PAGE_SIZE);
	b->iova = dma_map_page(f->dev, b->page, 0, PAGE_SIZE, dir);
	if (dma_mapping_error(f->dev, b->iova)) {
		__free_page(b->page);
		return -ENOSPC;
	}
	return 0;
}

static void buffer_unmap(struct function *f, struct buffer *b, enum dma_data_direction dir)
{
	dma_unmap_page(f->dev, b->iova, PAGE_SIZE, dir);
}

static bool holds(struct page *page, u8 value, size_t len)
{
	return !memchr_inv(page_address(page), value, len);
}

/* The runner looks these lines up in QEMU's trace of the SMMU. */
static void expect_translation(struct function *f, struct buffer *b)
{
	pr_info("dmaspace: expect translation sid 0x%x iova 0x%llx pa 0x%llx\n", f->sid,
		(u64)b->iova, (u64)page_to_phys(b->page));
}

static void round_trip(struct function *f)
{
	u8 value = 0x40 + f->id;
	struct buffer from, to;
	int ret;

	if (buffer_map(f, &from, value, DMA_TO_DEVICE))
		return;
	if (buffer_map(f, &to, 0, DMA_FROM_DEVICE)) {
		buffer_unmap(f, &from, DMA_TO_DEVICE);
		__free_page(from.page);
		return;
	}
	expect_translation(f, &from);
	expect_translation(f, &to);
	ret = edu_read(f->sid, from.iova, LEN) ?: edu_write(f->sid, to.iova, LEN);
	buffer_unmap(f, &from, DMA_TO_DEVICE);
	buffer_unmap(f, &to, DMA_FROM_DEVICE);

	tap_ok(!ret && holds(to.page, value, LEN), "%s: data goes out and back through its domain",
	       f->name);
	__free_page(from.page);
	__free_page(to.page);
}

void traffic_round_trips(void)
{
	int i;

	for (i = 0; i < NUM_FUNCTIONS; i++)
		round_trip(&functions[i]);
}

/* The engine of @f writes where only @g has something mapped. */
static void trespass(struct function *f, struct function *g)
{
	struct buffer b;

	if (buffer_map(g, &b, 0x5a, DMA_BIDIRECTIONAL))
		return;
	pr_info("dmaspace: expect fault sid 0x%x iova 0x%llx\n", f->sid, (u64)b.iova);
	edu_write(f->sid, b.iova, 4);
	buffer_unmap(g, &b, DMA_BIDIRECTIONAL);
	tap_ok(holds(b.page, 0x5a, PAGE_SIZE), "%s: a page mapped only for %s stays untouched",
	       f->name, g->name);
	__free_page(b.page);
}

static void after_unmap(struct function *f)
{
	struct buffer b;

	if (buffer_map(f, &b, 0xa5, DMA_BIDIRECTIONAL))
		return;
	buffer_unmap(f, &b, DMA_BIDIRECTIONAL);
	pr_info("dmaspace: expect fault sid 0x%x iova 0x%llx\n", f->sid, (u64)b.iova);
	edu_write(f->sid, b.iova, 4);
	tap_ok(holds(b.page, 0xa5, PAGE_SIZE), "%s: a page stays untouched after its unmap",
	       f->name);
	__free_page(b.page);
}

void traffic_faults(void)
{
	int i;

	for (i = 0; i < NUM_FUNCTIONS; i++) {
		trespass(&functions[i], &functions[(i + 1) % NUM_FUNCTIONS]);
		after_unmap(&functions[i]);
	}
}

#if WITH_SERIES

static void fixed_mapping(struct function *f)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct buffer b = { page, f->fixed.start };
	int ret;

	if (!page)
		return;
	memset(page_address(page), 0, PAGE_SIZE);
	ret = iommu_function_map(f->handle, b.iova, page_to_phys(page), PAGE_SIZE,
				 IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE);
	tap_ok(!ret, "%s: a page is mapped at the start of its fixed range", f->name);
	if (!ret) {
		memset(page_address(page), 0x77, LEN);
		expect_translation(f, &b);
		edu_read(f->sid, b.iova, LEN);
		memset(page_address(page), 0, LEN);
		edu_write(f->sid, b.iova, LEN);
		tap_ok(holds(page, 0x77, LEN), "%s: data goes out and back at the fixed address",
		       f->name);
		iommu_function_unmap(f->handle, b.iova, PAGE_SIZE);
	}
	ret = iommu_function_map(f->handle, f->fixed.end + 1, page_to_phys(page), PAGE_SIZE,
				 IOMMU_READ);
	tap_ok(ret == -EINVAL, "%s: just behind its fixed range nothing can be mapped so", f->name);
	__free_page(page);
}

void traffic_late_reservation(void)
{
	struct function *f = &functions[0];
	struct range taken, rest;
	struct buffer b;
	int ret;

	fixed_mapping(&functions[2]);
	if (buffer_map(f, &b, 0, DMA_TO_DEVICE))
		return;
	taken.start = b.iova;
	taken.end = b.iova + PAGE_SIZE - 1;
	ret = dev_iommu_reserve(f->dev, &taken);
	tap_ok(ret == -EBUSY, "%s: reserving a live page of an attached device is -EBUSY: %d",
	       f->name, ret);

	/* A gigabyte that the live page is not in. */
	rest.start = b.iova >= SZ_1G && b.iova < SZ_2G ? SZ_2G : SZ_1G;
	rest.end = rest.start + SZ_1G - 1;
	ret = dev_iommu_reserve(f->dev, &rest);
	tap_ok(!ret, "%s: reserving what is free of an attached device works: %d", f->name, ret);
	f->reserved = rest;
	buffer_unmap(f, &b, DMA_TO_DEVICE);
	__free_page(b.page);
}

#else

void traffic_late_reservation(void)
{
}

#endif
