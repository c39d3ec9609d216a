/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The parts of `dmaspace demo`. Data flows: plan -> unit -> sessions -> outcome -> table and pictures. */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

#include <models/iris.h>
#include <models/machine.h>

#include <dmaspace/dma.h>
#include <dmaspace/fault.h>

/* ---- plans: how a run gives addresses to the functions ------------------------------------------------------- */

enum demo_plan {
    DEMO_NO_RESERVATION,  /* one space for the device, nothing reserved */
    DEMO_ONE_RESERVATION, /* one space, 0..600 MB reserved for every buffer */
    DEMO_PER_FUNCTION,    /* a space per function, each with its own window */
    DEMO_PLANS
};

const char *demo_plan_title(enum demo_plan plan);

/* ---- the video unit: its functions as devices ---------------------------------------------------------------- */

enum demo_function {
    DEMO_BITSTREAM,
    DEMO_NON_PIXEL,
    DEMO_PIXEL,
    DEMO_FIRMWARE,
    DEMO_FUNCTIONS
};

#define DEMO_FIRMWARE_BASE UINT64_C(0x0a000000)
#define DEMO_FIRMWARE_SIZE UINT64_C(0x00800000)
#define DEMO_SECURE_END                                                                            \
    UINT64_C(0x25800000) /* below it non-pixel accesses leave as secure streams */

struct demo_unit {
    struct model_machine *machine;
    struct dms_device *parent;
    struct dms_device *functions[DEMO_FUNCTIONS];
    struct iris_unit iris;
    enum demo_plan plan;
    bool faulted;           /* a fault has been reported */
    struct dms_fault fault; /* the first one */
};

/* The window that the hardware of hardware-cases.md gives a function. */
struct dms_range demo_window(enum demo_function function);
const char *demo_function_name(enum demo_function function);

/* Opens the machine in the .dtb file and creates the functions. 0, or -1 after saying why on stderr. */
int demo_unit_open(struct demo_unit *unit, const char *dtb, enum demo_plan plan);
void demo_unit_close(struct demo_unit *unit);

/* ---- sessions ----------------------------------------------------------------------------------------------- */

#define DEMO_MAX_SESSIONS 64

struct demo_outcome {
    unsigned sessions; /* that fitted and decoded */
    uint64_t frames;   /* decoded and compared with the CPU's reference */
    uint64_t wrong;    /* of those, frames that differed */
    uint64_t session_bytes;
    bool full;              /* ended for want of addresses */
    int error;              /* ended by this error otherwise; 0: see full and hit */
    struct iris_result hit; /* ended by this, when status is not IRIS_OK */
    char picture[256];
};

/*
 * Opens sessions until no more fit, an access fails or DEMO_MAX_SESSIONS run, decoding and checking frames in all of
 * them. Everything is unmapped again at the end; `look` is called just before, for a picture of what is live.
 */
void demo_sessions_run(struct demo_unit *unit, struct demo_outcome *outcome,
                       void (*look)(struct demo_unit *unit, struct demo_outcome *outcome,
                                    void *arg),
                       void *arg);

/* ---- pictures ------------------------------------------------------------------------------------------------ */

/* Writes the address spaces of the unit as SVG to `file`. 0, or -1 after saying why on stderr. */
int demo_picture(const struct demo_unit *unit, const struct demo_outcome *outcome,
                 const char *file);

/* ---- real boards ----------------------------------------------------------------------------------------------- */

struct demo_board {
    unsigned functions; /* devices created, attached, and seen to move bytes */
    unsigned iommus;    /* instances that they sit behind */
    unsigned aliases;   /* ids that lead to a stream that another function owns already: refused */
    unsigned pairs;     /* a function tried the address of another one */
    unsigned leaks;     /* of those, the other's memory was reached */
    unsigned faults;    /* reported with the right function's name */
    unsigned failed;    /* functions that did not work, each said on stderr */
};

/* One function device for every id of every iommu-map, and the video codecs. 0, or -1 when nothing could be done. */
int demo_board_run(const char *dtb, struct demo_board *board);

/* A line on stderr that the next one overwrites; nothing unless stderr is a terminal. NULL clears it. */
void demo_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
