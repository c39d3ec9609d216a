/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The iommus property: <&iommu cells...> one after another, each as wide as its target says
 * (iommu.txt; of_iommu_configure).
 */
#include "of/of_internal.h"

static struct of_issue iommus_issue(const struct dms_of_iommus *list, const char *text,
                                    const char *remedy)
{
    return (struct of_issue){.node = list->node,
                             .property = "iommus",
                             .cell = (int32_t)list->cell,
                             .text = text,
                             .remedy = remedy,
                             .args = {(uint64_t)list->last_iommu, list->last_ncells}};
}

static int iommus_none(const struct dms_of_iommus *list, struct dms_of_diag *diag, const char *text)
{
    struct of_issue issue =
        iommus_issue(list, text, "ask by id, if it has an iommu-map for its functions");

    issue.cell = -1;
    return of_fail(list->of, diag, DMS_ENOENT, &issue);
}

/* The entry at list->cell is malformed. */
static int iommus_broken(const struct dms_of_iommus *list, struct dms_of_diag *diag, int error,
                         const char *text, const char *remedy)
{
    const struct of_issue issue = iommus_issue(list, text, remedy);

    if (!list->ends_at_broken || list->cell == 0)
        return of_fail(list->of, diag, error, &issue);
    of_note(list->of, DMS_OF_FINDING_BROKEN_ENTRY, &issue);
    return iommus_none(list, diag, "only the entries before the malformed one count");
}

static void iommus_target(struct dms_of_iommus *list)
{
    uint32_t phandle = of_cell(list->cells, list->cell);
    struct of_target target;

    if (phandle == list->last_phandle)
        return;
    target = of_target(list->of, phandle, "#iommu-cells");
    list->last_phandle = phandle;
    list->last_iommu = target.node;
    list->last_ncells = target.ncells;
    list->last_has_cells = target.has_cells;
}

/* Finds the target of the entry at list->cell and checks that the entry is whole. */
static int iommus_entry(struct dms_of_iommus *list, struct dms_of_diag *diag)
{
    uint32_t left = list->size / 4 - list->cell;

    if (left == 0 && list->size % 4 == 0)
        return iommus_none(list, diag, "fewer entries than that");
    if (left == 0)
        return iommus_broken(list, diag, DMS_EINVAL, "truncated inside a cell", "give whole cells");
    iommus_target(list);
    if (list->last_iommu == DMS_OF_NONE)
        return iommus_broken(list, diag, DMS_ENODEV, "the phandle leads to no node",
                             "point it to the IOMMU, or delete the entry");
    if (!list->last_has_cells)
        return iommus_broken(list, diag, DMS_EINVAL, "the target %n has no #iommu-cells",
                             "add #iommu-cells to the target, or point to an IOMMU");
    if (list->last_ncells > DMS_OF_MAX_CELLS)
        return iommus_broken(list, diag, DMS_EINVAL, "#iommu-cells of %n is %u, more than 16",
                             "correct #iommu-cells of the target");
    if (list->last_ncells > left - 1)
        return iommus_broken(list, diag, DMS_EINVAL, "truncated: the target %n wants %u cells",
                             "give as many cells as #iommu-cells of the target says");
    return 0;
}

/* What the entry at list->cell says, and on to the next. */
static void iommus_take(struct dms_of_iommus *list, struct dms_of_spec *spec)
{
    spec->iommu = list->last_iommu;
    spec->ncells = list->last_ncells;
    for (uint32_t i = 0; i < spec->ncells; i++)
        spec->cells[i] = of_cell(list->cells, list->cell + 1 + i);
    list->cell += 1 + list->last_ncells;
}

int dms_of_iommus_begin(const struct dms_of *of, dms_of_node_t node, struct dms_of_iommus *iommus,
                        struct dms_of_diag *diag)
{
    struct dms_of_iommus fresh = {.of = of, .node = node, .last_iommu = DMS_OF_NONE};
    struct of_prop prop;

    if (!of_prop(of, node, "iommus", &prop))
        return iommus_none(&fresh, diag, "the node has no such property");
    fresh.cells = prop.data;
    fresh.size = prop.size;
    *iommus = fresh;
    return 0;
}

int dms_of_iommus_next(struct dms_of_iommus *iommus, struct dms_of_iommus_entry *entry,
                       struct dms_of_diag *diag)
{
    struct of_issue issue;
    int error = iommus_entry(iommus, diag);

    if (error)
        return error;
    entry->cell = iommus->cell;
    entry->iommu_available = dms_of_available(iommus->of, iommus->last_iommu);
    if (!entry->iommu_available) {
        issue = iommus_issue(iommus, "the target %n is disabled: this stream has no IOMMU",
                             "enable the IOMMU, or delete the entry");
        of_note(iommus->of, DMS_OF_FINDING_DISABLED_IOMMU, &issue);
    }
    iommus_take(iommus, &entry->spec);
    return 0;
}

int dms_of_iommus(const struct dms_of *of, dms_of_node_t node, uint32_t index,
                  struct dms_of_spec *spec, struct dms_of_diag *diag)
{
    struct dms_of_iommus list;
    struct of_issue issue;
    int error = dms_of_iommus_begin(of, node, &list, diag);

    if (error)
        return error;
    list.ends_at_broken = true;
    while ((error = iommus_entry(&list, diag)) == 0 && index-- > 0)
        list.cell += 1 + list.last_ncells;
    if (error)
        return error;
    if (!dms_of_available(of, list.last_iommu)) {
        issue = iommus_issue(&list, "the target %n is disabled, so it is no IOMMU",
                             "enable the IOMMU, or delete the entry");
        return of_fail(of, diag, DMS_ENODEV, &issue);
    }
    iommus_take(&list, spec);
    return 0;
}
