/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A 4K stream: what a browser tab decodes. Four places of each buffer are touched. */
static const struct iris_format format = {.width = 3840, .height = 2160, .frames = 10, .tiles = 4};

enum {
    OTHER_BUFFERS = 6,
    MAX_BUFFERS = OTHER_BUFFERS + IRIS_MAX_FRAMES,
    FRAMES_AT_START = 3
};

struct buffer {
    enum demo_function function;
    uint64_t size;
    uint64_t *iova; /* in the session's iris_buffers */
    void *cpu;
    bool mapped;
};

struct session {
    struct iris_session iris;
    struct iris_reference *reference;
    struct buffer buffers[MAX_BUFFERS]; /* [0] is the bitstream, frames begin at OTHER_BUFFERS */
    unsigned nbuffers;
    unsigned packets;
};

static void add_buffer(struct session *s, enum demo_function function, uint64_t size,
                       uint64_t *iova)
{
    s->buffers[s->nbuffers++] = (struct buffer){.function = function, .size = size, .iova = iova};
}

static void describe(struct session *s)
{
    struct iris_sizes *sizes = &s->iris.sizes;
    struct iris_buffers *at = &s->iris.at;

    s->iris.format = format;
    iris_sizes_of(&format, sizes);
    add_buffer(s, DEMO_BITSTREAM, sizes->bitstream, &at->bitstream);
    add_buffer(s, DEMO_NON_PIXEL, sizes->scratch, &at->scratch);
    add_buffer(s, DEMO_NON_PIXEL, sizes->line, &at->line);
    add_buffer(s, DEMO_NON_PIXEL, sizes->motion, &at->motion);
    add_buffer(s, DEMO_NON_PIXEL, sizes->persist, &at->persist);
    add_buffer(s, DEMO_NON_PIXEL, sizes->queue, &at->queue);
    for (unsigned i = 0; i < format.frames; i++)
        add_buffer(s, DEMO_PIXEL, sizes->frame, &at->frame[i]);
}

/*
 * Every run maps below the I/O window: that much a DMA mask can say, and drivers do. What it cannot say is the lower
 * end.
 */
static int map_buffer(struct demo_unit *unit, struct buffer *b)
{
    const struct dms_dma_opts opts = {.highest = unit->iris.soc->io_base - 1};
    int error;

    b->cpu = dms_posix_ram_alloc(model_machine_memory(unit->machine), b->size, 0, NULL);
    if (!b->cpu)
        return DMS_ENOMEM;
    error =
        dms_map(unit->functions[b->function], b->cpu, b->size, DMS_BIDIRECTIONAL, &opts, b->iova);
    b->mapped = !error;
    return error;
}

static int session_open(struct demo_unit *unit, struct session *s)
{
    int error = 0;

    memset(s, 0, sizeof(*s));
    describe(s);
    for (unsigned i = 0; !error && i < s->nbuffers; i++)
        error = map_buffer(unit, &s->buffers[i]);
    if (error)
        return error;
    s->reference = iris_reference_new(&s->iris);
    return s->reference ? 0 : DMS_ENOMEM;
}

static void session_close(struct demo_unit *unit, struct session *s)
{
    for (unsigned i = s->nbuffers; i-- > 0;) {
        struct buffer *b = &s->buffers[i];
        int error =
            b->mapped ? dms_unmap(unit->functions[b->function], *b->iova, b->size, NULL) : 0;

        /* The device may still reach memory whose invalidation failed: it is not given back. */
        if (error)
            fprintf(stderr, "demo: unmap of 0x%llx: %s\n", (unsigned long long)*b->iova,
                    dms_strerror(error));
        else
            dms_posix_ram_free(model_machine_memory(unit->machine), b->cpu, b->size);
    }
    iris_reference_free(s->reference);
}

/* One packet through the hardware and through the reference. False when the hardware failed; outcome->hit says how. */
static bool decode(struct demo_unit *unit, struct session *s, uint64_t seed,
                   struct demo_outcome *outcome)
{
    unsigned out = s->packets % format.frames;
    int ref = s->packets ? (int)((s->packets - 1) % format.frames) : -1;

    iris_make_packet(&s->iris, s->buffers[0].cpu, seed, s->packets);
    outcome->hit = iris_decode(&unit->iris, &s->iris, out, ref);
    if (outcome->hit.status != IRIS_OK)
        return false;
    iris_reference_frame(s->reference, s->buffers[0].cpu, out, ref);
    outcome->frames++;
    outcome->wrong +=
        iris_reference_compare(s->reference, s->buffers[OTHER_BUFFERS + out].cpu, out) >= 0;
    s->packets++;
    return true;
}

static bool session_start(struct demo_unit *unit, struct session *s, unsigned index,
                          struct demo_outcome *outcome)
{
    outcome->hit = iris_start(&unit->iris, &s->iris);
    if (outcome->hit.status != IRIS_OK)
        return false;
    for (unsigned i = 0; i < FRAMES_AT_START; i++) {
        if (!decode(unit, s, index, outcome))
            return false;
    }
    return true;
}

/* The sessions run at the same time: a frame of each in turn, so that a mapping of one that harms another shows. */
static bool all_decode_once(struct demo_unit *unit, struct session *sessions,
                            struct demo_outcome *outcome)
{
    for (unsigned i = 0; i < outcome->sessions; i++) {
        if (!decode(unit, &sessions[i], i, outcome))
            return false;
    }
    return true;
}

static bool load_firmware(struct demo_unit *unit, struct demo_outcome *outcome)
{
    struct dms_posix *memory = model_machine_memory(unit->machine);
    struct dms_device *dev = unit->functions[DEMO_FIRMWARE];
    struct dms_dma_opts opts = {.place = DMS_PLACE_BOTTOM_UP, .exec = true};
    uint64_t sum = 0;
    dms_iova_t iova;
    uint8_t *image = dms_posix_ram_alloc(memory, DEMO_FIRMWARE_SIZE, 0, NULL);

    if (!image) {
        outcome->error = DMS_ENOMEM;
        return false;
    }
    for (size_t i = 0; i < DEMO_FIRMWARE_SIZE; i++)
        image[i] = (uint8_t)(i * 31 + (i >> 12));
    outcome->error = dms_map(dev, image, DEMO_FIRMWARE_SIZE, DMS_TO_DEVICE, &opts, &iova);
    if (outcome->error) {
        dms_posix_ram_free(memory, image, DEMO_FIRMWARE_SIZE);
    } else {
        outcome->hit = iris_load_firmware(&unit->iris, iova, DEMO_FIRMWARE_SIZE, &sum);
        if (outcome->hit.status == IRIS_OK)
            outcome->wrong += sum != dma_engine_sum_of(image, DEMO_FIRMWARE_SIZE);
        outcome->error = dms_unmap(dev, iova, DEMO_FIRMWARE_SIZE, NULL);
        /* As in session_close(): memory that the device may still reach is not given back. */
        if (!outcome->error)
            dms_posix_ram_free(memory, image, DEMO_FIRMWARE_SIZE);
    }
    return !outcome->error && outcome->hit.status == IRIS_OK;
}

static void open_all(struct demo_unit *unit, struct session *sessions, unsigned *opened,
                     struct demo_outcome *outcome)
{
    while (*opened < DEMO_MAX_SESSIONS) {
        struct session *s = &sessions[*opened];
        int error = session_open(unit, s);

        demo_progress("%s: session %u", demo_plan_title(unit->plan), *opened + 1);
        ++*opened;
        if (error) {
            outcome->full = error == DMS_ENOSPC;
            outcome->error = outcome->full ? 0 : error;
            return;
        }
        if (!session_start(unit, s, *opened - 1, outcome))
            return;
        outcome->sessions++;
    }
}

void demo_sessions_run(struct demo_unit *unit, struct demo_outcome *outcome,
                       void (*look)(struct demo_unit *unit, struct demo_outcome *outcome,
                                    void *arg),
                       void *arg)
{
    struct session *sessions = calloc(DEMO_MAX_SESSIONS, sizeof(*sessions));
    struct iris_sizes sizes;
    unsigned opened = 0;

    memset(outcome, 0, sizeof(*outcome));
    iris_sizes_of(&format, &sizes);
    outcome->session_bytes = sizes.bitstream + sizes.scratch + sizes.line + sizes.motion +
                             sizes.persist + sizes.queue + format.frames * sizes.frame;
    if (!sessions) {
        outcome->error = DMS_ENOMEM;
        return;
    }
    if (load_firmware(unit, outcome)) {
        open_all(unit, sessions, &opened, outcome);
        if (outcome->hit.status == IRIS_OK && !outcome->error)
            all_decode_once(unit, sessions, outcome);
    }
    dms_machine_poll(model_machine_devices(unit->machine));
    demo_progress(NULL);
    look(unit, outcome, arg);
    while (opened-- > 0)
        session_close(unit, &sessions[opened]);
    free(sessions);
}
