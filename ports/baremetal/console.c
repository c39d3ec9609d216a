/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "console.h"

#include "cpu.h"
#include "lock.h"

/* PL011 (DDI 0183) */
#define UART_DR      0x00
#define UART_FR      0x18
#define UART_FR_TXFF (1u << 5)

/* Arm semihosting (IHI 0100) */
#define SYS_WRITE0                   0x04
#define SYS_EXIT                     0x18
#define ADP_STOPPED_APPLICATION_EXIT 0x20026

static uintptr_t uart;
static spinlock_t lock;

static void semihosting(uint64_t operation, const void *argument)
{
    register uint64_t x0 __asm__("x0") = operation;
    register const void *x1 __asm__("x1") = argument;

    __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
}

void console_init(uintptr_t registers)
{
    uart = registers;
}

static void uart_put(char c)
{
    while (mmio_read32(uart + UART_FR) & UART_FR_TXFF)
        cpu_yield();
    mmio_write32(uart + UART_DR, (uint8_t)c);
}

void console_put(const char *line)
{
    spin_lock(&lock);
    if (uart) {
        for (; *line; line++)
            uart_put(*line);
        uart_put('\n');
    } else {
        semihosting(SYS_WRITE0, line);
        semihosting(SYS_WRITE0, "\n");
    }
    spin_unlock(&lock);
}

_Noreturn void exit_with(unsigned status)
{
    const uint64_t block[2] = {ADP_STOPPED_APPLICATION_EXIT, status};

    for (;;)
        semihosting(SYS_EXIT, block);
}

void line_text(struct line *line, const char *text)
{
    while (*text && line->length < sizeof(line->text) - 1)
        line->text[line->length++] = *text++;
    line->text[line->length] = '\0';
}

static void line_number(struct line *line, uint64_t value, unsigned base)
{
    char digits[21];
    char *at = &digits[20];

    *at = '\0';
    do {
        *--at = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    line_text(line, at);
}

void line_hex(struct line *line, uint64_t value)
{
    line_text(line, "0x");
    line_number(line, value, 16);
}

void line_decimal(struct line *line, uint64_t value)
{
    line_number(line, value, 10);
}
