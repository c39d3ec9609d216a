// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers, with the kernel's own functions, what `dmaspace resolve --batch` answers: write "PATH ID" or
 * "PATH" to the parameter `ask`, and read it.
 */

#include <linux/module.h>
#include <linux/of.h>
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

static int ask_set(const char *value, const struct kernel_param *kp)
{
	struct device_node *np;
	char path[64];
	u32 id;
	int num = sscanf(value, "%63s %i", path, &id);

	if (num < 1)
		return -EINVAL;
	used = 0;
	np = of_find_node_by_path(path);
	if (num == 2)
		say("%s id 0x%x -> ", path, id);
	else
		say("%s -> ", path);
	if (!np)
		say_error(-ENOENT);
	else if (num == 2)
		ask_map(np, id);
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

MODULE_DESCRIPTION("The kernel's answers about iommu-map and iommus");
MODULE_LICENSE("GPL");
