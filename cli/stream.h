/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Specifiers: what the target IOMMU makes of them, and how they are written. */
#ifndef CLI_STREAM_H
#define CLI_STREAM_H

#include "tree.h"

#include <dmaspace/iommu.h>
#include <stdio.h>

/* The type of an IOMMU node. Never NULL. */
const struct dms_iommu_type *iommu_type(const struct tree *tree, dms_of_node_t iommu);

/* Whether it is an Arm SMMU, of any version. */
bool is_smmu(const struct tree *tree, dms_of_node_t iommu);

/* Specifier -> stream ID and mask. Errors as in dms_iommu_type.decode. */
int decode_spec(const struct tree *tree, const struct dms_of_spec *spec, struct dms_stream *stream);

/* "/soc@0/iommu@15000000 <0x1480 0x0> sid 0x1480 mask 0x0"; "-" for what cannot be decoded. */
void print_spec(FILE *out, const struct tree *tree, const struct dms_of_spec *spec);

#endif
