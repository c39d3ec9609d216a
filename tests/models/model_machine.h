/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One run of RAM behind a disabled SMMU: everything passes, or aborts. */
#ifndef TESTS_MODELS_MODEL_MACHINE_H
#define TESTS_MODELS_MODEL_MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <models/smmuv3/smmuv3_model.h>

struct bypass {
    struct model_ram ram;
    struct smmuv3_model *smmu;
};

static inline struct bypass *bypass_new(uint64_t base, size_t size, bool abort)
{
    struct bypass *b = calloc(1, sizeof(*b));
    assert_non_null(b);
    b->ram = (struct model_ram){.base = base, .size = size, .host = calloc(1, size)};
    assert_non_null(b->ram.host);
    struct smmuv3_model_cfg cfg = smmuv3_model_default_cfg();
    cfg.memory = model_ram_memory(&b->ram);
    cfg.gbpa_abort = abort;
    assert_int_equal(smmuv3_model_create(&cfg, &b->smmu), 0);
    return b;
}

static inline void bypass_free(struct bypass *b)
{
    smmuv3_model_destroy(b->smmu);
    free(b->ram.host);
    free(b);
}

#endif
