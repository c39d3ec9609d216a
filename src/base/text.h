/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Text into a buffer of the caller's, without printf. The buffer is NUL-terminated after every
 * call. What does not fit is cut off, and from then on nothing is appended; `truncated` says so.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <dmaspace/types.h>

struct dms_text {
    char *buffer;
    size_t size;   /* bytes in buffer, NUL included */
    size_t length; /* bytes written, NUL excluded */
    bool truncated;
};

/* buffer may be NULL when size is 0; then everything is truncated. */
void dms_text_init(struct dms_text *text, char *buffer, size_t size);

void dms_text_char(struct dms_text *text, char c);

/* NULL is written as "?". */
void dms_text_str(struct dms_text *text, const char *string);

/*
 * At most `size` bytes of a string that may lack its NUL. Bytes that are not printable ASCII become
 * '?'.
 */
void dms_text_strn(struct dms_text *text, const char *string, size_t size);

void dms_text_dec(struct dms_text *text, uint64_t value);

/* "-19" */
void dms_text_signed(struct dms_text *text, int64_t value);

/* "0x1944" */
void dms_text_hex(struct dms_text *text, uint64_t value);

/*
 * "0x0000000025800000" with 16 digits; more than `digits` (at most 16) are written if the value
 * needs them.
 */
void dms_text_hex_width(struct dms_text *text, uint64_t value, unsigned digits);

/* "0x25800000-0xdfffffff" */
void dms_text_range(struct dms_text *text, struct dms_range range);

/* "600 MiB": the largest unit up to TiB that divides the size, so the text is exact. */
void dms_text_size(struct dms_text *text, uint64_t bytes);

#endif
