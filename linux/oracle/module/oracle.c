// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers, with the kernel's own functions, what `dmaspace resolve --batch` answers to "PATH ID" and
 * "PATH", and what it knows of the reserved regions ("PATH regions") and the limits ("PATH aperture")
 * of a device: write a query to the parameter `ask`, and read it.
 */

#include <linux/dma-direct.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_device.h>
#include <linux/of_iommu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/version.h>

static char answer[PAGE_SIZE];
static int used;

static __printf(1, 2) void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	used += vscnprintf(answer + used, sizeof(answer) - used, fmt, args);
	va_end(args);
}

static void say_error(int error)
{
	say("error %pe", ERR_PTR(error));
}

static void say_spec(const struct of_phandle_args *spec)
{
	int i;

	say("%pOF <", spec->np);
	for (i = 0; i < spec->args_count; i++)
		say("%s0x%x", i ? " " : "", spec->args[i]);
	say(">");
}

/* The signature and what it knows of #iommu-cells differ by version. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
static int map_id(struct device_node *np, u32 id, struct of_phandle_args *spec)
{
	return of_map_iommu_id(np, id, spec);
}
#else
static int map_id(struct device_node *np, u32 id, struct of_phandle_args *spec)
{
	spec->args_count = 1;
	return of_map_id(np, id, "iommu-map", "iommu-map-mask", &spec->np, spec->args);
}
#endif

/* As of_iommu_configure() goes on: without a target, or with one that is off, there is no IOMMU. */
static void ask_map(struct device_node *np, u32 id)
{
	struct of_phandle_args spec = { };
	int ret = map_id(np, id, &spec);

	if (!ret && (!spec.np || !of_device_is_available(spec.np)))
		ret = -ENODEV;
	if (ret)
		say_error(ret);
	else
		say_spec(&spec);
	of_node_put(spec.np);
}

static void ask_iommus(struct device_node *np)
{
	int start = used, ret = -ENODEV, index;
	struct of_phandle_args spec;

	for (index = 0; !of_parse_phandle_with_args(np, "iommus", "#iommu-cells", index, &spec);
	     index++) {
		ret = of_device_is_available(spec.np) ? 0 : -ENODEV;
		if (!ret && index)
			say(", ");
		if (!ret)
			say_spec(&spec);
		of_node_put(spec.np);
		if (ret)
			break;
	}
	if (ret) {
		used = start;
		say_error(ret);
	}
}

/* A device that is on no bus: only what the kernel reads from its node. */
static void device_free(struct device *dev)
{
	kfree(dev);
}

static struct device *device_of(struct device_node *np)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return NULL;
	device_initialize(dev);
	dev->release = device_free;
	dev->of_node = np;
	dev_set_name(dev, "oracle");
	return dev;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
static void ask_regions(struct device *dev)
{
	struct iommu_resv_region *region, *next;
	LIST_HEAD(regions);

	of_iommu_get_resv_regions(dev, &regions);
	if (list_empty(&regions))
		say("none");
	list_for_each_entry_safe(region, next, &regions, list) {
		say("%s%s 0x%llx-0x%llx", region->list.prev == &regions ? "" : ", ",
		    region->type == IOMMU_RESV_DIRECT ? "direct" : "reserved", (u64)region->start,
		    (u64)region->start + region->length - 1);
	}
	list_for_each_entry_safe(region, next, &regions, list)
		kfree(region);
}
#else
static void ask_regions(struct device *dev)
{
	say("unknown");
}
#endif

/* What of_dma_configure() makes of dma-ranges: the lowest and the highest address for DMA. */
static void ask_aperture(struct device *dev)
{
	const struct bus_dma_region *range;
	u64 first = U64_MAX, last = 0;
	int ret = of_dma_configure_id(dev, dev->of_node, true, NULL);

	for (range = dev->dma_range_map; range && range->size; range++) {
		first = min_t(u64, first, range->dma_start);
		last = max_t(u64, last, range->dma_start + range->size - 1);
	}
	if (ret)
		say_error(ret);
	else if (first > last)
		say("all");
	else
		say("0x%llx-0x%llx", first, last);
	kfree(dev->dma_range_map);
	dev->dma_range_map = NULL;
}

static void ask_space(struct device_node *np, const char *what)
{
	struct device *dev = device_of(np);

	if (!dev)
		return;
	if (!strcmp(what, "regions"))
		ask_regions(dev);
	else
		ask_aperture(dev);
	put_device(dev);
}

static int ask_set(const char *value, const struct kernel_param *kp)
{
	struct device_node *np;
	char path[64], what[16];
	u32 id;
	int num = sscanf(value, "%63s %15s", path, what);
	bool is_id = num == 2 && !kstrtou32(what, 0, &id);

	if (num < 1)
		return -EINVAL;
	used = 0;
	np = of_find_node_by_path(path);
	say("%s", path);
	if (num == 2)
		say(is_id ? " id %s" : " %s", what);
	say(" -> ");
	if (!np)
		say_error(-ENOENT);
	else if (is_id)
		ask_map(np, id);
	else if (num == 2)
		ask_space(np, what);
	else
		ask_iommus(np);
	of_node_put(np);
	return 0;
}

static int ask_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%.*s\n", used, answer);
}

static const struct kernel_param_ops ask_ops = { .set = ask_set, .get = ask_get };
module_param_cb(ask, &ask_ops, NULL, 0600);
MODULE_PARM_DESC(ask, "query, and its answer");

MODULE_DESCRIPTION("The kernel's answers about iommu-map, iommus, iommu-addresses and dma-ranges");
MODULE_LICENSE("GPL");
