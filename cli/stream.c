/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "stream.h"

const struct dms_iommu_type *iommu_type(const struct tree *tree, dms_of_node_t iommu)
{
    uint32_t size;
    const char *compatible = dms_of_compatible(&tree->of, iommu, &size);

    return dms_iommu_type_of(compatible, size);
}

bool is_smmu(const struct tree *tree, dms_of_node_t iommu)
{
    enum dms_iommu_family family = iommu_type(tree, iommu)->family;

    return family == DMS_FAMILY_SMMUV2 || family == DMS_FAMILY_SMMUV3;
}

/* arm,smmu.yaml: with one-cell specifiers, the SMMU's own node can tell the mask of all of them. */
static bool common_mask(const struct tree *tree, const struct dms_of_spec *spec, uint32_t *mask)
{
    uint32_t ncells;

    return spec->ncells == 1 && dms_of_u32(&tree->of, spec->iommu, "#iommu-cells", &ncells) == 0 &&
           ncells == 1 && dms_of_u32(&tree->of, spec->iommu, "stream-match-mask", mask) == 0;
}

int decode_spec(const struct tree *tree, const struct dms_of_spec *spec, struct dms_stream *stream)
{
    const struct dms_iommu_type *type = iommu_type(tree, spec->iommu);
    uint32_t pair[2];

    if (type->family != DMS_FAMILY_SMMUV2 || !common_mask(tree, spec, &pair[1]))
        return type->decode(spec->cells, spec->ncells, stream);
    pair[0] = spec->cells[0];
    return type->decode(pair, 2, stream);
}

void print_spec(FILE *out, const struct tree *tree, const struct dms_of_spec *spec)
{
    struct dms_stream stream;

    fprintf(out, "%s <", path_of(tree, spec->iommu).text);
    for (uint32_t i = 0; i < spec->ncells; i++)
        fprintf(out, "%s0x%x", i ? " " : "", spec->cells[i]);
    if (decode_spec(tree, spec, &stream) == 0)
        fprintf(out, "> sid 0x%x mask 0x%x", stream.sid, stream.mask);
    else
        fprintf(out, "> sid - mask -");
}
