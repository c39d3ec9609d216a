/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TESTS_QEMU_PORT_TESTS_H
#define TESTS_QEMU_PORT_TESTS_H

#include "../suite/machine.h"

/* What the bare-metal port itself promises, as TAP. Returns the number of tests that failed. */
unsigned port_tests_run(const struct suite_machine *machine);

#endif
