/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <dmaspace/error.h>

#include <stddef.h>

struct error_text {
    int code;
    const char *name;
    const char *sentence;
};

static const struct error_text error_texts[] = {
    {DMS_OK, "DMS_OK", "success"},
    {DMS_ENOENT, "DMS_ENOENT", "nothing there"},
    {DMS_EIO, "DMS_EIO", "the hardware reported an error"},
    {DMS_EAGAIN, "DMS_EAGAIN", "not now; the same call can succeed later"},
    {DMS_ENOMEM, "DMS_ENOMEM", "out of memory"},
    {DMS_EFAULT, "DMS_EFAULT", "bad address, or an iommu-map id outside iommu-map-mask"},
    {DMS_EBUSY, "DMS_EBUSY", "something live is in the way"},
    {DMS_EEXIST, "DMS_EEXIST", "it has an owner already"},
    {DMS_ENODEV, "DMS_ENODEV", "no IOMMU for this device"},
    {DMS_EINVAL, "DMS_EINVAL", "malformed argument or property"},
    {DMS_ENOSPC, "DMS_ENOSPC", "no space left that satisfies the request"},
    {DMS_ERANGE, "DMS_ERANGE", "out of range"},
    {DMS_ENOTSUP, "DMS_ENOTSUP", "not supported by this hardware or port"},
    {DMS_ETIMEDOUT, "DMS_ETIMEDOUT", "the hardware did not answer before the deadline"},
};

static const struct error_text *error_find(int error)
{
    for (unsigned i = 0; i < sizeof(error_texts) / sizeof(error_texts[0]); i++) {
        if (error_texts[i].code == error)
            return &error_texts[i];
    }
    return NULL;
}

const char *dms_strerror(int error)
{
    const struct error_text *text = error_find(error);

    return text ? text->sentence : "unknown error";
}

const char *dms_errname(int error)
{
    const struct error_text *text = error_find(error);

    return text ? text->name : "DMS_E?";
}
