/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Properties of one node. */
#include "base/mem.h"
#include "of/of_internal.h"

/* Ends at the name's NUL, which dms_of_open() has seen to be inside the block. */
bool of_prop_name_is(const struct dms_of *of, uint32_t offset, const char *name)
{
    const char *own = of->strings + offset;

    while (*own == *name && *name != '\0') {
        own++;
        name++;
    }
    return *own == *name;
}

bool of_prop(const struct dms_of *of, dms_of_node_t node, const char *name, struct of_prop *prop)
{
    struct of_token token;

    if (!of_token_at(of, node, &token) || token.tag != OF_BEGIN_NODE)
        return false;
    while (of_token_at(of, token.next, &token)) {
        if (token.tag == OF_NOP)
            continue;
        if (token.tag != OF_PROP)
            return false;
        if (of_prop_name_is(of, token.name, name)) {
            *prop = (struct of_prop){token.data, token.size};
            return true;
        }
    }
    return false;
}

bool of_prop_is(const struct of_prop *prop, const char *value)
{
    size_t size = 0;

    while (value[size] != '\0')
        size++;
    return prop->size == size + 1 && memcmp(prop->data, value, size + 1) == 0;
}

const void *dms_of_prop(const struct dms_of *of, dms_of_node_t node, const char *name,
                        uint32_t *size)
{
    struct of_prop prop;

    if (!of_prop(of, node, name, &prop))
        return NULL;
    *size = prop.size;
    return prop.data;
}

int dms_of_u32(const struct dms_of *of, dms_of_node_t node, const char *name, uint32_t *value)
{
    struct of_prop prop;

    if (!of_prop(of, node, name, &prop))
        return DMS_ENOENT;
    if (prop.size < 4)
        return DMS_EINVAL;
    *value = of_cell(prop.data, 0);
    return 0;
}

const char *dms_of_compatible(const struct dms_of *of, dms_of_node_t node, uint32_t *size)
{
    *size = 0;
    return dms_of_prop(of, node, "compatible", size);
}

bool dms_of_available(const struct dms_of *of, dms_of_node_t node)
{
    struct of_prop status;

    return !of_prop(of, node, "status", &status) || of_prop_is(&status, "okay") ||
           of_prop_is(&status, "ok");
}
