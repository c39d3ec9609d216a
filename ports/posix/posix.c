/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Life and death of the port. */
#include "posix_internal.h"
#include "thread_index.h"

#include <stdlib.h>

#define RAM_MAX    (UINT64_C(256) << 30)
#define BASE_ALIGN (UINT64_C(2) << 20)
#define SLOTS      64u

static int check(uint64_t base, uint64_t size, unsigned slots)
{
    if (size % DMS_POSIX_PAGE != 0 || base % BASE_ALIGN != 0 || slots > THREAD_INDEX_MAX)
        return DMS_EINVAL;
    if (size > RAM_MAX || size - 1 > UINT64_MAX - base)
        return DMS_ERANGE;
    return 0;
}

int dms_posix_create(const struct dms_posix_cfg *cfg, struct dms_posix **out)
{
    static const struct dms_posix_cfg defaults;
    const struct dms_posix_cfg *c = cfg ? cfg : &defaults;
    uint64_t base = c->ram_base ? c->ram_base : DMS_POSIX_RAM_BASE;
    uint64_t size = c->ram_size ? c->ram_size : DMS_POSIX_RAM_SIZE;
    unsigned slots = c->thread_slots ? c->thread_slots : SLOTS;
    struct dms_posix *posix;
    int error = check(base, size, slots);

    if (error)
        return error;
    posix = calloc(1, sizeof(*posix));
    if (!posix)
        return DMS_ENOMEM;
    if (slots_create(posix, slots) != 0)
        goto no_slots;
    if (arena_create(posix, base, size) != 0)
        goto no_arena;
    posix->log = c->log;
    posix->log_ctx = c->log_ctx;
    port_fill(posix);
    *out = posix;
    return 0;

no_arena:
    slots_destroy(posix);
no_slots:
    free(posix);
    return DMS_ENOMEM;
}

void dms_posix_destroy(struct dms_posix *posix)
{
    if (!posix)
        return;
    arena_destroy(posix);
    slots_destroy(posix);
    free(posix);
}

const struct dms_port *dms_posix_port(const struct dms_posix *posix)
{
    return &posix->port;
}

void dms_posix_fail_nth(struct dms_posix *posix, uint64_t n)
{
    atomic_store(&posix->failed, false);
    atomic_store(&posix->fail_in, n);
}

bool dms_posix_has_failed(const struct dms_posix *posix)
{
    return atomic_load(&posix->failed);
}
