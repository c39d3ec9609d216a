/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include <dmaspace/error.h>
#include <dmaspace/iommu.h>

#include <stdlib.h>
#include <string.h>

#define COMPATIBLE(text) (text), sizeof(text)

static void assert_type(const char *compatible, size_t size, const char *name,
                        enum dms_iommu_family family)
{
    const struct dms_iommu_type *type = dms_iommu_type_of(compatible, size);

    assert_non_null(type);
    assert_string_equal(type->name, name);
    assert_int_equal(type->family, family);
}

static void a_compatible_names_its_type(void **state)
{
    (void)state;
    assert_type(COMPATIBLE("arm,smmu-v3"), "arm,smmu-v3", DMS_FAMILY_SMMUV3);
    assert_type(COMPATIBLE("arm,mmu-500"), "arm,smmu", DMS_FAMILY_SMMUV2);
    assert_type(COMPATIBLE("cavium,smmu-v2"), "arm,smmu", DMS_FAMILY_SMMUV2);
    assert_type(COMPATIBLE("riscv,iommu"), "riscv,iommu", DMS_FAMILY_OTHER);
    assert_type(COMPATIBLE("rockchip,iommu"), "one-master-iommu", DMS_FAMILY_OTHER);
    assert_type(COMPATIBLE("mediatek,mt8192-m4u"), "soc-port-iommu", DMS_FAMILY_OTHER);
}

static void an_unknown_name_is_passed_over_for_the_fallback_after_it(void **state)
{
    (void)state;
    assert_type(COMPATIBLE("qcom,sm8550-smmu-500\0qcom,smmu-500\0arm,mmu-500"), "arm,smmu",
                DMS_FAMILY_SMMUV2);
    assert_type(COMPATIBLE("nvidia,tegra264-smmu\0arm,smmu-v3"), "arm,smmu-v3", DMS_FAMILY_SMMUV3);
}

static void the_first_known_name_of_the_node_wins(void **state)
{
    (void)state;
    assert_type(COMPATIBLE("arm,mmu-500\0arm,smmu-v3"), "arm,smmu", DMS_FAMILY_SMMUV2);
    assert_type(COMPATIBLE("arm,smmu-v3\0arm,mmu-500"), "arm,smmu-v3", DMS_FAMILY_SMMUV3);
}

static void what_nobody_knows_is_generic(void **state)
{
    (void)state;
    assert_type(COMPATIBLE("acme,iommu"), "generic", DMS_FAMILY_GENERIC);
    assert_type(COMPATIBLE("arm,smmu-v"), "generic", DMS_FAMILY_GENERIC);
    assert_type(COMPATIBLE("arm,smmu-v33"), "generic", DMS_FAMILY_GENERIC);
    assert_type(COMPATIBLE("\0\0"), "generic", DMS_FAMILY_GENERIC);
    assert_type("", 0, "generic", DMS_FAMILY_GENERIC);
    assert_type(NULL, 0, "generic", DMS_FAMILY_GENERIC);
}

static void a_missing_last_nul_does_no_harm(void **state)
{
    char *exact = memcpy(malloc(6), "acme,x", 6);
    (void)state;

    assert_type("arm,smmu-v3 and what lies behind", 11, "arm,smmu-v3", DMS_FAMILY_SMMUV3);
    assert_type("arm,smmu-v3", 10, "generic", DMS_FAMILY_GENERIC);
    assert_type(exact, 6, "generic", DMS_FAMILY_GENERIC);
    free(exact);
}

struct decode_case {
    const char *compatible;
    unsigned ncells;
    uint32_t cells[3];
    int error;
    struct dms_stream stream;
};

static const struct decode_case decode_cases[] = {
    {"arm,smmu-v3", 1, {0x1940}, 0, {0x1940, 0}},
    {"arm,smmu-v3", 1, {0xffffffff}, 0, {0xffffffff, 0}},
    {"arm,smmu-v3", 0, {0}, DMS_EINVAL, {0, 0}},
    {"arm,smmu-v3", 2, {0x1940, 0}, DMS_EINVAL, {0, 0}},
    {"arm,mmu-500", 1, {0x880}, 0, {0x880, 0}},
    {"arm,mmu-500", 2, {0x880, 0x400}, 0, {0x880, 0x400}},
    {"arm,mmu-500", 2, {0xffff, 0xffff}, 0, {0xffff, 0xffff}},
    {"arm,mmu-500", 2, {0x10000, 0}, DMS_ERANGE, {0, 0}},
    {"arm,mmu-500", 2, {0, 0x10000}, DMS_ERANGE, {0, 0}},
    {"arm,mmu-500", 1, {0x10000, 0}, DMS_ERANGE, {0, 0}},
    {"arm,mmu-500", 1, {0x880, 0x10000}, 0, {0x880, 0}},
    {"arm,mmu-500", 0, {0}, DMS_EINVAL, {0, 0}},
    {"arm,mmu-500", 3, {0, 0, 0}, DMS_EINVAL, {0, 0}},
    {"riscv,iommu", 1, {0xffffff}, 0, {0xffffff, 0}},
    {"riscv,iommu", 1, {0x1000000}, DMS_ERANGE, {0, 0}},
    {"virtio,mmio", 1, {0xffffffff}, 0, {0xffffffff, 0}},
    {"apple,t8110-dart", 1, {0xff}, 0, {0xff, 0}},
    {"apple,t8110-dart", 1, {0x100}, DMS_ERANGE, {0, 0}},
    {"mediatek,mt8192-m4u", 1, {5}, DMS_ENOTSUP, {0, 0}},
    {"mediatek,mt8192-m4u", 0, {0}, DMS_EINVAL, {0, 0}},
    {"renesas,ipmmu-vmsa", 1, {5}, DMS_ENOTSUP, {0, 0}},
    {"rockchip,iommu", 0, {0}, DMS_ENOTSUP, {0, 0}},
    {"rockchip,iommu", 1, {0}, DMS_EINVAL, {0, 0}},
    {"samsung,exynos-sysmmu", 0, {0}, DMS_ENOTSUP, {0, 0}},
    {"acme,iommu", 1, {0xffffffff}, 0, {0xffffffff, 0}},
    {"acme,iommu", 2, {1, 2}, DMS_EINVAL, {0, 0}},
    {"acme,iommu", 0, {0}, DMS_EINVAL, {0, 0}},
};

static void specifiers_decode_as_their_binding_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(decode_cases) / sizeof(decode_cases[0]); i++) {
        const struct decode_case *c = &decode_cases[i];
        const struct dms_iommu_type *type =
            dms_iommu_type_of(c->compatible, strlen(c->compatible) + 1);
        struct dms_stream out = {.sid = 0xdead, .mask = 0xbeef};

        assert_int_equal(type->decode(c->cells, c->ncells, &out), c->error);
        assert_int_equal(out.sid, c->error ? 0xdead : c->stream.sid);
        assert_int_equal(out.mask, c->error ? 0xbeef : c->stream.mask);
    }
}

static void a_specifier_without_cells_is_not_read(void **state)
{
    const struct dms_iommu_type *type = dms_iommu_type_of(COMPATIBLE("rockchip,iommu"));
    struct dms_stream out;
    (void)state;

    assert_int_equal(type->decode(NULL, 0, &out), DMS_ENOTSUP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_compatible_names_its_type),
        cmocka_unit_test(an_unknown_name_is_passed_over_for_the_fallback_after_it),
        cmocka_unit_test(the_first_known_name_of_the_node_wins),
        cmocka_unit_test(what_nobody_knows_is_generic),
        cmocka_unit_test(a_missing_last_nul_does_no_harm),
        cmocka_unit_test(specifiers_decode_as_their_binding_says),
        cmocka_unit_test(a_specifier_without_cells_is_not_read),
    };

    return cmocka_run_group_tests_name("iommu_type", tests, NULL, NULL);
}
