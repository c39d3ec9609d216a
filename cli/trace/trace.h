/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * DMA traces of Linux, read into one form: trace.dat of trace-cmd, and the text of `trace-cmd report`, of the tracefs
 * file `trace` and of `perf script`. Events: iommu:map and iommu:unmap, and dma:* where the kernel has them (since
 * 6.12). Source: include/trace/events/{iommu,dma}.h of Linux 6.1, 6.12 and 7.2.
 */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trace_kind {
    TRACE_MAP,      /* [iova, iova + size) was handed out */
    TRACE_UNMAP,    /* [iova, iova + size) was given back */
    TRACE_UNMAP_SG, /* the scatter list that begins at phys was given back; the kernel tells no IOVA */
    TRACE_FAILED, /* the kernel could not hand out size bytes; 0: a scatter list, size not told */
};

struct trace_event {
    enum trace_kind kind;
    uint64_t time; /* ns, of the trace's clock */
    uint64_t iova;
    uint64_t size; /* > 0, and iova + size <= 2^64, for map and unmap */
    uint64_t phys; /* of the first byte; valid when has_phys */
    uint64_t pid;
    bool has_phys;
    bool claimed;    /* an iommu:map of the same task lies in it: an IOMMU translates it */
    char device[80]; /* "" for iommu:*, which names none */
    char task[24];
    char call[24]; /* the event's name: "dma_alloc" */
};

struct trace_counts {
    uint64_t events;     /* of the kinds above */
    uint64_t others;     /* well-formed, but about something else */
    uint64_t garbage;    /* lines or records that are no event, or an event with senseless values */
    uint64_t first_line; /* number of the first such line; 0: none, or not a text */
    uint64_t lost;       /* events that the kernel's ring buffer lost, as far as it counted them */
    uint64_t lost_gaps;  /* places where it lost some */
    uint64_t joined;     /* iommu:map events that a dma event accounts for */
};

typedef void trace_fn(void *ctx, const struct trace_event *event);

/*
 * Calls `event` for each event of the file, in order of time, then fills *counts. Memory does not grow with the file.
 * EXIT_GOOD, or EXIT_UNUSABLE after saying why on stderr (no such file, no events in it); some may have been told by
 * then.
 */
int trace_read(const char *file, trace_fn *event, void *ctx, struct trace_counts *counts);

/* True if the file begins like a trace.dat, or its beginning holds no NUL byte (it may be a text). */
bool trace_looks_like_one(const char *file);

#endif
