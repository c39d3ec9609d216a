// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creates and destroys the functions: with the series on its bus, and otherwise on a bus of the
 * module's own, as out-of-tree drivers do, where nothing can be reserved.
 */

#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/of.h>
#include <linux/of_device.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "test.h"

#define MB(n)	((u64)(n) << 20)

struct function functions[NUM_FUNCTIONS] = {
	{
		.name = "bitstream",
		.id = 0x100,
		.sid = 0x20,
		.allowed = { 0, MB(3500) - 1 },
	}, {
		.name = "non-pixel",
		.id = 0x101,
		.sid = 0x28,
		.allowed = { MB(600), MB(3500) - 1 },
	}, {
		.name = "pixel",
		.id = 0x102,
		.sid = 0x30,
		.allowed = { 0, MB(3500) - 1 },
		.reserved = { MB(512), MB(768) - 1 },
		.fixed = { MB(3072), MB(3073) - 1 },
	},
};

static struct device *unit_get(void)
{
	struct device_node *np = of_find_node_by_path("/video-codec");
	struct platform_device *unit = np ? of_find_device_by_node(np) : NULL;

	of_node_put(np);
	return unit ? &unit->dev : NULL;
}

#if WITH_SERIES

static int function_create(struct device *unit, struct function *f)
{
	struct iommu_function_info info = {
		.name = f->name,
		.id = f->id,
		.dma_mask = DMA_BIT_MASK(32),
		.dma_coherent = true,
		.reserved = &f->reserved,
		.num_reserved = !!f->reserved.end,
		.allowed = &f->allowed,
		.num_allowed = 1,
		.fixed = &f->fixed,
		.num_fixed = !!f->fixed.end,
	};
	struct iommu_function *fn = iommu_function_create(unit, &info);

	if (IS_ERR(fn))
		return PTR_ERR(fn);
	f->handle = fn;
	f->dev = &fn->dev;
	return 0;
}

static void function_destroy(struct function *f)
{
	iommu_function_destroy(f->handle);
}

#else

static struct bus_type private_bus = { .name = "dmaspace-private" };
static bool private_bus_ready;

static void private_release(struct device *dev)
{
	kfree(dev);
}

static int function_create(struct device *unit, struct function *f)
{
	struct device *dev;
	int ret;

	if (!private_bus_ready && bus_register(&private_bus))
		return -ENOMEM;
	private_bus_ready = true;

	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	device_initialize(dev);
	dev->parent = unit;
	dev->bus = &private_bus;
	dev->release = private_release;
	dev->coherent_dma_mask = DMA_BIT_MASK(32);
	dev->dma_mask = &dev->coherent_dma_mask;
	ret = dev_set_name(dev, "%s.%u", f->name, f->id) ?: device_add(dev);
	if (ret) {
		put_device(dev);
		return ret;
	}
	ret = of_dma_configure_id(dev, unit->of_node, true, &f->id);
	if (!ret && !device_iommu_mapped(dev))
		ret = -ENODEV;
	if (ret) {
		device_unregister(dev);
		return ret;
	}
	f->dev = dev;
	return 0;
}

static void function_destroy(struct function *f)
{
	device_unregister(f->dev);
}

#endif

void functions_destroy(void)
{
	int i;

	for (i = NUM_FUNCTIONS; i--;) {
		if (functions[i].dev)
			function_destroy(&functions[i]);
		functions[i].dev = NULL;
	}
}

int functions_create(void)
{
	struct device *unit = unit_get();
	int i, ret = 0;

	if (!unit)
		return -ENODEV;
	for (i = 0; i < NUM_FUNCTIONS && !ret; i++) {
		ret = function_create(unit, &functions[i]);
		if (ret)
			pr_info("dmaspace: %s: %d\n", functions[i].name, ret);
	}
	put_device(unit);
	if (ret)
		functions_destroy();
	return ret;
}

int functions_cycle(unsigned int count)
{
	unsigned int i;
	int ret;

	for (i = 0; i < count; i++) {
		ret = functions_create();
		if (ret) {
			pr_info("dmaspace: cycle %u failed: %d\n", i, ret);
			return ret;
		}
		functions_destroy();
	}
	return 0;
}
