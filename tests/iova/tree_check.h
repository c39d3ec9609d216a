/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Every invariant of the tree, the size index and the counters, asserted. */
#ifndef TESTS_IOVA_TREE_CHECK_H
#define TESTS_IOVA_TREE_CHECK_H

#include "iova/space.h"

/* NULL: all is well. Else a sentence that says what is not. */
const char *space_check(struct dms_iova_space *space);

#endif
