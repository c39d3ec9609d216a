/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * TAP without a C library. A check that fails is printed and remembered, and the test goes on;
 * where it cannot go on, it says `if (!CHECK(...)) return;`. Checks are for the first CPU only.
 */
#ifndef TESTS_SUITE_CHECK_H
#define TESTS_SUITE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct suite;

/* Both give true when the check holds. */
#define CHECK(suite, condition)                                                                    \
    suite_check((suite), (condition), __FILE_NAME__, __LINE__, #condition)
#define CHECK_EQUAL(suite, actual, expected)                                                       \
    suite_check_equal((suite), (uint64_t)(actual), (uint64_t)(expected), __FILE_NAME__, __LINE__,  \
                      #actual)

#ifndef __FILE_NAME__
#define __FILE_NAME__ __FILE__
#endif

bool suite_check(struct suite *suite, bool holds, const char *file, unsigned line,
                 const char *text);
bool suite_check_equal(struct suite *suite, uint64_t actual, uint64_t expected, const char *file,
                       unsigned line, const char *text);

#endif
