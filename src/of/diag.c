/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Filling reports and turning them into text. */
#include "base/mem.h"
#include "base/text.h"
#include "of/of_internal.h"

static const char *const finding_names[DMS_OF_FINDING_COUNT] = {
    [DMS_OF_FINDING_NONE] = "none",
    [DMS_OF_FINDING_LEGACY_MAP] = "legacy-map",
    [DMS_OF_FINDING_DUPLICATE_ID] = "duplicate-id",
    [DMS_OF_FINDING_EMPTY_ENTRY] = "empty-entry",
    [DMS_OF_FINDING_LONG_ENTRY] = "long-entry",
    [DMS_OF_FINDING_WRAPPING_ENTRY] = "wrapping-entry",
    [DMS_OF_FINDING_NO_CELLS] = "no-iommu-cells",
    [DMS_OF_FINDING_DISABLED_IOMMU] = "disabled-iommu",
    [DMS_OF_FINDING_EMPTY_RANGE] = "empty-range",
    [DMS_OF_FINDING_REG_DIFFERS] = "reg-differs",
    [DMS_OF_FINDING_NO_REGION] = "no-region",
    [DMS_OF_FINDING_NO_DEVICE] = "no-device",
    [DMS_OF_FINDING_BAD_MASK] = "bad-mask",
    [DMS_OF_FINDING_DMA_LOOP] = "dma-loop",
    [DMS_OF_FINDING_BROKEN_ENTRY] = "broken-entry",
};

const char *dms_of_finding_name(enum dms_of_finding finding)
{
    unsigned i = (unsigned)finding;

    return finding_names[i < DMS_OF_FINDING_COUNT ? i : DMS_OF_FINDING_NONE];
}

static void write_node(const struct dms_of *of, dms_of_node_t node, struct dms_text *text)
{
    char path[DMS_OF_PATH_MAX];

    dms_of_path(of, node, path, sizeof(path));
    dms_text_str(text, path);
}

static void write_issue(const struct dms_of *of, const struct of_issue *issue,
                        struct dms_text *text)
{
    const uint64_t *arg = issue->args;

    for (const char *c = issue->text; *c != '\0'; c++) {
        if (*c != '%') {
            dms_text_char(text, *c);
            continue;
        }
        c++;
        if (*c == 'x')
            dms_text_hex(text, *arg++);
        else if (*c == 'u')
            dms_text_dec(text, *arg++);
        else
            write_node(of, (dms_of_node_t)*arg++, text);
    }
}

static void diag_fill(const struct dms_of *of, struct dms_of_diag *diag,
                      const struct of_issue *issue)
{
    struct dms_text text;

    memset(diag, 0, sizeof(*diag));
    diag->node = issue->node;
    diag->property = issue->property;
    diag->cell = issue->cell;
    diag->remedy = issue->remedy;
    dms_of_path(of, issue->node, diag->path, sizeof(diag->path));
    dms_text_init(&text, diag->text, sizeof(diag->text));
    write_issue(of, issue, &text);
}

int of_fail(const struct dms_of *of, struct dms_of_diag *diag, int error,
            const struct of_issue *issue)
{
    if (diag) {
        diag_fill(of, diag, issue);
        diag->error = error;
    }
    return error;
}

void of_note(const struct dms_of *of, enum dms_of_finding finding, const struct of_issue *issue)
{
    struct dms_of_diag diag;

    if (!of->on_finding)
        return;
    diag_fill(of, &diag, issue);
    diag.finding = finding;
    of->on_finding(of->finding_ctx, &diag);
}

/* Longest line: path, property, cell, text and remedy with their separators. */
#define LINE_MAX (DMS_OF_PATH_MAX + DMS_OF_TEXT_MAX + 512)

size_t dms_of_diag_line(const struct dms_of_diag *diag, char *line, size_t size)
{
    char whole[LINE_MAX];
    struct dms_text text;

    dms_text_init(&text, whole, sizeof(whole));
    if (diag->node != DMS_OF_NONE) {
        dms_text_str(&text, diag->path);
        dms_text_str(&text, ": ");
    }
    if (diag->property) {
        dms_text_str(&text, diag->property);
        if (diag->cell >= 0) {
            dms_text_char(&text, '[');
            dms_text_dec(&text, (uint64_t)diag->cell);
            dms_text_char(&text, ']');
        }
        dms_text_str(&text, ": ");
    }
    dms_text_str(&text, diag->text);
    dms_text_str(&text, "; ");
    dms_text_str(&text, diag->remedy);
    if (size > 0) {
        size_t kept = text.length < size ? text.length : size - 1;

        memcpy(line, whole, kept);
        line[kept] = '\0';
    }
    return text.length;
}
