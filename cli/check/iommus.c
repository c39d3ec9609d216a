/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* iommus, and what both it and iommu-map say of their targets. */
#include "reports.h"
#include "stream.h"
#include "subjects.h"

#include <dmaspace/error.h>
#include <stdlib.h>
#include <string.h>

void check_iommus_phandle(struct checker *c)
{
    found_errors(c, DMS_ENODEV, "iommus", NULL);
}

/* What the entry's target says of its cells; false: nothing. */
static bool target_cells(const struct checker *c, const struct dms_of_diag *diag, uint32_t *ncells)
{
    uint32_t phandle = cell_of(&c->tree, diag->node, diag->property, (uint32_t)diag->cell);
    dms_of_node_t target = dms_of_by_phandle(&c->tree.of, phandle);

    return dms_of_u32(&c->tree.of, target, "#iommu-cells", ncells) == 0;
}

static bool is_target(const struct checker *c, const struct dms_of_diag *diag)
{
    uint32_t ncells;

    return diag->cell >= 0 && cells_in(&c->tree, diag->node, "iommus") > (uint32_t)diag->cell &&
           !target_cells(c, diag, &ncells);
}

void check_iommus_target(struct checker *c)
{
    found_errors(c, DMS_EINVAL, "iommus", is_target);
}

/* Reports without a cell are about specifiers: stream-width, iommu-cells. */
static bool is_truncated(const struct checker *c, const struct dms_of_diag *diag)
{
    uint32_t ncells;

    if (diag->cell < 0)
        return false;
    return cells_in(&c->tree, diag->node, "iommus") == (uint32_t)diag->cell ||
           (target_cells(c, diag, &ncells) && ncells <= DMS_OF_MAX_CELLS);
}

void check_iommus_truncated(struct checker *c)
{
    found_errors(c, DMS_EINVAL, "iommus", is_truncated);
}

void check_iommus_mixed(struct checker *c)
{
    const struct master *master = &c->master;

    for (size_t i = 1; i < master->streams.count; i++) {
        const struct dms_of_spec *first = &master->streams.items[0].spec;
        const struct dms_of_iommus_entry *other = &master->streams.items[i];
        bool same_type =
            iommu_type(&c->tree, first->iommu) == iommu_type(&c->tree, other->spec.iommu);

        if (other->spec.iommu == first->iommu || (same_type && !is_smmu(&c->tree, first->iommu)))
            continue;
        found(c,
              (struct place){.node = master->node,
                             .property = "iommus",
                             .cell = (int32_t)other->cell,
                             .effect = same_type
                                           ? NULL
                                           : "iommu_fwspec_init refuses a second kind of "
                                             "IOMMU (-EINVAL): the device goes on without any"},
              "%s is another IOMMU than %s, which the first entry names",
              path_of(&c->tree, other->spec.iommu).text, path_of(&c->tree, first->iommu).text);
        return;
    }
}

static bool counts_here(const struct checker *c, const struct claim *claim)
{
    return claim->node == c->master.node && claim->property[5] == 's' &&
           (claim->error == 0 || (claim->error == DMS_ENOTSUP && claim->ncells > 0));
}

static int by_stream(const void *a, const void *b)
{
    const struct claim *x = *(const struct claim *const *)a;
    const struct claim *y = *(const struct claim *const *)b;

    if (x->iommu != y->iommu)
        return x->iommu < y->iommu ? -1 : 1;
    if (x->stream.mask != y->stream.mask)
        return x->stream.mask < y->stream.mask ? -1 : 1;
    if ((x->stream.sid | x->stream.mask) != (y->stream.sid | y->stream.mask))
        return (x->stream.sid | x->stream.mask) < (y->stream.sid | y->stream.mask) ? -1 : 1;
    return (x > y) - (x < y);
}

static bool is_same(const struct claim *a, const struct claim *b)
{
    return a->iommu == b->iommu && a->stream.mask == b->stream.mask &&
           ((a->stream.sid ^ b->stream.sid) & ~a->stream.mask) == 0;
}

void check_iommus_repeated(struct checker *c)
{
    ARRAY(const struct claim *) own = {0};

    /* The claims of this master are the last ones. */
    for (size_t i = c->claims.items.count; i-- > 0;) {
        const struct claim *claim = &c->claims.items.items[i];

        if (claim->node != c->master.node)
            break;
        if (counts_here(c, claim))
            array_push(&own, claim);
    }
    if (own.count > 1)
        qsort(own.items, own.count, sizeof(*own.items), by_stream);
    for (size_t i = 1; i < own.count; i++) {
        if (is_same(own.items[i - 1], own.items[i]))
            found(c,
                  (struct place){.node = c->master.node,
                                 .property = "iommus",
                                 .cell = (int32_t)own.items[i]->cell},
                  "%s is what the entry at cell %u says already", claim_text(own.items[i]).text,
                  own.items[i - 1]->cell);
    }
    array_drop(&own);
}

static void wrong_cells(struct checker *c, dms_of_node_t iommu, uint32_t ncells)
{
    found(c, (struct place){.node = iommu, .property = "#iommu-cells", .cell = 0},
          "%u cell%s, but a specifier of %s has %s", ncells, ncells == 1 ? "" : "s",
          iommu_type(&c->tree, iommu)->name,
          iommu_type(&c->tree, iommu)->family == DMS_FAMILY_SMMUV2   ? "1 or 2"
          : iommu_type(&c->tree, iommu)->family == DMS_FAMILY_SMMUV3 ? "1"
                                                                     : "another number");
}

static void too_many_cells(struct checker *c, const struct dms_of_diag *diag)
{
    uint32_t at = (uint32_t)diag->cell + (is_about(diag, "iommu-map") ? 1 : 0);
    uint32_t phandle = cell_of(&c->tree, diag->node, diag->property, at);
    dms_of_node_t target = dms_of_by_phandle(&c->tree.of, phandle);
    uint32_t ncells;

    if (dms_of_u32(&c->tree.of, target, "#iommu-cells", &ncells) == 0 && ncells > DMS_OF_MAX_CELLS)
        found(c, (struct place){.node = target, .property = "#iommu-cells", .cell = 0},
              "%u cells, more than the 16 that a specifier can have", ncells);
}

void check_iommu_cells(struct checker *c)
{
    for (size_t i = 0; i < c->master.diags.count; i++) {
        const struct dms_of_diag *diag = &c->master.diags.items[i];

        if (diag->error == DMS_EINVAL && diag->cell >= 0 &&
            (is_about(diag, "iommus") || is_about(diag, "iommu-map")))
            too_many_cells(c, diag);
    }
    for (size_t i = c->claims.items.count; i-- > 0;) {
        const struct claim *claim = &c->claims.items.items[i];

        if (claim->node != c->master.node)
            break;
        /* Of a legacy map, one cell was read; how many there are is what counts. */
        if (claim->error == DMS_EINVAL && !c->master.legacy_map) {
            wrong_cells(c, claim->iommu, claim->ncells);
            break;
        }
    }
}

/* Once for each list of consecutive entries with the same target. */
void check_iommu_disabled(struct checker *c)
{
    const char *told = "";

    if (!is_enabled(&c->tree, c->master.node))
        return;
    for (size_t i = 0; i < c->master.diags.count; i++) {
        const struct dms_of_diag *diag = &c->master.diags.items[i];

        if (diag->finding != DMS_OF_FINDING_DISABLED_IOMMU || strcmp(diag->text, told) == 0)
            continue;
        told = diag->text;
        found_diag(c, diag);
    }
}
