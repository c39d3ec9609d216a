/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The four memory functions that a freestanding C implementation provides, without a C library
 * header.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t size);
void *memmove(void *dst, const void *src, size_t size);
void *memset(void *dst, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#endif
