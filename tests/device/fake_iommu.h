/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * An IOMMU that is nothing but arrays: what the device and dma rooms ask of struct dms_iommu_ops,
 * done in the most obvious way, and unforgiving. It keeps every translation that was not
 * invalidated (as the worst hardware would), logs every call in order, and fails on request.
 *
 * Thread-safe. Checks its own contract with cmocka assertions.
 */
#ifndef TESTS_DEVICE_FAKE_IOMMU_H
#define TESTS_DEVICE_FAKE_IOMMU_H

#include <dmaspace/error.h>
#include <dmaspace/iommu.h>
#include <dmaspace/port.h>

enum fake_op {
    FAKE_DOMAIN_CREATE,
    FAKE_DOMAIN_DESTROY,
    FAKE_ATTACH,
    FAKE_DETACH,
    FAKE_MAP,
    FAKE_UNMAP,
    FAKE_FLUSH,
    FAKE_OPS,
};

struct fake_call {
    enum fake_op op;
    unsigned domain; /* number of the domain, from 1 */
    int result;
    uint64_t iova; /* map, unmap; SID for attach, detach */
    uint64_t size; /* map, unmap; mask for attach, detach */
    uint32_t prot; /* map */
};

struct fake_iommu;

/* sid_bits <= 16. Granules 4K, 16K and 64K; 48 bits in and out. */
struct fake_iommu *fake_iommu_create(const struct dms_port *port, const char *name,
                                     unsigned sid_bits);

/* No domain is left. */
void fake_iommu_destroy(struct fake_iommu *fake);

struct dms_iommu *fake_iommu_base(struct fake_iommu *fake);

/*
 * The n-th call of `op` from now on (1: the next) returns `err` without effect, or the effect that
 * err implies.
 */
void fake_fail_nth(struct fake_iommu *fake, enum fake_op op, unsigned n, int err);

/* Every call of `op` fails so; 0: no more. */
void fake_fail_all(struct fake_iommu *fake, enum fake_op op, int err);

/* Calls so far, failed ones included. */
unsigned fake_calls(struct fake_iommu *fake, enum fake_op op);

/*
 * Domains that exist, pages that are mapped in all of them, and pages that are unmapped but not
 * invalidated.
 */
unsigned fake_domains(struct fake_iommu *fake);
unsigned fake_pages(struct fake_iommu *fake);
unsigned fake_stale_pages(struct fake_iommu *fake);

/* Whether a device with this SID may still get through to what was mapped at `iova` before. */
bool fake_is_stale(struct fake_iommu *fake, dms_sid_t sid, dms_iova_t iova);

/* The log since the last fake_log_clear(); at most the first 4096 calls. */
const struct fake_call *fake_log(struct fake_iommu *fake, unsigned *count);
void fake_log_clear(struct fake_iommu *fake);

/*
 * One access by a device. 0 and *phys; DMS_EIO: it is aborted, and an event waits for poll. *stale
 * (may be NULL): it went through a translation or a stream that is gone, but was not invalidated.
 */
int fake_access(struct fake_iommu *fake, dms_sid_t sid, dms_iova_t iova, uint32_t access,
                dms_phys_t *phys, bool *stale);

#endif
