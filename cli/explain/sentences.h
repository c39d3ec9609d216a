/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The sentences of an answer, and who writes which. */
#ifndef CLI_EXPLAIN_SENTENCES_H
#define CLI_EXPLAIN_SENTENCES_H

#include "answer.h"

struct text {
    const struct facts *facts;
    const struct fault *fault;
    struct answer *answer;
};

/* answer->where and why; another call replaces the sentence. */
void say_where(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_why(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One more thing to change; beyond CHANGES_MAX it is left out. */
void say_change(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct path text_path(const struct text *text, dms_of_node_t node);

/* ---- what is wrong with the stream, whatever the address ------------------------------------- */

void write_unowned(struct text *text);
void write_disabled(struct text *text, const struct owner *owner);

/* Why and what to change of an event that is not about the address. */
void write_configuration(struct text *text, const struct owner *owner);

/* ---- what the address is to its owner -------------------------------------------------------- */

void write_address(struct text *text, const struct owner *owner);

#endif
