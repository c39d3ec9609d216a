// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the DMA API costs behind an IOMMU. The counter of the CPU is read around many runs of each
 * operation; under QEMU's instruction clock it counts instructions. Read the results from the
 * parameter `results`: a line "NAME COUNT" for each operation.
 */

#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

#define BIG_ORDER	8 /* 1 MiB of 4 KiB pages */
#define SG_ENTRIES	64
#define WARM_UP		300 /* more than a flush queue's 256 entries */
#define RUNS		2048 /* eight flush queues */

struct bench {
	struct device *dev;
	struct device_node *function;
	struct page *big;
	struct page *pages[SG_ENTRIES];
	struct scatterlist sgl[SG_ENTRIES];
};

struct operation {
	const char *name;
	int (*run)(struct bench *b, size_t size);
	size_t size;
	unsigned int runs;
	bool sleeps;
};

static char results[PAGE_SIZE];
static int used;

static int map_unmap(struct bench *b, size_t size)
{
	dma_addr_t iova = dma_map_page(b->dev, b->big, 0, size, DMA_BIDIRECTIONAL);

	if (dma_mapping_error(b->dev, iova))
		return -ENOSPC;
	dma_unmap_page(b->dev, iova, size, DMA_BIDIRECTIONAL);
	return 0;
}

static int map_unmap_sg(struct bench *b, size_t size)
{
	if (!dma_map_sg(b->dev, b->sgl, SG_ENTRIES, DMA_BIDIRECTIONAL))
		return -ENOSPC;
	dma_unmap_sg(b->dev, b->sgl, SG_ENTRIES, DMA_BIDIRECTIONAL);
	return 0;
}

static int coherent(struct bench *b, size_t size)
{
	dma_addr_t iova;
	void *cpu = dma_alloc_coherent(b->dev, size, &iova, GFP_KERNEL);

	if (!cpu)
		return -ENOMEM;
	dma_free_coherent(b->dev, size, cpu, iova);
	return 0;
}

/* A device with a stream, a group and a domain of its own, bound to a driver and gone again. */
static int create_destroy(struct bench *b, size_t size)
{
	struct platform_device *pdev = of_platform_device_create(b->function, NULL, b->dev);
	bool mapped = pdev && device_iommu_mapped(&pdev->dev);

	if (!pdev)
		return -ENODEV;
	of_platform_device_destroy(&pdev->dev, NULL);
	return mapped ? 0 : -ENODEV;
}

static const struct operation operations[] = {
	{ "map_unmap_4k", map_unmap, SZ_4K, RUNS },
	{ "map_unmap_64k", map_unmap, SZ_64K, RUNS },
	{ "map_unmap_1m", map_unmap, SZ_1M, RUNS },
	{ "map_unmap_sg64", map_unmap_sg, 0, RUNS },
	{ "coherent_4k", coherent, SZ_4K, RUNS, true },
	{ "coherent_64k", coherent, SZ_64K, RUNS, true },
	{ "create_destroy", create_destroy, 0, 64, true },
};

static u64 now(void)
{
	u64 count;

	isb();
	count = read_sysreg(cntvct_el0);
	isb();
	return count;
}

static int repeat(struct bench *b, const struct operation *op, unsigned int runs)
{
	int ret = 0;

	while (runs-- && !ret)
		ret = op->run(b, op->size);
	return ret;
}

/* Interrupts stay out where the operation allows it. */
static void measure(struct bench *b, const struct operation *op)
{
	unsigned long flags = 0;
	u64 start, count;
	int ret = repeat(b, op, min(op->runs, WARM_UP));

	if (!op->sleeps)
		local_irq_save(flags);
	start = now();
	if (!ret)
		ret = repeat(b, op, op->runs);
	count = now() - start;
	if (!op->sleeps)
		local_irq_restore(flags);

	if (ret)
		used += scnprintf(results + used, sizeof(results) - used, "# %s failed: %d\n",
				  op->name, ret);
	else
		used += scnprintf(results + used, sizeof(results) - used, "%s %llu\n", op->name,
				  (count + op->runs / 2) / op->runs);
}

static void pages_put(struct bench *b)
{
	int i;

	for (i = 0; i < SG_ENTRIES; i++)
		if (b->pages[i])
			__free_page(b->pages[i]);
	if (b->big)
		__free_pages(b->big, BIG_ORDER);
}

static int pages_get(struct bench *b)
{
	int i;

	b->big = alloc_pages(GFP_KERNEL, BIG_ORDER);
	if (!b->big)
		return -ENOMEM;
	sg_init_table(b->sgl, SG_ENTRIES);
	for (i = 0; i < SG_ENTRIES; i++) {
		b->pages[i] = alloc_page(GFP_KERNEL);
		if (!b->pages[i])
			return -ENOMEM;
		sg_set_page(&b->sgl[i], b->pages[i], PAGE_SIZE, 0);
	}
	return 0;
}

static int bench_run(struct bench *b)
{
	int i, ret = pages_get(b);

	b->function = of_get_next_child(b->dev->of_node, NULL);
	if (!ret && !b->function)
		ret = -ENODEV;
	for (i = 0; i < ARRAY_SIZE(operations) && !ret; i++)
		measure(b, &operations[i]);
	of_node_put(b->function);
	pages_put(b);
	return ret;
}

static int bench_probe(struct platform_device *pdev)
{
	struct bench *b;

	/* The function, which is being created and destroyed. */
	if (!of_get_child_count(pdev->dev.of_node))
		return 0;
	if (!device_iommu_mapped(&pdev->dev))
		return -ENODEV;
	b = devm_kzalloc(&pdev->dev, sizeof(*b), GFP_KERNEL);
	if (!b)
		return -ENOMEM;
	b->dev = &pdev->dev;
	return bench_run(b);
}

static const struct of_device_id bench_match[] = {
	{ .compatible = "dmaspace,bench" },
	{ }
};

static struct platform_driver bench_driver = {
	.probe = bench_probe,
	.driver = { .name = "dmaspace-bench", .of_match_table = bench_match },
};
module_platform_driver(bench_driver);

static int results_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%.*s", used, results);
}

static const struct kernel_param_ops results_ops = { .get = results_get };
module_param_cb(results, &results_ops, NULL, 0400);
MODULE_PARM_DESC(results, "a line for each operation");

MODULE_DESCRIPTION("What the DMA API costs behind an IOMMU");
MODULE_LICENSE("GPL");
