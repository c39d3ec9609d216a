/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How explain writes its answers. */
#ifndef CLI_EXPLAIN_REPORT_H
#define CLI_EXPLAIN_REPORT_H

#include "answer.h"

struct explain_printer {
    void (*begin)(const struct facts *facts);
    void (*fault)(const struct facts *facts, const struct fault *fault,
                  const struct answer *answer);
    void (*end)(const struct reader *reader);
};

extern const struct explain_printer explain_text;
extern const struct explain_printer explain_json;

/* "privileged write to", "read of" and so on. */
const char *access_text(uint32_t access);

#endif
