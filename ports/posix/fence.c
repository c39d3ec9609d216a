/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A full fence on all threads of the process at once, by membarrier(2): the kernel interrupts the processors that run
 * one, and the others pass it when they are scheduled.
 */
#include "posix_internal.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool registered;

static long membarrier(int command)
{
    return syscall(SYS_membarrier, command, 0, 0);
}

static void do_register(void)
{
    registered = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
}

bool fence_available(void)
{
    pthread_once(&once, do_register);
    return registered;
}

/* Once registered it cannot fail (membarrier(2), ERRORS). */
void port_fence_all(void *ctx)
{
    (void)ctx;
    membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}
