/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A fault against the tree. */
#include "answer.h"

#include <string.h>

/* "15000000.iommu" is the node iommu@15000000. */
static bool is_node_of(const struct tree *tree, dms_of_node_t node, const char *name)
{
    const char *node_name = dms_of_name(&tree->of, node);
    const char *unit = strchr(node_name, '@');
    size_t unit_length = strcspn(name, ".");

    if (!unit || name[unit_length] != '.')
        return false;
    return strlen(unit + 1) == unit_length && strncmp(unit + 1, name, unit_length) == 0 &&
           strlen(name + unit_length + 1) == (size_t)(unit - node_name) &&
           strncmp(name + unit_length + 1, node_name, (size_t)(unit - node_name)) == 0;
}

static dms_of_node_t find_iommu(const struct tree *tree, const char *name)
{
    dms_of_node_t node = DMS_OF_ROOT;

    if (name[0] == '\0')
        return DMS_OF_NONE;
    while (node != DMS_OF_NONE && !is_node_of(tree, node, name))
        node = dms_of_next(&tree->of, node);
    return node;
}

void answer_fault(struct facts *facts, const struct fault *fault, dms_of_node_t iommu,
                  struct answer *answer)
{
    *answer = (struct answer){.memory = DMS_OF_NONE};
    answer->iommu = iommu != DMS_OF_NONE ? iommu : find_iommu(&facts->tree, fault->iommu);
    answer->iommu_known = answer->iommu != DMS_OF_NONE;
    find_owners(facts, fault, answer);
    for (unsigned i = 0; i < answer->owner_count; i++)
        find_spot(facts, fault, &answer->owners[i]);
    if (fault->has_iova && fault->iova != 0)
        answer->memory = find_memory(&facts->tree, fault->iova);
    write_answer(facts, fault, answer);
}
