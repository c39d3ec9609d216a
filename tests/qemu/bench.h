/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TESTS_QEMU_BENCH_H
#define TESTS_QEMU_BENCH_H

#include "../suite/machine.h"

/*
 * Instructions per operation, one line each: name and number. Only exact with QEMU's instruction clock and a counter of
 * 1 GHz. False: an operation failed, and its line says so.
 */
bool bench_run(const struct suite_machine *machine);

#endif
