/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test module: three functions of one unit, each with an edu PCI device as its DMA engine, because
 * the edu's requester ID is the function's stream.
 */
#ifndef DMASPACE_TEST_H
#define DMASPACE_TEST_H

#include <linux/device.h>
#include <linux/pci.h>
#include <linux/range.h>
#include <linux/version.h>

#if __has_include(<linux/iommu_function.h>)
#define WITH_SERIES 1
#include <linux/iommu_function.h>
#else
#define WITH_SERIES 0
#endif

struct function {
	const char *name;
	u32 id;
	u32 sid;
	struct range allowed;
	struct range reserved; /* end 0: none */
	struct range fixed; /* end 0: none */

	struct device *dev; /* NULL: not created */
	void *handle;
};

#define NUM_FUNCTIONS 3
extern struct function functions[NUM_FUNCTIONS];

/* One line of the test's result, read from the console by the runner. */
#define tap_ok(cond, fmt, ...) \
	pr_info("TAP %s - " fmt "\n", (cond) ? "ok" : "not ok", ##__VA_ARGS__)

int functions_create(void);
void functions_destroy(void);
int functions_cycle(unsigned int count);

void exhaust_all(void);

void traffic_round_trips(void);
void traffic_faults(void);
void traffic_late_reservation(void);

/* edu devices, by stream; each moves up to 4092 bytes in 100 ms. */
int edu_read(u32 sid, u64 iova, u32 len); /* memory -> device buffer */
int edu_write(u32 sid, u64 iova, u32 len); /* device buffer -> memory */
struct pci_dev *edu_get(u32 sid); /* pci_dev_put() it */

#endif
