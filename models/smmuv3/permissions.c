/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Stage 1 permissions of the EL1&0 regime (Arm ARM D8.4; CD.WXN and PAN, 5.4). */
#include "model_internal.h"

static bool writable(uint32_t attrs, bool priv)
{
    return !(attrs & LEAF_READ_ONLY) && (priv || attrs & LEAF_USER);
}

static bool executable(const struct context *c, uint32_t attrs, bool priv)
{
    if (c->wxn && writable(attrs, priv))
        return false;
    if (!priv)
        return !(attrs & LEAF_UXN);
    return !(attrs & LEAF_PXN) && !writable(attrs, false); /* what users may write, privilege must not run */
}

bool permitted(const struct context *context, const struct request *r, uint32_t attrs)
{
    if (r->instr && !r->write)
        return executable(context, attrs, r->priv);
    if (r->priv && context->pan && attrs & LEAF_USER)
        return false;
    if (r->write)
        return writable(attrs, r->priv);
    return r->priv || attrs & LEAF_USER;
}
