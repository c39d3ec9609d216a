/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef IOMMU_INTERNAL_H
#define IOMMU_INTERNAL_H

#include <dmaspace/error.h>
#include <dmaspace/iommu.h>

extern const struct dms_iommu_type iommu_type_smmuv3;
extern const struct dms_iommu_type iommu_type_smmu;
extern const struct dms_iommu_type iommu_type_riscv;
extern const struct dms_iommu_type iommu_type_virtio;
extern const struct dms_iommu_type iommu_type_dart;
extern const struct dms_iommu_type iommu_type_whole;
extern const struct dms_iommu_type iommu_type_port;
extern const struct dms_iommu_type iommu_type_generic;

/* One cell that is the stream ID, at most `bits` wide. Errors as in struct dms_iommu_type. */
int iommu_decode_sid(const uint32_t *cells, unsigned ncells, unsigned bits, struct dms_stream *out);

#endif
