/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The blob's header: where the structure and strings blocks are. libfdt checks it. */
#include "of/of_internal.h"

#include <libfdt.h>

static int header_error(const struct dms_of *of, struct dms_of_diag *diag, int error,
                        const char *text, const char *remedy)
{
    return of_fail(
        of, diag, error,
        &(struct of_issue){.node = DMS_OF_NONE, .cell = -1, .text = text, .remedy = remedy});
}

static int header_fdt_error(const struct dms_of *of, struct dms_of_diag *diag, int fdt_error)
{
    switch (fdt_error) {
    case FDT_ERR_BADMAGIC:
        return header_error(of, diag, DMS_EINVAL, "not a flattened device tree: no magic number",
                            "give a .dtb file; compile a source with dtc");
    case FDT_ERR_BADVERSION:
        return header_error(of, diag, DMS_ENOTSUP, "a version of the format that is not read",
                            "recompile the tree with dtc -V 17");
    default:
        return header_error(of, diag, DMS_EINVAL, "the header's sizes and offsets do not fit",
                            "the file is damaged: build or fetch it again");
    }
}

int of_read_header(struct dms_of *of, const void *blob, size_t size, struct dms_of_diag *diag)
{
    uint32_t total;
    int fdt_error;

    if (!blob || (uintptr_t)blob % 8 != 0)
        return header_error(of, diag, DMS_EINVAL, "no blob, or not aligned to 8 bytes",
                            "load the file to an aligned address");
    if (size < sizeof(struct fdt_header))
        return header_error(of, diag, DMS_EINVAL, "shorter than a header",
                            "give a .dtb file; compile a source with dtc");
    fdt_error = -fdt_check_header(blob);
    if (fdt_error != 0)
        return header_fdt_error(of, diag, fdt_error);
    /* Before version 16 names are whole paths and values are padded to 8 bytes. */
    if (fdt_version(blob) < 16)
        return header_fdt_error(of, diag, FDT_ERR_BADVERSION);
    total = fdt_totalsize(blob);
    if (total > size)
        return header_error(of, diag, DMS_EINVAL, "truncated: the header tells of more bytes",
                            "the file is damaged: build or fetch it again");

    of->blob = blob;
    of->tokens = (const uint8_t *)blob + fdt_off_dt_struct(blob);
    of->strings = (const char *)blob + fdt_off_dt_strings(blob);
    of->strings_size = fdt_size_dt_strings(blob);
    /* Version 16 does not tell the size of the structure block; OF_END ends it. */
    of->tokens_size =
        fdt_version(blob) >= 17 ? fdt_size_dt_struct(blob) : total - fdt_off_dt_struct(blob);
    return 0;
}
