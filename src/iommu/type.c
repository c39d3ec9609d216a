/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which type a `compatible` property names, and the last resort when it names none that we know. */
#include "iommu_internal.h"

static const struct dms_iommu_type *const iommu_types[] = {
    &iommu_type_smmuv3, &iommu_type_smmu, &iommu_type_riscv, &iommu_type_virtio,
    &iommu_type_dart,   &iommu_type_port, &iommu_type_whole,
};

int iommu_decode_sid(const uint32_t *cells, unsigned ncells, unsigned bits, struct dms_stream *out)
{
    if (ncells != 1)
        return DMS_EINVAL;
    if (bits < 32 && cells[0] >> bits)
        return DMS_ERANGE;

    *out = (struct dms_stream){.sid = cells[0]};
    return DMS_OK;
}

static int decode_generic(const uint32_t *cells, unsigned ncells, struct dms_stream *out)
{
    return iommu_decode_sid(cells, ncells, 32, out);
}

static const char *const no_compatible[] = {NULL};

const struct dms_iommu_type iommu_type_generic = {
    .name = "generic",
    .family = DMS_FAMILY_GENERIC,
    .compatible = no_compatible,
    .decode = decode_generic,
};

static bool same(const char *name, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (name[i] != text[i] || name[i] == '\0')
            return false;
    }
    return name[size] == '\0';
}

static const struct dms_iommu_type *type_of_string(const char *text, size_t size)
{
    for (size_t t = 0; t < sizeof(iommu_types) / sizeof(iommu_types[0]); t++) {
        for (const char *const *name = iommu_types[t]->compatible; *name; name++) {
            if (same(*name, text, size))
                return iommu_types[t];
        }
    }
    return NULL;
}

const struct dms_iommu_type *dms_iommu_type_of(const char *compatible, size_t size)
{
    for (size_t start = 0, end; start < size; start = end + 1) {
        const struct dms_iommu_type *type;

        /* The last string of a malformed property lacks its NUL; the property's size ends it. */
        for (end = start; end < size && compatible[end]; end++)
            continue;
        type = type_of_string(compatible + start, end - start);
        if (type)
            return type;
    }
    return &iommu_type_generic;
}
