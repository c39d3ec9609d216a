/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dmaspace inspect of any file, as text and as JSON. */
#include "run_verb.h"

extern const struct verb verb_inspect;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_verb(&verb_inspect, (const char *const[]){NULL}, data, size);
    run_verb(&verb_inspect, (const char *const[]){"--json", NULL}, data, size);
    return 0;
}
