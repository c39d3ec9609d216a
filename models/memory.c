/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One run of RAM behind the bus. */
#include <models/memory.h>

#include <string.h>

static uint64_t little_endian(uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(value);
#else
    return value;
#endif
}

void *model_ram_at(const struct model_ram *ram, uint64_t pa, size_t size)
{
    if (pa < ram->base || size > ram->size || pa - ram->base > ram->size - size)
        return NULL;
    return (char *)ram->host + (pa - ram->base);
}

static bool load64(void *ctx, uint64_t pa, uint64_t *value)
{
    const uint64_t *at = pa % 8 ? NULL : model_ram_at(ctx, pa, 8);

    if (!at)
        return false;
    *value = little_endian(__atomic_load_n(at, __ATOMIC_ACQUIRE));
    return true;
}

static bool store64(void *ctx, uint64_t pa, uint64_t value)
{
    uint64_t *at = pa % 8 ? NULL : model_ram_at(ctx, pa, 8);

    if (!at)
        return false;
    __atomic_store_n(at, little_endian(value), __ATOMIC_RELEASE);
    return true;
}

static bool ram_read(void *ctx, uint64_t pa, void *buf, size_t size)
{
    const void *at = model_ram_at(ctx, pa, size);

    if (!at)
        return false;
    memcpy(buf, at, size);
    return true;
}

static bool ram_write(void *ctx, uint64_t pa, const void *buf, size_t size)
{
    void *at = model_ram_at(ctx, pa, size);

    if (!at)
        return false;
    memcpy(at, buf, size);
    return true;
}

struct model_memory model_ram_memory(struct model_ram *ram)
{
    return (struct model_memory){
        .ctx = ram, .load64 = load64, .store64 = store64, .read = ram_read, .write = ram_write};
}
