/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * dmaspace replay of any text as a trace, under rules that bite. A trace.dat is left alone: libtracecmd reads it, in a
 * process of its own.
 */
#include "run_verb.h"

#include <string.h>

extern const struct verb verb_replay;

static const char magic[] = "\x17\x08\x44";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const options[] = {"--reserve", "0-0x257fffff", NULL};

    if (size >= sizeof(magic) - 1 && memcmp(data, magic, sizeof(magic) - 1) == 0)
        return 0;
    run_verb(&verb_replay, options, data, size);
    return 0;
}
