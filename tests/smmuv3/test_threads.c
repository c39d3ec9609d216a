/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Several threads post to a small queue that another thread works off, with command errors thrown
 * in. What has to hold, for each thread:
 *  1. when a submission returns 0, the SMMU has taken every command of it;
 *  2. no command is taken twice, and a thread's commands keep their order;
 *  3. a submission fails exactly when one of its own commands did (as long as the queue is large
 *     enough for batches to stay in one piece; else it may fail for one in between), or when it slept through so many errors that
 *     the driver has forgotten whose they were.
 */
#include "../cmocka_all.h"

#include "smmuv3/smmuv3_internal.h"

#include <dmaspace/posix.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define THREADS     3
#define SUBMISSIONS 1500
#define BATCH_MAX   5

#define REG_WORDS   0x5000

struct hardware {
    struct dms_posix *posix;
    _Atomic uint32_t regs[REG_WORDS];
    _Atomic bool stop;
    unsigned fail_every; /* commands; 0: never */
    uint64_t taken;

    /* Per thread, by the last command taken and by the commands that failed. */
    _Atomic uint32_t last[THREADS];
    _Atomic uint32_t failed[THREADS];
    _Atomic unsigned disorder;
};

static struct hardware hw;
static struct dms_iommu *iommu;
static struct smmu *smmu;

static uint32_t read32(void *ctx, uint32_t offset)
{
    (void)ctx;
    return hw.regs[offset / 4];
}

static void write32(void *ctx, uint32_t offset, uint32_t value)
{
    (void)ctx;
    hw.regs[offset / 4] = value;
    if (offset == REG_GBPA)
        hw.regs[REG_GBPA / 4] = value & 0x7fffffff;
}

static bool can_take(uint32_t cons, uint32_t prod)
{
    bool error = (hw.regs[REG_GERROR / 4] ^ hw.regs[REG_GERRORN / 4]) & GERROR_CMDQ;

    return (hw.regs[REG_CR0 / 4] & CR0_CMDQEN) && !error && cons != prod;
}

/* The SID says who posted the command, and its number. */
static void take(const uint64_t words[2])
{
    uint32_t sid = (uint32_t)(words[0] >> 32);

    if ((words[0] & 0xff) != CMD_CFGI_STE || sid >> 24 == 0)
        return;
    if ((sid & 0xffffff) <= hw.last[(sid >> 24) - 1])
        hw.disorder++;
    hw.last[(sid >> 24) - 1] = sid & 0xffffff;
}

static bool stops_at(const uint64_t words[2])
{
    uint32_t thread = (uint32_t)(words[0] >> 56);

    hw.taken++;
    if (!hw.fail_every || hw.taken % hw.fail_every || (words[0] & 0xff) != CMD_CFGI_STE || !thread)
        return false;
    hw.failed[thread - 1]++;
    return true;
}

static void *consume(void *unused)
{
    (void)unused;
    while (!hw.stop) {
        uint64_t base = hw.regs[REG_CMDQ_BASE / 4] | (uint64_t)hw.regs[REG_CMDQ_BASE / 4 + 1] << 32;
        uint32_t wrap = 2u << (base & 31);
        uint32_t cons = hw.regs[REG_CMDQ_CONS / 4] & (wrap - 1);
        _Atomic uint64_t *entry;
        uint64_t words[2];

        /* Acknowledged between commands only. */
        hw.regs[REG_CR0ACK / 4] = hw.regs[REG_CR0 / 4];
        if (!can_take(cons, hw.regs[REG_CMDQ_PROD / 4])) {
            sched_yield();
            continue;
        }
        entry = dms_posix_phys_ptr(
            hw.posix,
            (dms_phys_t){(base & QUEUE_BASE_ADDR) + (uint64_t)(cons & (wrap / 2 - 1)) * 16}, 16);
        words[0] = entry[0];
        words[1] = entry[1];
        if (stops_at(words)) {
            hw.regs[REG_CMDQ_CONS / 4] = cons | CERROR_ILL << 24;
            hw.regs[REG_GERROR / 4] ^= GERROR_CMDQ;
            continue;
        }
        take(words);
        hw.regs[REG_CMDQ_CONS / 4] =
            (hw.regs[REG_CMDQ_CONS / 4] & 0x7f000000) | ((cons + 1) & (wrap - 1));
    }
    return NULL;
}

struct poster {
    pthread_t thread;
    unsigned index;
    uint32_t number; /* of the last command posted */
    bool restarts;   /* somebody restarts the queue: commands may be lost */
    unsigned wrong;
    unsigned failures;
};

static uint64_t errors_so_far(void)
{
    return atomic_load(&smmu->cmdq.history) & HISTORY_FAILURES;
}

/* What a submission of this thread may return. */
static bool is_right(const struct poster *poster, int err, uint32_t failed, uint64_t errors)
{
    bool complete = hw.last[poster->index] == poster->number;

    if (poster->restarts || errors > CMDQ_FAILURES)
        return err == DMS_EIO || (err == 0 && complete && !failed);
    return failed ? err == DMS_EIO : err == 0 && complete;
}

static void *post(void *ctx)
{
    struct poster *poster = ctx;

    for (unsigned i = 0; i < SUBMISSIONS; i++) {
        struct smmu_cmd cmds[BATCH_MAX];
        unsigned n = 1 + (i + poster->index) % BATCH_MAX;
        uint32_t failed = hw.failed[poster->index];
        uint64_t errors = errors_so_far();
        int err;

        for (unsigned c = 0; c < n; c++)
            cmds[c] = smmu_cmd_cfgi_ste((poster->index + 1) << 24 | ++poster->number, true);
        err = smmu_cmdq_submit(smmu, cmds, n);
        failed = hw.failed[poster->index] - failed;
        errors = errors_so_far() - errors;
        poster->failures += err != 0;
        poster->wrong += !is_right(poster, err, failed, errors);
    }
    return NULL;
}

static void no_log(void *ctx, enum dms_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)line;
}

static void start(uint8_t cmdq_lg2, unsigned fail_every, struct poster posters[THREADS],
                  pthread_t *consumer)
{
    struct dms_smmuv3_cfg cfg = {.mmio = {.read32 = read32, .write32 = write32},
                                 .cmdq_lg2 = cmdq_lg2};

    const struct dms_posix_cfg posix_cfg = {.log = no_log};

    memset(&hw, 0, sizeof(hw));
    assert_int_equal(dms_posix_create(&posix_cfg, &hw.posix), 0);
    cfg.port = dms_posix_port(hw.posix);
    cfg.command_timeout_ns = UINT64_C(60000000000);
    hw.regs[REG_IDR0 / 4] = 1u << 1 | 2u << 2 | 1u << 4 | 1u << 12 | 2u << 21 | 1u << 24;
    hw.regs[REG_IDR1 / 4] = 8 | 10u << 16 | 10u << 21;
    hw.regs[REG_IDR5 / 4] = 5 | 1u << 4;
    assert_int_equal(pthread_create(consumer, NULL, consume, NULL), 0);
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), 0);
    smmu = smmu_of(iommu);
    hw.fail_every = fail_every;
    for (unsigned i = 0; i < THREADS; i++) {
        posters[i] = (struct poster){.index = i};
    }
}

static void run(struct poster posters[THREADS])
{
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&posters[i].thread, NULL, post, &posters[i]), 0);
}

static void join(struct poster posters[THREADS])
{
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(posters[i].thread, NULL);
        assert_int_equal(posters[i].wrong, 0);
    }
    assert_int_equal(hw.disorder, 0);
}

static void finish(pthread_t consumer)
{
    assert_int_equal(dms_smmuv3_destroy(iommu), 0);
    hw.stop = true;
    pthread_join(consumer, NULL);
    dms_posix_destroy(hw.posix);
}

static void every_batch_is_complete_when_its_post_returns(void **state)
{
    struct poster posters[THREADS];
    struct dms_smmuv3_stats stats;
    pthread_t consumer;
    (void)state;

    start(3, 0, posters, &consumer);
    run(posters);
    join(posters);
    dms_smmuv3_stats(iommu, &stats);
    assert_int_equal(stats.batches, THREADS * SUBMISSIONS + 1);
    assert_int_equal(stats.syncs, stats.batches);
    assert_int_equal(stats.bogus + stats.timeouts + stats.command_errors, 0);
    finish(consumer);
}

static void errors_reach_exactly_those_whose_commands_failed(void **state)
{
    struct poster posters[THREADS];
    unsigned failures = 0;
    pthread_t consumer;
    (void)state;

    start(5, 97, posters, &consumer);
    run(posters);
    join(posters);
    for (unsigned i = 0; i < THREADS; i++)
        failures += posters[i].failures;
    assert_true(failures > 10);
    finish(consumer);
}

static void a_restart_loses_no_batch_silently(void **state)
{
    struct poster posters[THREADS];
    pthread_t consumer;
    unsigned restarted = 0;
    (void)state;

    start(3, 0, posters, &consumer);
    for (unsigned i = 0; i < THREADS; i++)
        posters[i].restarts = true;
    run(posters);
    for (unsigned i = 0; i < 20; i++) {
        restarted += dms_smmuv3_recover(iommu) == 0;
        sched_yield();
    }
    assert_true(restarted > 0);
    join(posters);
    finish(consumer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_batch_is_complete_when_its_post_returns),
        cmocka_unit_test(errors_reach_exactly_those_whose_commands_failed),
        cmocka_unit_test(a_restart_loses_no_batch_silently),
    };

    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
