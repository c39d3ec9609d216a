/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "check.h"

#include "suite.h"

#include "base/text.h"

static void put_place(struct dms_text *text, const char *file, unsigned line, const char *what)
{
    dms_text_str(text, "# ");
    dms_text_str(text, file);
    dms_text_char(text, ':');
    dms_text_dec(text, line);
    dms_text_str(text, ": ");
    dms_text_str(text, what);
}

static void fail(struct suite *suite, const char *line)
{
    suite->failed = true;
    suite->machine->put(suite->machine->ctx, line);
}

bool suite_check(struct suite *suite, bool holds, const char *file, unsigned line, const char *what)
{
    char buffer[SUITE_LINE];
    struct dms_text text;

    if (holds)
        return true;
    dms_text_init(&text, buffer, sizeof(buffer));
    put_place(&text, file, line, what);
    fail(suite, buffer);
    return false;
}

bool suite_check_equal(struct suite *suite, uint64_t actual, uint64_t expected, const char *file,
                       unsigned line, const char *what)
{
    char buffer[SUITE_LINE];
    struct dms_text text;

    if (actual == expected)
        return true;
    dms_text_init(&text, buffer, sizeof(buffer));
    put_place(&text, file, line, what);
    dms_text_str(&text, " is ");
    dms_text_hex(&text, actual);
    dms_text_str(&text, ", not ");
    dms_text_hex(&text, expected);
    fail(suite, buffer);
    return false;
}

void suite_note(const struct suite *suite, const char *what)
{
    char buffer[SUITE_LINE];
    struct dms_text text;

    dms_text_init(&text, buffer, sizeof(buffer));
    dms_text_str(&text, "# ");
    dms_text_str(&text, what);
    suite->machine->put(suite->machine->ctx, buffer);
}

void suite_note_value(const struct suite *suite, const char *what, uint64_t value)
{
    char buffer[SUITE_LINE];
    struct dms_text text;

    dms_text_init(&text, buffer, sizeof(buffer));
    dms_text_str(&text, what);
    dms_text_char(&text, ' ');
    dms_text_hex(&text, value);
    suite_note(suite, buffer);
}
