/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What drivers and emulated hardware see of the arena. */
#include "posix_internal.h"

static bool is_pow2(size_t x)
{
    return x != 0 && (x & (x - 1)) == 0;
}

struct dms_range dms_posix_ram(const struct dms_posix *posix)
{
    return (struct dms_range){posix->ram_base, posix->ram_base + (posix->ram_size - 1)};
}

void *dms_posix_ram_alloc(struct dms_posix *posix, size_t size, size_t align, dms_phys_t *phys)
{
    void *ptr;

    if (align < DMS_POSIX_PAGE)
        align = DMS_POSIX_PAGE;
    if (size == 0 || !is_pow2(align))
        return NULL;
    ptr = arena_alloc(posix, size, align);
    if (!ptr)
        return NULL;
    slot_count(posix, COUNT_BUFFERS, 1, (int64_t)size);
    if (phys)
        dms_posix_ptr_phys(posix, ptr, phys);
    return ptr;
}

void dms_posix_ram_free(struct dms_posix *posix, void *ptr, size_t size)
{
    if (!ptr)
        return;
    arena_free(posix, ptr, size);
    slot_count(posix, COUNT_BUFFERS, -1, -(int64_t)size);
}

void *dms_posix_phys_ptr(const struct dms_posix *posix, dms_phys_t phys, uint64_t size)
{
    uint64_t offset = phys.addr - posix->ram_base;

    if (size == 0 || offset >= posix->ram_size || size > posix->ram_size - offset)
        return NULL;
    return posix->ram + offset;
}

int dms_posix_ptr_phys(const struct dms_posix *posix, const void *ptr, dms_phys_t *phys)
{
    uint64_t offset = (uintptr_t)ptr - (uintptr_t)posix->ram;

    if (offset >= posix->ram_size)
        return DMS_EFAULT;
    phys->addr = posix->ram_base + offset;
    return 0;
}
