/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * An Iris-like video unit. Like the real ones, it has no say in which stream a transaction leaves with: wiring picks
 * it by buffer kind and by the IOVA itself. A non-pixel access below 600 MB leaves with a secure stream that nobody
 * in the normal world owns, and an address in the unit's I/O window never reaches memory at all.
 *
 * What it decodes is a toy, but an honest one: every output byte depends on the bitstream, the scratch buffers, the
 * reference frame and everything decoded before, so that one wrong translation anywhere shows. Only IRIS_TILE bytes
 * at each of `tiles` places of a buffer are touched, first and last bytes included, so that address spaces have
 * realistic sizes while a demo of dozens of sessions stays fast.
 *
 * Thread-safety: a unit is constant after initialisation; jobs of different sessions may run at the same time.
 */
#ifndef MODELS_IRIS_H
#define MODELS_IRIS_H

#include <models/smmuv3/smmuv3_model.h>

/* What a buffer is for, as far as the wiring knows. */
enum iris_kind {
    IRIS_BITSTREAM, /* decoder input */
    IRIS_NON_PIXEL, /* scratch, line, co-located motion vectors, persist: the hardware's */
    IRIS_QUEUE,     /* message queues: the firmware processor's side of non-pixel */
    IRIS_PIXEL,     /* decoder output, reference frames */
    IRIS_FIRMWARE,  /* the firmware image */
    IRIS_KINDS
};

/* ---- wiring --------------------------------------------------------------------------------------------- */

/* A stream for one kind of buffer in one range of IOVAs. */
struct iris_rule {
    enum iris_kind kind;
    struct dms_range iova;
    uint32_t sid;
    bool secure; /* belongs to trusted firmware: nobody here may configure it */
};

struct iris_soc {
    const char *name;
    const struct iris_rule *rules;
    size_t nrules;
    uint64_t io_base; /* first IOVA of the I/O window, which ends at 4 GiB */
};

/* sm8550, sm8650 and hamoa: two streams. The secure stream's number is this model's choice. */
extern const struct iris_soc iris_sm8550;
extern const struct iris_soc iris_kaanapali;

/* By name ("sm8550", "hamoa", "kaanapali"). NULL: none. */
const struct iris_soc *iris_soc_by_name(const char *name);

enum iris_hit {
    IRIS_HIT_STREAM, /* goes to the SMMU as `sid` */
    IRIS_HIT_IO,     /* lands in the unit's I/O registers */
    IRIS_HIT_BEYOND, /* wider than the 32 address lines */
    IRIS_HIT_NONE,   /* no wiring for this kind there */
};

struct iris_route {
    enum iris_hit hit;
    uint32_t sid;
    bool secure;
};

struct iris_route iris_route(const struct iris_soc *soc, enum iris_kind kind, uint64_t iova);

const char *iris_kind_name(enum iris_kind kind);

/* ---- sessions ------------------------------------------------------------------------------------------- */

#define IRIS_TILE       64u
#define IRIS_MAX_TILES  64u
#define IRIS_MAX_FRAMES 32u

struct iris_format {
    uint32_t width; /* pixels */
    uint32_t height;
    uint8_t frames; /* pixel buffers, 1..IRIS_MAX_FRAMES */
    uint8_t tiles;  /* places touched in each buffer, 1..IRIS_MAX_TILES */
};

/* Bytes of each buffer of a session; multiples of 4 KiB. */
struct iris_sizes {
    uint64_t bitstream;
    uint64_t scratch;
    uint64_t line;
    uint64_t motion; /* for all frames together */
    uint64_t persist;
    uint64_t queue;
    uint64_t frame; /* each of `frames` */
};

/* False: width, height, frames or tiles are outside of what the unit can do (16..16384 pixels). */
bool iris_sizes_of(const struct iris_format *format, struct iris_sizes *out);

/* Where tile `i` of a buffer of `size` bytes is. The first is at 0, the last ends within the last IRIS_TILE bytes. */
uint64_t iris_tile_offset(const struct iris_format *format, uint64_t size, unsigned i);

/* IOVAs of a session's buffers, chosen by the driver. */
struct iris_buffers {
    uint64_t bitstream;
    uint64_t scratch;
    uint64_t line;
    uint64_t motion;
    uint64_t persist;
    uint64_t queue;
    uint64_t frame[IRIS_MAX_FRAMES];
};

struct iris_session {
    struct iris_format format;
    struct iris_sizes sizes;
    struct iris_buffers at;
};

struct iris_unit {
    const struct iris_soc *soc;
    struct smmuv3_model *smmu;
    bool fetch; /* firmware is fetched as instructions, which needs an executable mapping */
};

enum iris_status {
    IRIS_OK,
    IRIS_FAULT, /* the SMMU aborted; `secure` says whether on a stream that nobody here can own */
    IRIS_BUS_ERROR,    /* translated to where no memory is */
    IRIS_IO_REGISTERS, /* a buffer in the I/O window: registers were hit, memory was not */
    IRIS_BEYOND,       /* a buffer above 4 GiB */
    IRIS_BAD_ARGUMENT, /* frame index out of range, or a size that does not fit its buffer */
};

/* How a job ended, and what it was doing. Everything from `kind` on is valid unless status is IRIS_OK or BAD_ARGUMENT. */
struct iris_result {
    enum iris_status status;
    enum iris_kind kind;
    uint32_t sid;
    bool secure;
    bool write;
    uint8_t event; /* as in struct smmuv3_result */
    bool recorded;
    uint64_t iova;
};

/* Starts a session: the firmware writes the initial state to scratch, line, motion, persist and queue. */
struct iris_result iris_start(const struct iris_unit *unit, const struct iris_session *session);

/*
 * Decodes the packet that is in the bitstream buffer into frame[out], predicted from frame[ref] (ref < 0: a key
 * frame). Frame `ref` must have been decoded before.
 */
struct iris_result iris_decode(const struct iris_unit *unit, const struct iris_session *session,
                               unsigned out, int ref);

/* Reads a firmware image; *sum is as dma_engine_sum_of() over it. */
struct iris_result iris_load_firmware(const struct iris_unit *unit, uint64_t iova, size_t size,
                                      uint64_t *sum);

/* One line: "non-pixel read of 0x1000 by secure stream 0x1941: C_BAD_STE". Returns buf. */
const char *iris_result_print(const struct iris_result *result, char *buf, size_t size);

/* ---- the same by the CPU ---------------------------------------------------------------------------------- */

/* Fills the places of a bitstream buffer (CPU's view) that the unit reads with packet number `number` of `seed`. */
void iris_make_packet(const struct iris_session *session, uint8_t *bitstream, uint64_t seed,
                      uint32_t number);

/* A decoder with memory of its own and no SMMU. NULL: no memory. */
struct iris_reference;
struct iris_reference *iris_reference_new(const struct iris_session *session);
void iris_reference_free(struct iris_reference *r);

/* What iris_decode does, from the CPU's view of the bitstream buffer. */
void iris_reference_frame(struct iris_reference *r, const uint8_t *bitstream, unsigned out,
                          int ref);

/*
 * Compares frame `index` as the unit wrote it (CPU's view of the pixel buffer) with the reference. Returns the offset
 * of the first byte that differs, or -1.
 */
int64_t iris_reference_compare(const struct iris_reference *r, const uint8_t *frame,
                               unsigned index);

#endif
