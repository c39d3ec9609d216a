/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How many more sessions fit: one of them is placed again and again beside what is live, then taken away. */
#include "device.h"

#include <dmaspace/error.h>
#include <stdlib.h>

/* What one task holds. */
struct holding {
    uint64_t pid;
    uint64_t bytes;
    uint64_t count;
};

struct gathering {
    ARRAY(struct holding) holdings; /* one per live range, then one per task */
    ARRAY(const struct live *) session;
    uint64_t pid;
    bool all;
};

static void add_holding(void *ctx, const struct live *live)
{
    struct gathering *gathering = ctx;
    struct holding holding = {live->pid, live->bytes, 1};

    array_push(&gathering->holdings, holding);
}

static void add_to_session(void *ctx, const struct live *live)
{
    struct gathering *gathering = ctx;

    if (gathering->all || live->pid == gathering->pid)
        array_push(&gathering->session, live);
}

static int by_pid(const void *a, const void *b)
{
    const struct holding *x = a, *y = b;

    return (x->pid > y->pid) - (x->pid < y->pid);
}

static int by_age(const void *a, const void *b)
{
    const struct live *x = *(const struct live *const *)a, *y = *(const struct live *const *)b;

    return (x->serial > y->serial) - (x->serial < y->serial);
}

static void merge_holdings(struct gathering *gathering)
{
    struct holding *items = gathering->holdings.items;
    size_t count = 0;

    qsort(items, gathering->holdings.count, sizeof(*items), by_pid);
    for (size_t i = 0; i < gathering->holdings.count; i++) {
        if (count > 0 && items[count - 1].pid == items[i].pid) {
            items[count - 1].bytes += items[i].bytes;
            items[count - 1].count++;
        } else {
            items[count++] = items[i];
        }
    }
    gathering->holdings.count = count;
}

/* A range that was placed, to be taken away again. */
struct placed {
    dms_iova_t iova;
    uint64_t bytes;
};

static uint64_t count_sessions(const struct device *device, struct dms_iova_space *space,
                               const struct gathering *gathering, bool *more)
{
    ARRAY(struct placed) placed = {0};
    size_t per_session = gathering->session.count;
    size_t most = device->most_placed > per_session ? device->most_placed : per_session;
    uint64_t sessions;
    int error = 0;

    while (error == 0 && placed.count < most) {
        const struct live *live = gathering->session.items[placed.count % per_session];
        struct dms_iova_request request = device_request(device, live->bytes);
        struct placed range = {.bytes = live->bytes};

        if (space == device->kernel)
            request.policy = DMS_IOVA_TOP_DOWN;
        error = dms_iova_alloc(space, &request, &range.iova);
        if (error == 0)
            array_push(&placed, range);
    }
    if (error == DMS_ENOMEM)
        array_no_memory();
    *more = error == 0;
    sessions = placed.count / per_session;
    while (placed.count > 0) {
        placed.count--;
        dms_iova_free(space, placed.items[placed.count].iova, placed.items[placed.count].bytes);
    }
    array_drop(&placed);
    return sessions;
}

static void choose_session(struct gathering *gathering, struct headroom *headroom)
{
    const struct holding *largest = gathering->holdings.items;

    headroom->tasks = gathering->holdings.count;
    for (size_t i = 1; i < gathering->holdings.count; i++) {
        if (gathering->holdings.items[i].bytes > largest->bytes)
            largest = &gathering->holdings.items[i];
    }
    gathering->pid = largest->pid;
    headroom->pid = gathering->all ? 0 : largest->pid;
}

void headroom_measure(struct device *device)
{
    struct gathering gathering = {.all = device->options->session == SESSION_ALL};
    struct headroom *headroom = &device->headroom;

    ledger_each(&device->ledger, add_holding, &gathering);
    merge_holdings(&gathering);
    choose_session(&gathering, headroom);
    ledger_each(&device->ledger, add_to_session, &gathering);
    qsort(gathering.session.items, gathering.session.count, sizeof(*gathering.session.items),
          by_age);
    headroom->session_count = gathering.session.count;
    headroom->session_bytes = 0;
    for (size_t i = 0; i < gathering.session.count; i++)
        headroom->session_bytes += gathering.session.items[i]->bytes;
    headroom->kernel = count_sessions(device, device->kernel, &gathering, &headroom->kernel_more);
    headroom->ours = count_sessions(device, device->ours, &gathering, &headroom->ours_more);
    if (device->counts.misfits > 0) {
        headroom->ours = 0;
        headroom->ours_more = false;
    }
    array_drop(&gathering.holdings);
    array_drop(&gathering.session);
}
