/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "base/text.h"

void dms_text_init(struct dms_text *text, char *buffer, size_t size)
{
    *text = (struct dms_text){.buffer = buffer, .size = size};
    if (size > 0)
        buffer[0] = '\0';
}

void dms_text_char(struct dms_text *text, char c)
{
    if (text->truncated || text->size - text->length < 2) {
        text->truncated = true;
        return;
    }
    text->buffer[text->length++] = c;
    text->buffer[text->length] = '\0';
}

void dms_text_str(struct dms_text *text, const char *string)
{
    for (const char *c = string ? string : "?"; *c != '\0'; c++)
        dms_text_char(text, *c);
}

void dms_text_strn(struct dms_text *text, const char *string, size_t size)
{
    for (size_t i = 0; i < size && string[i] != '\0'; i++) {
        bool printable = string[i] >= ' ' && string[i] <= '~';

        dms_text_char(text, printable ? string[i] : '?');
    }
}

/* At least `digits` digits; digits <= 20. */
static void text_number(struct dms_text *text, uint64_t value, unsigned base, unsigned digits)
{
    char reversed[20]; /* 2^64 has 20 decimal digits */
    unsigned count = 0;

    do {
        reversed[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0 || count < digits);
    while (count > 0)
        dms_text_char(text, reversed[--count]);
}

void dms_text_dec(struct dms_text *text, uint64_t value)
{
    text_number(text, value, 10, 1);
}

void dms_text_signed(struct dms_text *text, int64_t value)
{
    if (value < 0)
        dms_text_char(text, '-');
    dms_text_dec(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void dms_text_hex(struct dms_text *text, uint64_t value)
{
    dms_text_hex_width(text, value, 1);
}

void dms_text_hex_width(struct dms_text *text, uint64_t value, unsigned digits)
{
    dms_text_str(text, "0x");
    text_number(text, value, 16, digits < 16 ? digits : 16);
}

void dms_text_range(struct dms_text *text, struct dms_range range)
{
    dms_text_hex(text, range.first);
    dms_text_char(text, '-');
    dms_text_hex(text, range.last);
}

void dms_text_size(struct dms_text *text, uint64_t bytes)
{
    static const char *const units[] = {" B", " KiB", " MiB", " GiB", " TiB"};
    unsigned unit = 0;

    while (unit < 4 && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    dms_text_dec(text, bytes);
    dms_text_str(text, units[unit]);
}
