/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* usage: replay NAME FILE...: runs a target's kept inputs. A failure aborts, after the name of its input. TAP. */
#define _POSIX_C_SOURCE 200809L
#include "fuzz.h"

#include <unistd.h>

/* A target may close stdout to its own output. */
static FILE *tap;

/* In memory of exactly its size, so that a sanitizer sees every byte too far. */
static void replay(const char *name)
{
    FILE *file = fopen(name, "rb");
    uint8_t *data;
    long size;

    must_hold(file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0);
    rewind(file);
    data = malloc(size ? (size_t)size : 1);
    must_hold(data && fread(data, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
    fprintf(tap, "# %s\n", name);
    fflush(tap);
    must_hold(LLVMFuzzerTestOneInput(data, (size_t)size) == 0);
    free(data);
}

int main(int argc, char **argv)
{
    tap = fdopen(dup(STDOUT_FILENO), "w");
    must_hold(tap && argc > 2);
    for (int i = 2; i < argc; i++)
        replay(argv[i]);
    fprintf(tap, "ok 1 - %d kept inputs of %s pass\n1..1\n", argc - 2, argv[1]);
    return fclose(tap) == 0 ? 0 : 1;
}
