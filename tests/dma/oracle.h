/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What a few devices may be handed and can reach, kept in the most obvious way: everything happens
 * in a small arena of pages, and each page of each group is looked at alone.
 */
#ifndef TESTS_DMA_ORACLE_H
#define TESTS_DMA_ORACLE_H

#include <dmaspace/dmaspace.h>

#define O_PAGE     UINT64_C(4096)
#define O_BASE     UINT64_C(0x100000) /* first address of the arena */
#define O_PAGES    96u
#define O_DEVICES  6u
#define O_REGIONS  6u
#define O_MAPPINGS 64u

struct o_region {
    bool used;
    bool window; /* first..last is allowed, all else is not */
    bool from_cfg;
    enum dms_region_kind kind;
    uint64_t base;
    uint64_t size;
};

struct o_mapping {
    bool used;
    dms_iova_t iova; /* as returned */
    uint64_t size;
    unsigned first_page;
    unsigned pages;
    uint64_t pa; /* of the first byte of the first page */
    uint32_t access;
    int fixed_owner; /* device in whose fixed region it lies; -1: none */
};

struct o_group {
    struct o_mapping mappings[O_MAPPINGS];
    bool maybe[O_PAGES]; /* unmapped lazily: the device may or may not get through */
};

struct o_device {
    struct dms_device *dev; /* NULL: does not exist */
    dms_sid_t sid;
    unsigned group;
    bool attached;
    bool lazy;
    struct o_region regions[O_REGIONS];
};

struct oracle {
    struct o_device devices[O_DEVICES];
    struct o_group groups[O_DEVICES]; /* numbered like the device that began them */
};

/* The mapping over a page, or NULL. */
const struct o_mapping *oracle_mapping(const struct oracle *o, unsigned group, unsigned page);

/* The page may be handed out to the device's group. */
bool oracle_allows(const struct oracle *o, unsigned group, unsigned page);

/* The page lies in fixed regions of this device alone, and nothing is mapped there. */
bool oracle_fixed_ok(const struct oracle *o, unsigned device, unsigned page);

/* The page is mapped 1:1. */
bool oracle_direct(const struct oracle *o, unsigned group, unsigned page);

/* A free run of `pages`, aligned, within pages lowest..highest exists. */
bool oracle_has_gap(const struct oracle *o, unsigned group, unsigned pages, unsigned align_pages,
                    unsigned lowest, unsigned highest);

/* Something live lies in [base, base + size), rounded outwards. */
bool oracle_live_in(const struct oracle *o, unsigned group, uint64_t base, uint64_t size);

/* How many devices of the group exist, and how many are attached. */
unsigned oracle_members(const struct oracle *o, unsigned group);
unsigned oracle_attached(const struct oracle *o, unsigned group);
unsigned oracle_mapped(const struct oracle *o, unsigned group);

#endif
