// SPDX-License-Identifier: GPL-2.0-only
/* Driver of a node with "iommu-ranges": exhausts its address space when it binds. */

#include <linux/dma-mapping.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>

#define FIRST	0x10000000ULL
#define LAST	0x1fffffffULL
#define SIZE	SZ_1M
#define NUM	((LAST + 1 - FIRST) / SIZE)

static int bind_probe(struct platform_device *pdev)
{
	struct page *page = alloc_pages(GFP_KERNEL, get_order(SIZE));
	static dma_addr_t iova[NUM + 1];
	unsigned int num, wrong = 0;

	if (!page)
		return -ENOMEM;
	for (num = 0; num <= NUM; num++) {
		iova[num] = dma_map_page(&pdev->dev, page, 0, SIZE, DMA_TO_DEVICE);
		if (dma_mapping_error(&pdev->dev, iova[num]))
			break;
		if (iova[num] < FIRST || iova[num] + SIZE - 1 > LAST)
			wrong++;
	}
	pr_info("TAP %s - a node's iommu-ranges: %u of %u mappings, %u outside\n",
		num == NUM && !wrong ? "ok" : "not ok", num, (unsigned int)NUM, wrong);
	while (num--)
		dma_unmap_page(&pdev->dev, iova[num], SIZE, DMA_TO_DEVICE);
	__free_pages(page, get_order(SIZE));
	return 0;
}

static const struct of_device_id bind_match[] = {
	{ .compatible = "dmaspace,limited-codec" },
	{ }
};
MODULE_DEVICE_TABLE(of, bind_match);

static struct platform_driver bind_driver = {
	.probe = bind_probe,
	.driver = {
		.name = "dmaspace-limited-codec",
		.of_match_table = bind_match,
	},
};
module_platform_driver(bind_driver);

MODULE_DESCRIPTION("Driver of a node with iommu-ranges");
MODULE_LICENSE("GPL");
