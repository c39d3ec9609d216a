/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef BAREMETAL_EXCEPTION_H
#define BAREMETAL_EXCEPTION_H

#include "layout.h"

#include <stdint.h>

/* As vectors.S stores it. */
struct exception_frame {
    uint64_t x[31];
    uint64_t elr;
    uint64_t spsr;
    uint64_t esr;
    uint64_t far;
    uint64_t unused;
};

/* vector: 0..15, the entry of the table (DDI 0487 D1.10.2). */
_Noreturn void exception_report(const struct exception_frame *frame, unsigned vector);

#endif
