/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the driver says of itself, always with the instance's name in front. */
#include "base/log.h"

#include "base/text.h"
#include "smmuv3_internal.h"

#define LINE_MAX 240

static void begin(const struct smmu *smmu, struct dms_text *text, char line[LINE_MAX],
                  const char *message)
{
    dms_text_init(text, line, LINE_MAX);
    dms_text_str(text, smmu->iommu.name);
    dms_text_str(text, ": ");
    dms_text_str(text, message);
}

void smmu_log(const struct smmu *smmu, enum dms_log_level level, const char *message)
{
    struct dms_text text;
    char line[LINE_MAX];

    begin(smmu, &text, line, message);
    port_log(smmu->iommu.port, level, line);
}

void smmu_log_value(const struct smmu *smmu, enum dms_log_level level, const char *message,
                    uint64_t value)
{
    struct dms_text text;
    char line[LINE_MAX];

    begin(smmu, &text, line, message);
    dms_text_char(&text, ' ');
    dms_text_hex(&text, value);
    port_log(smmu->iommu.port, level, line);
}

static void part(struct dms_text *text, const char *before, uint64_t value, const char *after)
{
    dms_text_str(text, before);
    dms_text_dec(text, value);
    dms_text_str(text, after);
}

void smmu_log_setup(const struct smmu *smmu)
{
    const struct smmu_features *features = &smmu->features;
    struct dms_text text;
    char line[LINE_MAX];

    begin(smmu, &text, line, "");
    part(&text, "", smmu->strtab.sid_bits, "-bit stream IDs");
    dms_text_str(&text, smmu->strtab.two_level ? " in two levels" : " in one level");
    part(&text, ", ", features->asid_bits, "-bit ASIDs");
    part(&text, ", ", features->output_bits, "-bit output, granules");
    for (unsigned lg2 = 12; lg2 <= 16; lg2 += 2) {
        if (features->granules & 1u << lg2)
            part(&text, " ", (1u << lg2) / 1024, "K");
    }
    part(&text, ", ", smmu_queue_size(&smmu->cmdq.queue), " commands");
    part(&text, ", ", smmu_queue_size(&smmu->evtq.queue), " events");
    dms_text_str(&text, smmu->iommu.caps.range_invalidate ? ", range invalidation" : "");
    dms_text_str(&text, features->coherent ? ", coherent" : ", not coherent");
    port_log(smmu->iommu.port, DMS_LOG_INFO, line);
}
