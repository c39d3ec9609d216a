/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "verb.h"

#include <stddef.h>

extern const struct verb verb_demo;
extern const struct verb verb_inspect;
extern const struct verb verb_replay;
extern const struct verb verb_report;
extern const struct verb verb_resolve;

const struct verb *const verbs[] = {
    &verb_demo,
    &verb_inspect,
    &verb_replay,
    &verb_report,
    &verb_resolve,
    NULL,
};
