/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * IOMMUs of other makers. Three of them tag transactions with an ID that their one cell names:
 * those decode. For the others the specifier says which port or master of the SoC is meant, or
 * nothing at all, and no number that travels with a transaction can be read from it.
 */
#include "iommu_internal.h"

/* riscv,iommu.yaml: the cell is the device_id, 24 bits wide. */
static int decode_riscv(const uint32_t *cells, unsigned ncells, struct dms_stream *out)
{
    return iommu_decode_sid(cells, ncells, 24, out);
}

static const char *const riscv_compatible[] = {"riscv,iommu", "riscv,pci-iommu", "pci1efd,edf1",
                                               NULL};

const struct dms_iommu_type iommu_type_riscv = {
    .name = "riscv,iommu",
    .family = DMS_FAMILY_OTHER,
    .compatible = riscv_compatible,
    .decode = decode_riscv,
};

/* virtio/iommu.txt, virtio/mmio.yaml: the cell is the endpoint ID. */
static int decode_virtio(const uint32_t *cells, unsigned ncells, struct dms_stream *out)
{
    return iommu_decode_sid(cells, ncells, 32, out);
}

static const char *const virtio_compatible[] = {"virtio,pci-iommu", "pci1af4,1057", "virtio,mmio",
                                                NULL};

const struct dms_iommu_type iommu_type_virtio = {
    .name = "virtio,iommu",
    .family = DMS_FAMILY_OTHER,
    .compatible = virtio_compatible,
    .decode = decode_virtio,
};

/* apple,dart.yaml: the cell is the DART's own stream ID; the largest variant has 256. */
static int decode_dart(const uint32_t *cells, unsigned ncells, struct dms_stream *out)
{
    return iommu_decode_sid(cells, ncells, 8, out);
}

static const char *const dart_compatible[] = {
    "apple,s5l8960x-dart",
    "apple,t7000-dart",
    "apple,t8103-dart",
    "apple,t6000-dart",
    "apple,t8103-usb4-dart",
    "apple,t8110-dart",
    NULL,
};

const struct dms_iommu_type iommu_type_dart = {
    .name = "apple,dart",
    .family = DMS_FAMILY_OTHER,
    .compatible = dart_compatible,
    .decode = decode_dart,
};

/* One cell: a port, micro-TLB, master or context bank, in the numbering of that SoC. */
static int decode_port(const uint32_t *cells, unsigned ncells, struct dms_stream *out)
{
    (void)cells;
    (void)out;
    return ncells == 1 ? DMS_ENOTSUP : DMS_EINVAL;
}

static const char *const port_compatible[] = {
    /* mediatek,iommu.yaml: larb and port */
    "mediatek,mt2701-m4u",
    "mediatek,mt2712-m4u",
    "mediatek,mt6779-m4u",
    "mediatek,mt6795-m4u",
    "mediatek,mt8167-m4u",
    "mediatek,mt8173-m4u",
    "mediatek,mt8183-m4u",
    "mediatek,mt8186-iommu-mm",
    "mediatek,mt8188-iommu-infra",
    "mediatek,mt8188-iommu-vdo",
    "mediatek,mt8188-iommu-vpp",
    "mediatek,mt8189-iommu-apu",
    "mediatek,mt8189-iommu-infra",
    "mediatek,mt8189-iommu-mm",
    "mediatek,mt8192-m4u",
    "mediatek,mt8195-iommu-infra",
    "mediatek,mt8195-iommu-vdo",
    "mediatek,mt8195-iommu-vpp",
    "mediatek,mt8365-m4u",
    /* renesas,ipmmu-vmsa.yaml: micro-TLB */
    "renesas,ipmmu-vmsa",
    "renesas,rcar-gen4-ipmmu-vmsa",
    "renesas,ipmmu-r8a774a1",
    "renesas,ipmmu-r8a774b1",
    "renesas,ipmmu-r8a774c0",
    "renesas,ipmmu-r8a774e1",
    "renesas,ipmmu-r8a7795",
    "renesas,ipmmu-r8a7796",
    "renesas,ipmmu-r8a77961",
    "renesas,ipmmu-r8a77965",
    "renesas,ipmmu-r8a77970",
    "renesas,ipmmu-r8a77980",
    "renesas,ipmmu-r8a77990",
    "renesas,ipmmu-r8a77995",
    "renesas,ipmmu-r8a779a0",
    "renesas,ipmmu-r8a779f0",
    /* nvidia: software group */
    "nvidia,tegra30-mc",
    "nvidia,tegra114-mc",
    "nvidia,tegra124-mc",
    "nvidia,tegra132-mc",
    "nvidia,tegra210-mc",
    "nvidia,tegra30-smmu",
    "nvidia,tegra114-smmu",
    "nvidia,tegra124-smmu",
    /* allwinner,sun50i-h6-iommu.yaml: master */
    "allwinner,sun20i-d1-iommu",
    "allwinner,sun50i-h6-iommu",
    "allwinner,sun50i-h616-iommu",
    /* qcom,iommu.yaml: context bank; qcom,apq8064-iommu.yaml: machine ID */
    "qcom,msm-iommu-v1",
    "qcom,msm-iommu-v2",
    "qcom,apq8064-iommu",
    /* xen,grant-dma.yaml: backend domain */
    "xen,grant-dma",
    NULL,
};

const struct dms_iommu_type iommu_type_port = {
    .name = "soc-port-iommu",
    .family = DMS_FAMILY_OTHER,
    .compatible = port_compatible,
    .decode = decode_port,
};

/* No cells: the IOMMU serves its one master whole. */
static int decode_whole(const uint32_t *cells, unsigned ncells, struct dms_stream *out)
{
    (void)cells;
    (void)out;
    return ncells == 0 ? DMS_ENOTSUP : DMS_EINVAL;
}

static const char *const whole_compatible[] = {
    "rockchip,iommu",        "rockchip,rk3568-iommu", "rockchip,rk3588-av1-iommu",
    "verisilicon,iommu-1.2", "samsung,exynos-sysmmu", "sprd,iommu-v1",
    "ti,omap2-iommu",        "ti,omap4-iommu",        "ti,dra7-iommu",
    "ti,dra7-dsp-iommu",     "nvidia,tegra20-gart",   NULL,
};

const struct dms_iommu_type iommu_type_whole = {
    .name = "one-master-iommu",
    .family = DMS_FAMILY_OTHER,
    .compatible = whole_compatible,
    .decode = decode_whole,
};
