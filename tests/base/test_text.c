/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static char buffer[64];
static struct dms_text text;

static int set_up(void **state)
{
    (void)state;
    memset(buffer, '#', sizeof(buffer));
    dms_text_init(&text, buffer, sizeof(buffer));
    return 0;
}

static void expect(const char *string)
{
    assert_string_equal(buffer, string);
    assert_int_equal(text.length, strlen(string));
    assert_false(text.truncated);
    dms_text_init(&text, buffer, sizeof(buffer));
}

static void pieces_line_up(void **state)
{
    (void)state;
    expect("");
    dms_text_str(&text, "sid ");
    dms_text_hex(&text, 0x1944);
    dms_text_char(&text, ',');
    dms_text_str(&text, "");
    expect("sid 0x1944,");
    dms_text_str(&text, NULL);
    expect("?");
}

static void numbers_are_written_as_printf_does(void **state)
{
    static const uint64_t values[] = {
        0, 1, 9, 10, 15, 16, 255, 4096, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX};
    char expected[64];
    (void)state;

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        snprintf(expected, sizeof(expected), "%" PRIu64, values[i]);
        dms_text_dec(&text, values[i]);
        expect(expected);
        snprintf(expected, sizeof(expected), "0x%" PRIx64, values[i]);
        dms_text_hex(&text, values[i]);
        expect(expected);
        snprintf(expected, sizeof(expected), "0x%016" PRIx64, values[i]);
        dms_text_hex_width(&text, values[i], 16);
        expect(expected);
        snprintf(expected, sizeof(expected), "%" PRId64, (int64_t)values[i]);
        dms_text_signed(&text, (int64_t)values[i]);
        expect(expected);
    }
    dms_text_signed(&text, INT64_MIN);
    expect("-9223372036854775808");
    dms_text_hex_width(&text, 0x12345, 4);
    expect("0x12345");
    dms_text_hex_width(&text, 0, 1000);
    expect("0x0000000000000000");
}

static void a_range_shows_its_inclusive_bounds(void **state)
{
    (void)state;
    dms_text_range(&text, (struct dms_range){0x25800000, 0xdfffffff});
    expect("0x25800000-0xdfffffff");
}

static void a_size_is_exact_in_the_largest_unit_that_divides_it(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"},
        {1, "1 B"},
        {1023, "1023 B"},
        {1024, "1 KiB"},
        {1025, "1025 B"},
        {1536 * 1024, "1536 KiB"},
        {UINT64_C(600) << 20, "600 MiB"},
        {UINT64_C(1) << 30, "1 GiB"},
        {UINT64_C(1) << 40, "1 TiB"},
        {UINT64_C(1) << 63, "8388608 TiB"},
        {UINT64_MAX, "18446744073709551615 B"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        dms_text_size(&text, cases[i].bytes);
        expect(cases[i].text);
    }
}

static void strings_from_outside_cannot_break_the_line(void **state)
{
    static const char wild[] = {'a', '\n', '\x1b', '\x7f', '\x80', ' ', '~', 'z'};
    (void)state;

    dms_text_strn(&text, wild, sizeof(wild));
    expect("a???? ~z");
    dms_text_strn(&text, "ab\0cd", 5);
    expect("ab");
    dms_text_strn(&text, wild, 0);
    expect("");
}

static void what_does_not_fit_is_cut_and_said(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 6; size++) {
        memset(buffer, '#', sizeof(buffer));
        dms_text_init(&text, buffer, size);
        dms_text_str(&text, "12345");
        assert_int_equal(text.length, size - 1);
        assert_memory_equal(buffer, "12345", size - 1);
        assert_int_equal(buffer[size - 1], '\0');
        assert_int_equal(buffer[size], '#');
        assert_int_equal(text.truncated, size < 6);
    }
}

static void after_a_cut_nothing_follows(void **state)
{
    (void)state;
    dms_text_init(&text, buffer, 4);
    dms_text_str(&text, "abcd");
    text.length = 1; /* even if there were room again */
    dms_text_str(&text, "z");
    assert_int_equal(text.length, 1);
}

static void a_buffer_without_a_byte_is_left_alone(void **state)
{
    (void)state;
    dms_text_init(&text, NULL, 0);
    assert_false(text.truncated);
    dms_text_dec(&text, 5);
    assert_true(text.truncated);
    assert_int_equal(text.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(pieces_line_up, set_up),
        cmocka_unit_test_setup(numbers_are_written_as_printf_does, set_up),
        cmocka_unit_test_setup(a_range_shows_its_inclusive_bounds, set_up),
        cmocka_unit_test_setup(a_size_is_exact_in_the_largest_unit_that_divides_it, set_up),
        cmocka_unit_test_setup(strings_from_outside_cannot_break_the_line, set_up),
        cmocka_unit_test_setup(what_does_not_fit_is_cut_and_said, set_up),
        cmocka_unit_test_setup(after_a_cut_nothing_follows, set_up),
        cmocka_unit_test_setup(a_buffer_without_a_byte_is_left_alone, set_up),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
