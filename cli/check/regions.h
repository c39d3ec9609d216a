/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef CLI_CHECK_REGIONS_H
#define CLI_CHECK_REGIONS_H

#include "check.h"

/* Where a region of the current master stands: c->master.regions.items[index]. */
struct place region_place(const struct checker *c, size_t index);

#endif
