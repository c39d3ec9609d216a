/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "page.h"

#include "../array.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The data stands inside an element of the page, and comes from files that are not trusted: nothing in it may end that
 * element or begin another. Outside of strings JSON has none of these characters, inside they may be written so.
 */
static int put_data(const char *bytes, size_t size, void *ctx)
{
    FILE *out = ctx;

    for (size_t i = 0; i < size; i++) {
        switch (bytes[i]) {
        case '<':
        case '>':
        case '&':
            fprintf(out, "\\u%04x", bytes[i]);
            break;
        default:
            fputc(bytes[i], out);
        }
    }
    return ferror(out) ? -1 : 0;
}

static int put_page(FILE *out, const json_t *data)
{
    fputs(page_head, out);
    if (json_dump_callback(data, put_data, out, JSON_COMPACT | JSON_ENSURE_ASCII) != 0)
        return -1;
    fputs(page_tail, out);
    return fflush(out) == 0 && !ferror(out) ? 0 : -1;
}

int page_write(const char *file, json_t *data)
{
    FILE *out = strcmp(file, "-") == 0 ? stdout : fopen(file, "w");
    int status = out ? put_page(out, data) : -1;
    int error = errno;

    if (out && out != stdout && fclose(out) != 0 && status == 0) {
        status = -1;
        error = errno;
    }
    json_decref(data);
    errno = error;
    return status;
}
