/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* An exception that nobody expected: say where and why, in TAP's words, and end the run. */
#include "exception.h"
#include "console.h"
#include "cpu.h"

#include <assert.h>

static_assert(sizeof(struct exception_frame) == FRAME_SIZE, "vectors.S saves this");

static void report_registers(const struct exception_frame *frame)
{
    for (unsigned i = 0; i < 31; i += 4) {
        struct line line = {.length = 0};

        line_text(&line, "#");
        for (unsigned r = i; r < i + 4 && r < 31; r++) {
            line_text(&line, " x");
            line_decimal(&line, r);
            line_text(&line, " ");
            line_hex(&line, frame->x[r]);
        }
        console_put(line.text);
    }
}

_Noreturn void exception_report(const struct exception_frame *frame, unsigned vector)
{
    struct line line = {.length = 0};

    line_text(&line, "Bail out! exception at vector ");
    line_decimal(&line, vector);
    line_text(&line, ", CPU ");
    line_decimal(&line, cpu_index());
    line_text(&line, ": ESR ");
    line_hex(&line, frame->esr);
    line_text(&line, " ELR ");
    line_hex(&line, frame->elr);
    line_text(&line, " FAR ");
    line_hex(&line, frame->far);
    line_text(&line, " SPSR ");
    line_hex(&line, frame->spsr);
    console_put(line.text);
    report_registers(frame);
    exit_with(3);
}

/* What is linked in may have been compiled with a stack protector: libfdt of a distribution is. */
uintptr_t __stack_chk_guard = 0x646d73706163650a;
_Noreturn void __stack_chk_fail(void);

_Noreturn void __stack_chk_fail(void)
{
    console_put("Bail out! a stack frame was overwritten");
    exit_with(3);
}
