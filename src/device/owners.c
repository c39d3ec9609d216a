/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "device/owners.h"

#include "base/bits.h"
#include "base/memory.h"

#define FIRST_BUCKETS_LG2 3u
#define MOST_BUCKETS_LG2  30u

/* Fibonacci hashing, from the top bits: SIDs come in runs and in strides, and both spread. */
static uint32_t bucket_of(const struct stream_class *class, uint32_t key)
{
    return (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - class->bucket_lg2));
}

static uint32_t bucket_count(const struct stream_class *class)
{
    return UINT32_C(1) << class->bucket_lg2;
}

static struct stream_owner *class_find(const struct stream_class *class, uint32_t key,
                                       struct owners_work *work)
{
    struct stream_owner *owner = class->buckets[bucket_of(class, key)];

    for (work->probes++; owner && owner->stream.sid != key; owner = owner->next)
        work->probes++;
    return owner;
}

struct stream_owner *owners_find(const struct owners *owners, dms_sid_t sid,
                                 struct owners_work *work)
{
    work->searches++;
    for (const struct stream_class *class = owners->classes; class; class = class->next) {
        struct stream_owner *owner = class_find(class, sid & ~class->mask, work);

        if (owner)
            return owner;
    }
    return NULL;
}

static bool streams_overlap(struct dms_stream a, struct dms_stream b)
{
    return ((a.sid ^ b.sid) & ~(a.mask | b.mask)) == 0;
}

static struct stream_owner *class_scan(const struct stream_class *class, struct dms_stream stream,
                                       struct owners_work *work)
{
    for (uint32_t i = 0; i < bucket_count(class); i++) {
        for (struct stream_owner *o = class->buckets[i]; o; o = o->next) {
            work->probes++;
            if (streams_overlap(o->stream, stream))
                return o;
        }
    }
    return NULL;
}

/*
 * A member of the class overlaps when it agrees with the stream outside both masks. Inside the
 * class's mask its key is 0; so only the bits that the stream alone ignores are open, and each of
 * their combinations is one key.
 */
static struct stream_owner *class_overlapping(const struct stream_class *class,
                                              struct dms_stream stream, struct owners_work *work)
{
    uint32_t open = stream.mask & ~class->mask;
    uint32_t fixed = stream.sid & ~(stream.mask | class->mask);
    uint32_t bits = 0;

    if ((uint64_t)1 << popcount64(open) > class->count)
        return class_scan(class, stream, work);
    do {
        struct stream_owner *owner = class_find(class, fixed | bits, work);

        if (owner)
            return owner;
        bits = (bits - open) & open; /* the next combination; 0 after the last */
    } while (bits != 0);
    return NULL;
}

struct stream_owner *owners_overlapping(const struct owners *owners, struct dms_stream stream,
                                        struct owners_work *work)
{
    work->searches++;
    for (const struct stream_class *class = owners->classes; class; class = class->next) {
        struct stream_owner *owner = class_overlapping(class, stream, work);

        if (owner)
            return owner;
    }
    return NULL;
}

static void class_link(struct stream_class *class, struct stream_owner *owner)
{
    struct stream_owner **bucket = &class->buckets[bucket_of(class, owner->stream.sid)];

    owner->next = *bucket;
    *bucket = owner;
}

static bool class_grow(struct stream_class *class, const struct dms_port *port)
{
    struct stream_class old = *class;
    struct stream_owner **buckets;

    if (class->bucket_lg2 >= MOST_BUCKETS_LG2)
        return true; /* chains get longer, nothing breaks */
    buckets = port_alloc_array(port, (size_t)bucket_count(&old) * 2, sizeof(struct stream_owner *));
    if (!buckets)
        return false;
    class->buckets = buckets;
    class->bucket_lg2++;
    for (uint32_t i = 0; i < bucket_count(&old); i++) {
        for (struct stream_owner *o = old.buckets[i], *next; o; o = next) {
            next = o->next;
            class_link(class, o);
        }
    }
    port_free_array(port, old.buckets, bucket_count(&old), sizeof(struct stream_owner *));
    return true;
}

static struct stream_class *class_add(struct owners *owners, const struct dms_port *port,
                                      uint32_t mask)
{
    struct stream_class *class = port_alloc(port, sizeof(*class));

    if (!class)
        return NULL;
    class->bucket_lg2 = FIRST_BUCKETS_LG2;
    class->buckets = port_alloc_array(port, bucket_count(class), sizeof(struct stream_owner *));
    if (!class->buckets) {
        port_free(port, class, sizeof(*class));
        return NULL;
    }
    class->mask = mask;
    class->next = owners->classes;
    owners->classes = class;
    return class;
}

static void class_remove(struct owners *owners, const struct dms_port *port,
                         struct stream_class *class)
{
    struct stream_class **link = &owners->classes;

    while (*link != class)
        link = &(*link)->next;
    *link = class->next;
    port_free_array(port, class->buckets, bucket_count(class), sizeof(struct stream_owner *));
    port_free(port, class, sizeof(*class));
}

static struct stream_class *class_of(const struct owners *owners, uint32_t mask)
{
    struct stream_class *class = owners->classes;

    while (class && class->mask != mask)
        class = class->next;
    return class;
}

struct stream_owner *owners_add(struct owners *owners, const struct dms_port *port,
                                struct dms_stream stream, struct dms_device *device,
                                struct dms_group *group)
{
    struct stream_class *class = class_of(owners, stream.mask);
    struct stream_owner *owner = port_alloc(port, sizeof(*owner));

    if (!owner)
        return NULL;
    if (!class)
        class = class_add(owners, port, stream.mask);
    if (!class || (class->count >= bucket_count(class) && !class_grow(class, port))) {
        port_free(port, owner, sizeof(*owner));
        return NULL;
    }
    owner->stream = (struct dms_stream){stream.sid & ~stream.mask, stream.mask};
    owner->device = device;
    owner->group = group;
    owner->devices = 1;
    class_link(class, owner);
    class->count++;
    owners->count++;
    return owner;
}

void owners_remove(struct owners *owners, const struct dms_port *port, struct stream_owner *owner)
{
    struct stream_class *class = class_of(owners, owner->stream.mask);
    struct stream_owner **link = &class->buckets[bucket_of(class, owner->stream.sid)];

    while (*link != owner)
        link = &(*link)->next;
    *link = owner->next;
    owners->count--;
    if (--class->count == 0)
        class_remove(owners, port, class);
    port_free(port, owner, sizeof(*owner));
}
