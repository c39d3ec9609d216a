/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The iommus property: <&iommu cells...> one after another, each as wide as its target says
 * (iommu.txt; of_iommu_configure).
 */
#include "of/of_internal.h"

struct iommus {
    const struct dms_of *of;
    dms_of_node_t node;
    const uint8_t *cells;
    uint32_t count;
    uint32_t at; /* cell where the entry begins */
    uint32_t last_phandle;
    struct of_target target; /* of last_phandle */
    bool ends_at_broken;     /* a malformed entry after the first ends the list */
    struct dms_of_diag *diag;
};

static struct of_issue iommus_issue(const struct iommus *list, const char *text, const char *remedy)
{
    return (struct of_issue){.node = list->node,
                             .property = "iommus",
                             .cell = (int32_t)list->at,
                             .text = text,
                             .remedy = remedy,
                             .args = {(uint64_t)list->target.node, list->target.ncells}};
}

static int iommus_none(const struct iommus *list, const char *text)
{
    struct of_issue issue =
        iommus_issue(list, text, "ask by id, if it has an iommu-map for its functions");

    issue.cell = -1;
    return of_fail(list->of, list->diag, DMS_ENOENT, &issue);
}

/* The entry at list->at is malformed. */
static int iommus_broken(const struct iommus *list, int error, const char *text, const char *remedy)
{
    const struct of_issue issue = iommus_issue(list, text, remedy);

    if (!list->ends_at_broken || list->at == 0)
        return of_fail(list->of, list->diag, error, &issue);
    of_note(list->of, DMS_OF_FINDING_BROKEN_ENTRY, &issue);
    return iommus_none(list, "only the entries before the malformed one count");
}

/* Finds the target of the entry at list->at and checks that the entry is whole. */
static int iommus_entry(struct iommus *list)
{
    uint32_t phandle = of_cell(list->cells, list->at);
    const struct of_target *target = &list->target;

    if (phandle != list->last_phandle) {
        list->target = of_target(list->of, phandle, "#iommu-cells");
        list->last_phandle = phandle;
    }
    if (target->node == DMS_OF_NONE)
        return iommus_broken(list, DMS_ENODEV, "the phandle leads to no node",
                             "point it to the IOMMU, or delete the entry");
    if (!target->has_cells)
        return iommus_broken(list, DMS_EINVAL, "the target %n has no #iommu-cells",
                             "add #iommu-cells to the target, or point to an IOMMU");
    if (target->ncells > DMS_OF_MAX_CELLS)
        return iommus_broken(list, DMS_EINVAL, "#iommu-cells of %n is %u, more than 16",
                             "correct #iommu-cells of the target");
    if (target->ncells > list->count - list->at - 1)
        return iommus_broken(list, DMS_EINVAL, "truncated: the target %n wants %u cells",
                             "give as many cells as #iommu-cells of the target says");
    return 0;
}

static void iommus_begin(struct iommus *list, const struct of_prop *prop)
{
    list->cells = prop->data;
    list->count = prop->size / 4;
    list->target.node = DMS_OF_NONE; /* of last_phandle 0 */
}

/* Goes to the index-th entry. */
static int iommus_seek(struct iommus *list, uint32_t index)
{
    struct of_prop prop;
    int error;

    if (!of_prop(list->of, list->node, "iommus", &prop))
        return iommus_none(list, "the node has no such property");
    iommus_begin(list, &prop);
    for (;; list->at += 1 + list->target.ncells) {
        if (list->at == list->count && prop.size % 4 != 0)
            return iommus_broken(list, DMS_EINVAL, "truncated inside a cell", "give whole cells");
        if (list->at == list->count)
            return iommus_none(list, "fewer entries than that");
        error = iommus_entry(list);
        if (error)
            return error;
        if (index-- == 0)
            return 0;
    }
}

static void iommus_spec(const struct iommus *list, struct dms_of_spec *spec)
{
    spec->iommu = list->target.node;
    spec->ncells = list->target.ncells;
    for (uint32_t i = 0; i < spec->ncells; i++)
        spec->cells[i] = of_cell(list->cells, list->at + 1 + i);
}

int dms_of_iommus(const struct dms_of *of, dms_of_node_t node, uint32_t index,
                  struct dms_of_spec *spec, struct dms_of_diag *diag)
{
    struct iommus list = {.of = of, .node = node, .ends_at_broken = true, .diag = diag};
    struct of_issue issue;
    int error = iommus_seek(&list, index);

    if (error)
        return error;
    if (!dms_of_available(of, list.target.node)) {
        issue = iommus_issue(&list, "the target %n is disabled, so it is no IOMMU",
                             "enable the IOMMU, or delete the entry");
        return of_fail(of, diag, DMS_ENODEV, &issue);
    }
    iommus_spec(&list, spec);
    return 0;
}

int dms_of_iommus_entry(const struct dms_of *of, dms_of_node_t node, uint32_t index,
                        struct dms_of_spec *spec, bool *available, struct dms_of_diag *diag)
{
    struct iommus list = {.of = of, .node = node, .diag = diag};
    struct of_issue issue;
    int error = iommus_seek(&list, index);

    if (error)
        return error;
    *available = dms_of_available(of, list.target.node);
    if (!*available) {
        issue = iommus_issue(&list, "the target %n is disabled: this stream has no IOMMU",
                             "enable the IOMMU, or delete the entry");
        of_note(of, DMS_OF_FINDING_DISABLED_IOMMU, &issue);
    }
    iommus_spec(&list, spec);
    return 0;
}
