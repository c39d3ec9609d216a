/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../verb.h"
#include "dat.h"

bool dat_can_read(void)
{
    return false;
}

int dat_send(int fd, FILE *out)
{
    (void)fd;
    (void)out;
    return EXIT_UNUSABLE;
}
