// SPDX-License-Identifier: GPL-2.0-only
/* The guest's script writes commands to /sys/module/dmaspace_test/parameters/run. */

#define pr_fmt(fmt) fmt

#include <linux/iommu.h>
#include <linux/module.h>

#include "test.h"

static void check_streams(void)
{
	int i;

	for (i = 0; i < NUM_FUNCTIONS; i++) {
		struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(functions[i].dev);

		tap_ok(fwspec && fwspec->num_ids == 1 && fwspec->ids[0] == functions[i].sid,
		       "%s: function 0x%x has stream 0x%x of the iommu-map", functions[i].name,
		       functions[i].id, functions[i].sid);
	}
}

static void cmd_create(void)
{
	int ret = functions_create();

	tap_ok(!ret, "three functions are created: %d", ret);
	if (!ret)
		check_streams();
}

static void cmd_cycle(void)
{
	int ret = functions_cycle(1000);

	tap_ok(!ret, "three functions are created and destroyed 1000 times: %d", ret);
}

#if WITH_SERIES
static void cmd_reserve_edu(void)
{
	const struct range range = { 0x20000000, 0x2fffffff };
	struct pci_dev *pdev = edu_get(0x38);
	int ret = pdev ? dev_iommu_reserve(&pdev->dev, &range) : -ENODEV;

	tap_ok(!ret, "a region is reserved for a PCI device: %d", ret);
	pci_dev_put(pdev);
}
#else
static void cmd_reserve_edu(void)
{
}
#endif

static const struct {
	const char *name;
	void (*run)(void);
	bool needs_functions;
} commands[] = {
	{ "create", cmd_create },
	{ "exhaust", exhaust_all, true },
	{ "traffic", traffic_round_trips, true },
	{ "faults", traffic_faults, true },
	{ "late", traffic_late_reservation, true },
	{ "cycle", cmd_cycle },
	{ "destroy", functions_destroy },
	{ "reserve-edu", cmd_reserve_edu },
};

static int run_set(const char *value, const struct kernel_param *kp)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!sysfs_streq(value, commands[i].name))
			continue;
		if (commands[i].needs_functions && !functions[0].dev)
			return -ENODEV;
		commands[i].run();
		return 0;
	}
	return -EINVAL;
}

static const struct kernel_param_ops run_ops = { .set = run_set };
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "command to run");

static int __init test_init(void)
{
	return 0;
}
module_init(test_init);

static void __exit test_exit(void)
{
	functions_destroy();
}
module_exit(test_exit);

MODULE_DESCRIPTION("Function devices with edu PCI devices as their DMA engines");
MODULE_LICENSE("GPL");
