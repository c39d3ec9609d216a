/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Who owns which stream of one IOMMU. A stream is a SID and a mask of ignored bits, so one owner
 * may have many SIDs; no SID ever has two owners.
 *
 * Streams with the same mask form a class, and each class is a hash table by SID without the
 * ignored bits. A search for a SID asks each class once: constant time for any number of streams,
 * since few different masks are in use.
 *
 * Everything here runs under machine->owners_lock.
 */
#ifndef DEVICE_OWNERS_H
#define DEVICE_OWNERS_H

#include <dmaspace/port.h>
#include <dmaspace/types.h>

struct dms_device;
struct dms_group;

/* A stream with an owner. */
struct stream_owner {
    struct stream_owner *next; /* in its bucket */
    struct dms_stream stream;  /* sid without the bits of mask */
    struct dms_group *group;
    struct dms_device *device; /* the one that reports name */
    unsigned devices;          /* of the group, that have this stream */
    unsigned attached;         /* of these, attached; group->lock */
    bool gone;                 /* the driver has forgotten it, see stream_detach(); group->lock */
};

struct stream_class {
    struct stream_class *next;
    uint32_t mask;
    uint32_t count;
    uint32_t bucket_lg2;
    struct stream_owner **buckets;
};

struct owners {
    struct stream_class *classes;
    uint64_t count;
};

/* Work done by searches, for tests that must not see it grow. */
struct owners_work {
    uint64_t searches;
    uint64_t probes; /* owners and buckets looked at */
};

/* The owner of `sid`, or NULL. */
struct stream_owner *owners_find(const struct owners *owners, dms_sid_t sid,
                                 struct owners_work *work);

/* Some owner of a SID that `stream` covers, or NULL. */
struct stream_owner *owners_overlapping(const struct owners *owners, struct dms_stream stream,
                                        struct owners_work *work);

/* Adds a stream that overlaps none. Its `devices` is 1. NULL: no memory, nothing changed. */
struct stream_owner *owners_add(struct owners *owners, const struct dms_port *port,
                                struct dms_stream stream, struct dms_device *device,
                                struct dms_group *group);

/* Removes and frees it. */
void owners_remove(struct owners *owners, const struct dms_port *port, struct stream_owner *owner);

#endif
