/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* usage: replay NAME FILE...: runs a target's kept inputs. A failure aborts, after the name of its input. TAP. */
#include "fuzz.h"

#include <string.h>

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
    printf("# %s\n", name);
    fflush(stdout);
    must_hold(LLVMFuzzerTestOneInput(data, (size_t)size) == 0);
    free(data);
}

int main(int argc, char **argv)
{
    must_hold(argc > 2);
    for (int i = 2; i < argc; i++)
        replay(argv[i]);
    printf("ok 1 - %d kept inputs of %s pass\n1..1\n", argc - 2, argv[1]);
    return 0;
}
