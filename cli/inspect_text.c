/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* inspect for people: a block per master, a label per line. */
#include "inspect.h"
#include "stream.h"
#include "style.h"

#include <dmaspace/error.h>
#include <inttypes.h>

#define LABEL_WIDTH 10

static void print_range(struct dms_range range)
{
    printf("0x%" PRIx64 "-0x%" PRIx64, range.first, range.last);
}

static void begin(void)
{
}

static void file(const struct tree *tree)
{
    struct string model = string_of(tree, DMS_OF_ROOT, "model");

    printf("%s%s%s%s%s\n", style(stdout, STYLE_TITLE), tree->file, style(stdout, STYLE_END),
           model.text[0] ? ": " : "", model.text);
}

static void print_cells(const struct dms_of_spec *spec)
{
    printf("<");
    for (uint32_t i = 0; i < spec->ncells; i++)
        printf("%s0x%x", i ? " " : "", spec->cells[i]);
    printf(">");
}

/*
 * "0x1940", "0x880 mask 0x400", "0x100-0x1ff" for a run of `length`, or the cells when they name no
 * stream.
 */
static void print_stream(const struct tree *tree, const struct dms_of_spec *spec, uint32_t length)
{
    struct dms_stream stream;

    if (decode_spec(tree, spec, &stream) != 0) {
        print_cells(spec);
        return;
    }
    printf("0x%x", stream.sid);
    if (length > 1 && spec->ncells == 1)
        printf("-0x%x", stream.sid + (length - 1));
    if (stream.mask)
        printf(" mask 0x%x", stream.mask);
}

static void print_iommu(const struct tree *tree, dms_of_node_t iommu, bool available)
{
    printf("%s%s", path_of(tree, iommu).text, available ? "" : " (disabled)");
}

/* One line for each run of streams on one IOMMU. */
static void print_streams(const struct tree *tree, const struct master *master)
{
    dms_of_node_t iommu = DMS_OF_NONE;

    for (size_t i = 0; i < master->streams.count; i++) {
        const struct dms_of_iommus_entry *stream = &master->streams.items[i];

        if (stream->spec.iommu == iommu) {
            printf(", ");
        } else {
            printf("%s", i ? "\n" : "");
            print_label(LABEL_WIDTH, "streams");
            iommu = stream->spec.iommu;
            print_iommu(tree, iommu, stream->iommu_available);
            printf(" %s: ", iommu_type(tree, iommu)->name);
        }
        print_stream(tree, &stream->spec, 1);
    }
    if (master->streams.count > 0)
        printf("\n");
}

static void print_ids(const struct dms_of_map_entry *entry)
{
    uint64_t last = (uint64_t)entry->id_base + entry->length - 1;

    if (entry->length == 0)
        printf("no id");
    else if (entry->length == 1)
        printf("id 0x%x", entry->id_base);
    else
        printf("id 0x%x-0x%" PRIx64, entry->id_base, last);
}

static void print_map(const struct tree *tree, const struct master *master)
{
    dms_of_node_t iommu = DMS_OF_NONE;

    for (size_t i = 0; i < master->map.count; i++) {
        const struct dms_of_map_entry *entry = &master->map.items[i];

        if (entry->out.iommu != iommu) {
            print_label(LABEL_WIDTH, "functions");
            iommu = entry->out.iommu;
            print_iommu(tree, iommu, entry->iommu_available);
            printf(" %s", iommu_type(tree, iommu)->name);
            if (i == 0 && master->map_mask != UINT32_MAX)
                printf(", ids masked with 0x%x", master->map_mask);
            printf("\n");
        }
        print_label(LABEL_WIDTH, "");
        print_ids(entry);
        printf(" -> ");
        print_stream(tree, &entry->out, entry->length);
        printf("\n");
    }
}

static bool is_whole(struct dms_range range)
{
    return range.first == 0 && range.last == UINT64_MAX;
}

static void print_apertures(const struct master *master)
{
    bool differ = master->has_map && (master->aperture.first != master->function_aperture.first ||
                                      master->aperture.last != master->function_aperture.last);

    if (!is_whole(master->aperture)) {
        print_label(LABEL_WIDTH, "aperture");
        print_range(master->aperture);
        printf("%s\n", differ ? " (the device itself)" : "");
    }
    if (differ) {
        print_label(LABEL_WIDTH, "aperture");
        print_range(master->function_aperture);
        printf(" (its functions)\n");
    }
}

static void print_addresses(const struct tree *tree, const struct master *master)
{
    print_apertures(master);
    for (size_t i = 0; i < master->windows.count; i++) {
        print_label(LABEL_WIDTH, "usable");
        print_range(master->windows.items[i]);
        printf("\n");
    }
    for (size_t i = 0; i < master->regions.count; i++) {
        const struct dms_of_region *region = &master->regions.items[i];

        print_label(LABEL_WIDTH, "reserved");
        print_range(region->range);
        printf(" %s by %s\n", dms_region_kind_name(region->kind),
               path_of(tree, region->memory).text);
    }
}

/* The place is told only where it is not plain: another node, a property, a cell. */
static void print_diag_place(const struct master *master, const struct dms_of_diag *diag)
{
    if (diag->node != master->node)
        printf("%s: ", diag->path);
    if (diag->property && diag->cell >= 0)
        printf("%s[%d]: ", diag->property, diag->cell);
    else if (diag->property)
        printf("%s: ", diag->property);
}

static void print_diags(const struct master *master)
{
    for (size_t i = 0; i < master->diags.count; i++) {
        const struct dms_of_diag *diag = &master->diags.items[i];

        printf("  %s%-10s%s ", style(stdout, diag->error ? STYLE_ERROR : STYLE_WARNING),
               diag->error ? "error" : "note", style(stdout, STYLE_END));
        print_diag_place(master, diag);
        printf("%s (%s)\n", diag->text,
               diag->error ? dms_errname(diag->error) : dms_of_finding_name(diag->finding));
        print_label(LABEL_WIDTH, "");
        printf("%s\n", diag->remedy);
    }
}

static void master(const struct tree *tree, const struct master *master)
{
    struct string compatible = string_of(tree, master->node, "compatible");

    printf("\n%s%s%s", style(stdout, STYLE_TITLE), path_of(tree, master->node).text,
           style(stdout, STYLE_END));
    printf("%s%s%s%s\n", compatible.text[0] ? "  " : "", compatible.text,
           master->coherent ? "  coherent" : "", master->available ? "" : "  disabled");
    print_streams(tree, master);
    print_map(tree, master);
    print_addresses(tree, master);
    print_diags(master);
}

static void print_tally(const struct tally *tally)
{
    printf("%zu master%s, %zu stream%s, %zu map entr%s, %zu reserved region%s", tally->masters,
           tally->masters == 1 ? "" : "s", tally->streams, tally->streams == 1 ? "" : "s",
           tally->map_entries, tally->map_entries == 1 ? "y" : "ies", tally->regions,
           tally->regions == 1 ? "" : "s");
    if (tally->findings)
        printf(", %zu note%s", tally->findings, tally->findings == 1 ? "" : "s");
    if (tally->errors)
        printf(", %s%zu error%s%s", style(stdout, STYLE_ERROR), tally->errors,
               tally->errors == 1 ? "" : "s", style(stdout, STYLE_END));
    printf("\n");
}

static void file_end(const struct tree *tree, const struct tally *tally)
{
    (void)tree;
    printf("\n");
    print_tally(tally);
    printf("\n");
}

static void end(const struct tally *total)
{
    if (total->files + total->unreadable < 2)
        return;
    printf("%zu file%s: ", total->files, total->files == 1 ? "" : "s");
    print_tally(total);
    if (total->unreadable)
        printf("%zu more could not be read\n", total->unreadable);
}

const struct printer text_printer = {begin, file, master, file_end, end};
