/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A fault as a log line or a raw record tells it, and the reader that finds them in text. */
#ifndef CLI_EXPLAIN_FAULT_H
#define CLI_EXPLAIN_FAULT_H

#include "array.h"

#include <dmaspace/fault.h>

#define EVENT_WORDS 4    /* 64-bit words of an SMMUv3 event record */
#define FAULTS_MAX  256  /* different faults that are kept; what is beyond is counted */
#define LINE_BYTES  4096 /* of a log line; the rest of a longer one is skipped */

struct fault {
    unsigned line;      /* where it was read, 1 the first; 0: from --stream and --iova */
    unsigned times;     /* how often the same came */
    uint64_t brief;     /* faults before it that were counted only, as these say */
    const char *event;  /* "F_TRANSLATION", "context fault"; static */
    const char *detail; /* what the event says, a phrase; static */
    enum dms_fault_reason reason;
    char iommu[48];  /* as the log names it, "15000000.iommu"; "" when it does not */
    char client[64]; /* the device that the log names, or "" */
    bool has_sid;
    uint32_t sid;
    bool has_iova;
    uint64_t iova;
    uint32_t access; /* enum dms_access; 0: not told */
    struct dms_range region;
    char region_kind[16];
    char region_origin[16];
};

/* A record that began and is not whole yet, one for each IOMMU of the log. */
struct pending {
    char iommu[48];
    unsigned line;
    unsigned count; /* words so far */
    uint64_t words[EVENT_WORDS];
    bool open;
};

#define PENDING_MAX 8

struct reader {
    unsigned line;
    struct pending pending[PENDING_MAX];
    struct fault latest; /* lines may still add to it; not among the faults yet */
    bool has_latest;
    ARRAY(struct fault) faults;
    size_t dropped;    /* beyond FAULTS_MAX */
    size_t cut_off;    /* records that never became whole */
    unsigned cut_line; /* the first of them began here */
};

/*
 * One line of a log, or of a --fault, without its newline. True: a fault, or part of one. The
 * reader is all zero at first.
 */
bool read_line(struct reader *reader, const char *line);

/* All lines of a log, "-" being stdin. EXIT_GOOD, or EXIT_UNUSABLE after saying why on stderr. */
int read_file(struct reader *reader, const char *name);

/* One or several lines, as typed. A record may be spread over several texts. False: none known. */
bool read_text(struct reader *reader, const char *text);

/* After the last line. */
void read_end(struct reader *reader);

/*
 * Adds a fault. When the next comes, or at the end, it is counted if the same is there: same event,
 * stream, address, access and IOMMU.
 */
void reader_add(struct reader *reader, const struct fault *fault);

/* The fault that was added last, if it came at most `lines` lines ago from that IOMMU; or NULL. */
struct fault *reader_last(struct reader *reader, const char *iommu, unsigned lines);

/* ---- the kinds of line; each says whether it knows the line ---------------------------------- */

/*
 * "PREFIX arm-smmu-v3 15000000.iommu: REST": sets `iommu` ("" without such a prefix) and gives
 * REST.
 */
const char *split_line(const char *line, char iommu[48]);

bool read_v3(struct reader *reader, const char *iommu, const char *rest);
bool read_v2(struct reader *reader, const char *iommu, const char *rest);
bool read_own(struct reader *reader, const char *line);

/* A record as words alone: 4 of 64 bits, or 8 of 32. */
bool read_words(struct reader *reader, const char *line);

/* The name of an SMMUv3 event alone: --stream and --iova tell the rest. */
bool read_event_name(struct reader *reader, const char *line);

struct fault fault_of_record(const uint64_t words[EVENT_WORDS]);

/* ---- pieces ---------------------------------------------------------------------------------- */

/* The number that follows `key` in the text, base 16 with or without 0x. False: none does. */
bool number_after(const char *text, const char *key, uint64_t *value);

/* Whether `name` is that of an SMMUv3 event; if so, its row of the table. */
bool event_by_name(const char *name, size_t length, struct fault *fault);

#endif
