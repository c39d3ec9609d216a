/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "base/mem.h"
#include "of/of_internal.h"

int dms_of_open(struct dms_of *of, const void *blob, size_t size, struct dms_of_diag *diag)
{
    int error;

    memset(of, 0, sizeof(*of));
    error = of_read_header(of, blob, size, diag);
    return error ? error : of_check_tokens(of, diag);
}
