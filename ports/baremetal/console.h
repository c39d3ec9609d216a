/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Lines of text to the PL011 UART, and the end of the run. */
#ifndef BAREMETAL_CONSOLE_H
#define BAREMETAL_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

/* The UART's registers. Before this call, lines go out by semihosting. */
void console_init(uintptr_t uart);

/* One line; the newline is added. Any CPU: lines do not mix. */
void console_put(const char *line);

/* Ends the run with this exit status (Arm semihosting, SYS_EXIT). */
_Noreturn void exit_with(unsigned status);

/* ---- a line under construction: what does not fit is cut off --------------------------------- */

struct line {
    char text[160];
    size_t length;
};

void line_text(struct line *line, const char *text);
void line_hex(struct line *line, uint64_t value); /* with 0x */
void line_decimal(struct line *line, uint64_t value);

#endif
