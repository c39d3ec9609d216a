/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the command line of replay asks for. */
#ifndef CLI_REPLAY_OPTIONS_H
#define CLI_REPLAY_OPTIONS_H

#include "../array.h"

#include <dmaspace/iova.h>

struct rule {
    bool is_window;         /* else reserved */
    struct dms_range range; /* as given */
    const char *text;       /* as given */
    const char *device;     /* pattern; NULL: every device */
};

enum session_kind {
    SESSION_TASK, /* what one task holds */
    SESSION_ALL,  /* everything */
};

struct replay_options {
    const char *file;
    ARRAY(const char *) devices; /* patterns; none: all that an IOMMU translates */
    ARRAY(struct rule) rules;
    enum dms_iova_policy policy;
    const char *policy_name;
    unsigned granule_lg2;
    bool align_to_size; /* as Linux: to the size rounded up to a power of two */
    enum session_kind session;
    size_t limit; /* violations that are told one by one */
    bool json;
};

struct verb;

/* All options that replay and report share. EXIT_GOOD or, after a usage error of `verb`, EXIT_UNUSABLE. */
int options_set(const struct verb *verb, struct replay_options *options, int letter,
                const char *value);
void options_default(struct replay_options *options);
void options_drop(struct replay_options *options);

/* Entries of a verb's table of options. */
#define REPLAY_OPTIONS                                                                             \
    {'d', "device", "NAME",                                                                        \
     "only this device; * and ? match. Rules after it are for it alone,\n"                         \
     "rules before the first one are for every device"},                                           \
        {'r', "reserve", "FIRST-LAST",                                                             \
         "no byte of this range may be handed out (bounds inclusive)"},                            \
        {'w', "window", "FIRST-LAST", "only this range may be handed out; several add up"},        \
        {'p', "policy", "POLICY",                                                                  \
         "where dmaspace places a range: top-down (default), bottom-up,\n"                         \
         "best-fit or low32-first"},                                                               \
        {'g', "granule", "4K|16K|64K", "the smallest page; the first is the default"},             \
        {'a', "align", "size|granule",                                                             \
         "to the size rounded up to a power of two, as Linux does (default),\n"                    \
         "or no more than to the granule"},                                                        \
        {'s', "session", "task|all", "what a session is (default: task)"},                         \
    {                                                                                              \
        'n', "limit", "N", "tell this many violations one by one (default 10)"                     \
    }

/* Does the name match one of the patterns that --device gave, or are there none? */
bool options_select(const struct replay_options *options, const char *device);
bool rule_applies(const struct rule *rule, const char *device);

#endif
