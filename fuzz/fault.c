/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dmaspace explain of any log, against a tree whose streams and regions the kept inputs name. */
#include "run_verb.h"

extern const struct verb verb_explain;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_verb(&verb_explain, (const char *const[]){EXAMPLE_DTB, NULL}, data, size);
    run_verb(&verb_explain, (const char *const[]){"--json", "--iova", "0x1000", EXAMPLE_DTB, NULL},
             data, size);
    return 0;
}
