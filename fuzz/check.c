/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dmaspace check of any file, every check told. */
#include "run_verb.h"

extern const struct verb verb_check;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const options[] = {"--severity", "note", "--dma-bits", "32",
                                          "--threads",  "1",    NULL};

    run_verb(&verb_check, options, data, size);
    return 0;
}
