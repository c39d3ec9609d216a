/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "ste_watch.h"

#include "../cmocka_all.h"

#include <string.h>

#define STRTAB_BASE     0x80
#define STRTAB_BASE_CFG 0x88
#define V               1u

static uint64_t word_at(const struct ste_watch *watch, unsigned word)
{
    return recorder_load(watch->rec, watch->phys + word * 8);
}

uint64_t ste_watch_phys(struct recorder *rec, uint32_t sid)
{
    uint64_t base =
        (rec->regs[STRTAB_BASE / 4] | (uint64_t)(rec->regs[STRTAB_BASE / 4 + 1] & 0xfffff) << 32) &
        ~UINT64_C(0x3f);
    uint64_t descriptor;

    if (!(rec->regs[STRTAB_BASE_CFG / 4] >> 16 & 3))
        return base + (uint64_t)sid * 64;
    descriptor = recorder_load(rec, base + (uint64_t)(sid >> 8) * 8);
    if (!(descriptor & 31))
        return 0;
    assert_int_equal(descriptor & 31, 9);
    return (descriptor & 0xfffffffffffc0) + (uint64_t)(sid & 255) * 64;
}

static void see(struct ste_watch *watch, unsigned word, uint64_t value)
{
    unsigned *count = &watch->seen_count[word];

    assert_true(*count < STE_WATCH_VALUES);
    watch->seen[word][(*count)++] = value;
}

static void forget(struct ste_watch *watch)
{
    memset(watch->seen_count, 0, sizeof(watch->seen_count));
    for (unsigned i = 0; i < STE_WATCH_WORDS; i++)
        see(watch, i, word_at(watch, i));
}

/* Every value that the other words had goes with this word 0. */
static bool goes_with(const struct ste_watch *watch, uint64_t word0, const uint64_t entry[])
{
    if (word0 != entry[0])
        return false;
    for (unsigned w = 1; w < STE_WATCH_WORDS; w++) {
        for (unsigned i = 0; i < watch->seen_count[w]; i++) {
            if (watch->seen[w][i] != entry[w])
                return false;
        }
    }
    return true;
}

static void check(const struct ste_watch *watch)
{
    for (unsigned i = 0; i < watch->seen_count[0]; i++) {
        uint64_t word0 = watch->seen[0][i];

        if (word0 & V)
            assert_true(goes_with(watch, word0, watch->old) ||
                        goes_with(watch, word0, watch->target));
    }
}

static void on_store(struct ste_watch *watch, const struct rec_entry *entry)
{
    if (entry->a < watch->phys || entry->a >= watch->phys + STE_WATCH_WORDS * 8)
        return;
    watch->stores++;
    watch->aborts += entry->a == watch->phys && !(entry->b & V);
    watch->invalidated = false;
    see(watch, (unsigned)(entry->a - watch->phys) / 8, entry->b);
    check(watch);
}

static void on_command(struct ste_watch *watch, const struct rec_entry *entry)
{
    uint8_t opcode = entry->a & 0xff;

    if (opcode == 0x04 || (opcode == 0x03 && entry->a >> 32 == watch->sid))
        watch->invalidated = true;
    if (opcode == 0x46 && watch->invalidated)
        forget(watch);
}

static void on_entry(void *ctx, const struct rec_entry *entry)
{
    struct ste_watch *watch = ctx;

    if (entry->kind == REC_STORE)
        on_store(watch, entry);
    if (entry->kind == REC_COMMAND)
        on_command(watch, entry);
}

void ste_watch_begin(struct ste_watch *watch, struct recorder *rec, uint32_t sid,
                     const uint64_t target[STE_WATCH_WORDS])
{
    *watch = (struct ste_watch){.rec = rec, .sid = sid, .phys = ste_watch_phys(rec, sid)};
    assert_true(watch->phys != 0);
    for (unsigned i = 0; i < STE_WATCH_WORDS; i++) {
        watch->old[i] = word_at(watch, i);
        watch->target[i] = target[i];
    }
    forget(watch);
    rec->hook = on_entry;
    rec->hook_ctx = watch;
}

void ste_watch_end(struct ste_watch *watch)
{
    watch->rec->hook = NULL;
    for (unsigned i = 0; i < STE_WATCH_WORDS; i++) {
        assert_int_equal(word_at(watch, i), watch->target[i]);
        assert_int_equal(watch->seen_count[i], 1);
        assert_int_equal(watch->seen[i][0], watch->target[i]);
    }
}
