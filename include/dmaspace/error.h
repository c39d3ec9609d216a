/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * One list of errors for the whole library. Functions return 0 or a negative code from this list;
 * each function's comment says which, and the state after each. Values follow Linux's errno
 * numbers, so that a kernel or POSIX caller can pass them on; they do not depend on the host's own
 * errno.h. The names hold the sign already: `return DMS_EINVAL;`.
 */
#ifndef DMASPACE_ERROR_H
#define DMASPACE_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

enum dms_error {
    DMS_OK = 0,
    DMS_ENOENT = -2,   /* nothing there: no such node, entry, reservation or mapping */
    DMS_EIO = -5,      /* the hardware reported an error */
    DMS_EAGAIN = -11,  /* not now; the same call can succeed later */
    DMS_ENOMEM = -12,  /* the port gave no memory */
    DMS_EFAULT = -14,  /* iommu-map: id-base outside its mask; or memory without physical address */
    DMS_EBUSY = -16,   /* something live is in the way */
    DMS_EEXIST = -17,  /* it has an owner already */
    DMS_ENODEV = -19,  /* no IOMMU for this device, or not the kind of IOMMU asked for */
    DMS_EINVAL = -22,  /* an argument or a property is malformed */
    DMS_ENOSPC = -28,  /* no address, ASID or table entry left that satisfies the request */
    DMS_ERANGE = -34,  /* a number outside what its type, register or aperture can hold */
    DMS_ENOTSUP = -95, /* the hardware or the port cannot do that */
    DMS_ETIMEDOUT = -110 /* the hardware did not answer before the deadline */
};

/* The sentence of a code, without a full stop. Unknown codes give "unknown error". Never NULL. */
const char *dms_strerror(int error);

/* The code's name, "DMS_EBUSY" for example. An unknown code gives "DMS_E?". Never NULL. */
const char *dms_errname(int error);

#ifdef __cplusplus
}
#endif

#endif
