/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "fail_nth.h"

#define MOST_FAILURES 300

struct scene on;

/* ---- a device, and that it is as before ------------------------------------------------------ */

void make_device_of(struct rig *rig, struct dms_device_cfg cfg)
{
    static const struct dms_range window = {ROOM_FIRST, ROOM_FIRST + ROOM_SIZE - 1};

    cfg.window = &window;
    cfg.nwindow = 1;
    on.dev = rig_attached(rig, "dev", 1, &cfg);
    on.room = ROOM_SIZE;
    on.regions = dms_regions(on.dev, NULL, 0);
}

void make_device(struct rig *rig)
{
    make_device_of(rig, (struct dms_device_cfg){0});
}

static void assert_nothing_mapped(struct rig *rig)
{
    struct dms_dma_stats stats;

    assert_int_equal(fake_pages(rig->fake), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    assert_int_equal(dms_dma_get_stats(on.dev, &stats), 0);
    assert_int_equal(stats.live + stats.withheld + stats.lost, 0);
}

static void assert_all_free(void)
{
    const struct dms_dma_opts strict = {.strict = true};
    dms_iova_t iova;

    assert_int_equal(
        dms_map_phys(on.dev, (dms_phys_t){0x1000000}, on.room, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(dms_unmap(on.dev, iova, on.room, &strict), 0);
}

void nothing_happened(struct rig *rig)
{
    assert_nothing_mapped(rig);
    assert_int_equal(dms_regions(on.dev, NULL, 0), on.regions);
    assert_all_free();
}

void end_device(struct rig *rig)
{
    assert_nothing_mapped(rig);
    assert_all_free();
    rig_end(on.dev);
}

/* ---- one failure after the other ------------------------------------------------------------- */

static struct rig *begin(const struct subject *subject, unsigned thread_slots)
{
    struct rig *rig = rig_create_port(thread_slots, NULL, 0, NULL);

    if (subject->setup)
        subject->setup(rig);
    return rig;
}

static void end(const struct subject *subject, struct rig *rig)
{
    subject->undo(rig);
    rig_destroy(rig);
}

/* After the failure: what it left, the same call once more, and the end. */
static void check_and_retry(const struct subject *subject, struct rig *rig, long n)
{
    int err;

    subject->check_failed(rig);
    err = (subject->retry ? subject->retry : subject->call)(rig);
    if (err)
        fail_msg("%s: retry after failure %ld gives %d", subject->name, n, err);
    end(subject, rig);
}

/* false: there is no n-th call. */
static bool fail_port_call(const struct subject *subject, unsigned thread_slots, long n,
                           unsigned *refused)
{
    struct rig *rig = begin(subject, thread_slots);
    bool failed;
    int err;

    test_port_fail_nth(&rig->tp, n);
    err = subject->call(rig);
    failed = atomic_load(&rig->tp.failed);
    test_port_fail_nth(&rig->tp, 0);
    if (!err) {
        /* Not hit, or hit where the library can do without. */
        end(subject, rig);
        return failed;
    }
    if (!failed || (err != DMS_ENOMEM && err != DMS_EFAULT))
        fail_msg("%s: port call %ld fails with %d", subject->name, n, err);
    /* Nobody else is to blame. */
    assert_true(rig->report.error == 0 || rig->report.party == DMS_PARTY_NONE);
    ++*refused;
    check_and_retry(subject, rig, n);
    return true;
}

unsigned fail_port_calls(const struct subject *subjects, size_t count)
{
    unsigned injected = 0;
    unsigned refused = 0;

    on.pages = rig_pages(16);
    for (size_t i = 0; i < count; i++) {
        /* Without caches per thread, and with them. */
        for (unsigned slots = 0; slots <= 2; slots += 2) {
            long n = 1;

            while (fail_port_call(&subjects[i], slots, n, &refused))
                assert_in_range(++n, 1, MOST_FAILURES);
            injected += (unsigned)n - 1;
        }
    }
    free(on.pages);
    print_message("# %u faults injected, %u calls refused\n", injected, refused);
    return refused;
}

static bool fail_request(const struct subject *subject, struct refusal refusal, unsigned n)
{
    struct rig *rig = begin(subject, 0);
    unsigned before = fake_calls(rig->fake, refusal.op);
    bool hit;
    int err;

    fake_fail_nth(rig->fake, refusal.op, n, refusal.err);
    err = subject->call(rig);
    hit = fake_calls(rig->fake, refusal.op) >= before + n;
    fake_fail_nth(rig->fake, refusal.op, 0, 0);
    if (!err) {
        assert_false(hit);
        end(subject, rig);
        return false;
    }
    if (!hit || err != refusal.err)
        fail_msg("%s: request %d number %u fails with %d", subject->name, (int)refusal.op, n, err);
    check_and_retry(subject, rig, n);
    return true;
}

void fail_requests(const struct subject *subjects, size_t count, const struct refusal *refusals,
                   size_t nrefusals)
{
    unsigned injected = 0;

    on.pages = rig_pages(16);
    for (size_t i = 0; i < count; i++) {
        for (size_t r = 0; r < nrefusals; r++) {
            unsigned n = 1;

            while (fail_request(&subjects[i], refusals[r], n))
                assert_in_range(++n, 1, MOST_FAILURES);
            injected += n - 1;
        }
    }
    free(on.pages);
    print_message("# %u faults injected\n", injected);
    assert_true(injected > 0);
}
