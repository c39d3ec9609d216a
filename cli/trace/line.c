/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * One line: "TASK-PID [TGID] [CPU] [FLAGS] SECONDS: [SYSTEM:]EVENT: TEXT", with spaces as each tool likes. A task's name
 * may hold anything, brackets as well, so that each bracket is tried until the rest makes sense.
 */
#include "source.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_spaces(const char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    return text;
}

static const char *skip_digits(const char *text)
{
    while (isdigit((unsigned char)*text))
        text++;
    return text;
}

/* "12.345678" or "12.345678901" seconds, or plain "12345678901" ns; then a colon. NULL: none of these. */
static const char *read_time(const char *text, uint64_t *time)
{
    const char *point = skip_digits(text);
    const char *end = point;
    uint64_t whole = strtoull(text, NULL, 10);
    uint64_t part = 0;

    if (point == text)
        return NULL;
    if (*point != '.') {
        *time = whole;
        return *end == ':' ? end + 1 : NULL;
    }
    end = skip_digits(point + 1);
    for (int i = 0; i < 9; i++)
        part = part * 10 + (i < end - point - 1 ? (uint64_t)(point[1 + i] - '0') : 0);
    if (__builtin_mul_overflow(whole, UINT64_C(1000000000), time) ||
        __builtin_add_overflow(*time, part, time))
        return NULL;
    return *end == ':' ? end + 1 : NULL;
}

/* The column of flags ("d..1." and the like) is there or not. */
static const char *read_flags_and_time(const char *text, uint64_t *time)
{
    const char *rest = read_time(text, time);

    if (rest)
        return rest;
    while (*text && *text != ' ')
        text++;
    return read_time(skip_spaces(text), time);
}

static const char *before_tgid(const char *line, const char *end)
{
    const char *open = end;

    if (end == line || end[-1] != ')')
        return end;
    while (open > line && *open != '(')
        open--;
    while (open > line && open[-1] == ' ')
        open--;
    return open > line ? open : end;
}

/* What stands before the CPU's bracket. */
static bool read_task(const char *line, const char *bracket, struct trace_event *event)
{
    const char *end = bracket;
    const char *digits;

    line = skip_spaces(line);
    while (end > line && end[-1] == ' ')
        end--;
    end = before_tgid(line, end);
    digits = end;
    while (digits > line && isdigit((unsigned char)digits[-1]))
        digits--;
    if (digits == end || digits - line < 2 || (digits[-1] != '-' && digits[-1] != ' '))
        return false;
    event->pid = strtoull(digits, NULL, 10);
    do
        digits--;
    while (digits > line && digits[-1] == ' ');
    snprintf(event->task, sizeof(event->task), "%.*s",
             (int)(digits - line < 200 ? digits - line : 200), line);
    return true;
}

/* Three digits at least. */
static bool is_cpu(const char *bracket)
{
    const char *end = skip_digits(bracket + 1);

    return end - bracket > 3 && *end == ']';
}

/* The event's name, at most as long as `call`; system and spaces around it do not count. NULL: no name. */
static const char *read_name(const char *text, char *name, size_t size)
{
    const char *end;

    text = skip_spaces(text);
    end = text + strcspn(text, ": ");
    if (end == text || *end != ':')
        return NULL;
    if (end[1] != ' ' && end[1] != '\0')
        return read_name(end + 1, name, size);
    snprintf(name, size, "%.*s", (int)(end - text < 200 ? end - text : 200), text);
    return skip_spaces(end + 1);
}

static enum line_kind read_from(const char *line, const char *bracket, struct trace_event *event)
{
    const char *rest;

    if (!is_cpu(bracket) || !read_task(line, bracket, event))
        return LINE_GARBAGE;
    rest = read_flags_and_time(skip_spaces(strchr(bracket, ']') + 1), &event->time);
    if (!rest)
        return LINE_GARBAGE;
    rest = read_name(rest, event->call, sizeof(event->call));
    if (!rest) /* trace_printk and function traces have none */
        return LINE_OTHER;
    return body_read(event->call, rest, event);
}

static bool begins(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

/* "CPU:1 [LOST 23 EVENTS]" (kernel), "CPU:1 [23 EVENTS DROPPED]" (trace-cmd); without a number where unknown. */
static bool is_lost(const char *line, uint64_t *lost)
{
    const char *bracket = strchr(line, '[');

    if (!begins(line, "CPU:") || !bracket)
        return false;
    if (!strstr(bracket, "LOST") && !strstr(bracket, "DROPPED"))
        return false;
    bracket += strcspn(bracket, "0123456789");
    *lost = strtoull(bracket, NULL, 10);
    return true;
}

/* What trace-cmd report and perf script say besides events. */
static bool is_remark(const char *line)
{
    static const char *const remarks[] = {"#", "cpus=", "CPU ", "CPU:", "version", "trace-cmd"};

    for (size_t i = 0; i < sizeof(remarks) / sizeof(*remarks); i++) {
        if (begins(line, remarks[i]))
            return true;
    }
    return *line == '\0';
}

enum line_kind line_read(const char *line, struct trace_event *event, uint64_t *lost)
{
    if (is_lost(line, lost))
        return LINE_LOST;
    if (is_remark(line))
        return LINE_OTHER;
    for (const char *at = strchr(line, '['); at; at = strchr(at + 1, '[')) {
        memset(event, 0, sizeof(*event));
        enum line_kind kind = read_from(line, at, event);

        if (kind != LINE_GARBAGE || event->time != 0)
            return kind;
    }
    return LINE_GARBAGE;
}
