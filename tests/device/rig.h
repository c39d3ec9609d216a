/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A machine of test port, fake IOMMU and, when asked for, a device tree; and short ways to make
 * devices on it.
 */
#ifndef TESTS_DEVICE_RIG_H
#define TESTS_DEVICE_RIG_H

#include "../cmocka_all.h"
#include "fake_iommu.h"
#include "test_port.h"

#include <dmaspace/dmaspace.h>
#include <stdlib.h>
#include <string.h>

#define RIG_FAULTS 16

struct rig {
    struct test_port tp;
    struct fake_iommu *fake;
    struct dms_machine *machine;
    struct dms_report report; /* of the last call that took it */
    struct dms_fault faults[RIG_FAULTS];
    unsigned fault_count;
};

/* A machine without a tree. */
struct rig *rig_create(void);

/* A machine with this tree; its IOMMU is the node `iommu`. */
struct rig *rig_create_tree(const void *blob, size_t size, const char *iommu);

/* The general case: thread slots for the port; blob and iommu may be NULL. */
struct rig *rig_create_port(unsigned thread_slots, const void *blob, size_t size,
                            const char *iommu);

/* An access that faults, and the fault that a poll tells. */
const struct dms_fault *rig_fault(struct rig *rig, dms_sid_t sid, dms_iova_t iova, uint32_t access);

/* Nothing may be left. */
void rig_destroy(struct rig *rig);

/*
 * A bus whose devices have their streams in driver_data: one struct rig_streams. Its hook shows how
 * a driver framework adds a bus of its own.
 */
extern const struct dms_bus rig_bus;

struct rig_streams {
    struct rig *rig;
    unsigned count;
    struct dms_stream at[4];
};

/*
 * A device on rig_bus with the one stream `sid`. cfg: NULL, or what else is wanted of it. Must
 * succeed.
 */
struct dms_device *rig_device(struct rig *rig, const char *name, dms_sid_t sid,
                              const struct dms_device_cfg *cfg);

/* The same, and attached. */
struct dms_device *rig_attached(struct rig *rig, const char *name, dms_sid_t sid,
                                const struct dms_device_cfg *cfg);

/* The same without the promise. */
int rig_try_device(struct rig *rig, const char *name, const struct rig_streams *streams,
                   const struct dms_device_cfg *cfg, struct dms_device **out);

/* Detaches and destroys; nothing may be mapped. */
void rig_end(struct dms_device *dev);

/* The device's first stream accesses iova: it succeeds and hits `at`; or it is aborted. */
void rig_assert_hits(struct rig *rig, struct dms_device *dev, dms_iova_t iova, uint32_t access,
                     const void *at);
void rig_assert_aborts(struct rig *rig, struct dms_device *dev, dms_iova_t iova, uint32_t access);

/* A test with a rig of its own in *state. */
int rig_setup(void **state);
int rig_teardown(void **state);
#define rig_test(function) cmocka_unit_test_setup_teardown(function, rig_setup, rig_teardown)

/* A page-aligned buffer of n pages. */
void *rig_pages(unsigned n);

#endif
