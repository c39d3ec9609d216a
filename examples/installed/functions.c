/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Built against an installed dmaspace: which stream each function of a device has, and the first address that each
 * may be handed when the lowest 600 MiB are out of its reach.
 *
 * usage: functions FILE.dtb NODE ID...
 */
#include <dmaspace/dmaspace.h>
#include <dmaspace/posix.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const uint64_t unreachable = UINT64_C(600) << 20;

/* The whole file, aligned for dms_of_open(). NULL: it cannot be read. */
static void *read_file(const char *name, size_t *size)
{
    FILE *file = fopen(name, "rb");
    void *blob = NULL;
    long length;

    if (file && fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) > 0) {
        *size = (size_t)length;
        blob = malloc(*size);
        rewind(file);
        if (blob && fread(blob, 1, *size, file) != *size) {
            free(blob);
            blob = NULL;
        }
    }
    if (file)
        fclose(file);
    return blob;
}

/* An address space of its own for one function; prints the first address it is handed. */
static int hand_out(const struct dms_port *port, uint32_t id, const struct dms_of_spec *spec)
{
    const struct dms_iova_config config = {
        .port = port, .aperture = {0, UINT32_MAX}, .granule_lg2 = 12};
    const struct dms_iova_region low = {.range = {0, unreachable - 1}};
    const struct dms_iova_request request = {.size = 4096, .policy = DMS_IOVA_BOTTOM_UP};
    struct dms_iova_space *space;
    dms_iova_t iova;
    int error = dms_iova_space_create(&config, &space);

    if (error == 0)
        error = dms_iova_reserve(space, &low, NULL);
    if (error == 0)
        error = dms_iova_alloc(space, &request, &iova);
    if (error == 0)
        printf("function 0x%" PRIx32 ": stream 0x%" PRIx32 ", first address 0x%" PRIx64 "\n", id,
               spec->cells[0], iova);
    dms_iova_space_destroy(space);
    return error;
}

static int tell(const struct dms_port *port, const struct dms_of *tree, char **words)
{
    struct dms_of_diag diag;
    struct dms_of_spec spec;
    dms_of_node_t node;
    int error = dms_of_find(tree, words[0], &node, &diag);

    for (words++; error == 0 && *words; words++) {
        uint32_t id = (uint32_t)strtoul(*words, NULL, 0);

        error = dms_of_map_id(tree, node, id, 0, &spec, &diag);
        if (error == 0)
            error = hand_out(port, id, &spec);
    }
    if (error)
        fprintf(stderr, "functions: %s\n", dms_strerror(error));
    return error;
}

int main(int argc, char **argv)
{
    struct dms_posix *posix = NULL;
    struct dms_of tree;
    size_t size;
    void *blob = argc > 3 ? read_file(argv[1], &size) : NULL;
    int error = -1;

    if (!blob)
        fprintf(stderr, "usage: functions FILE.dtb NODE ID...\n");
    else if (dms_of_open(&tree, blob, size, NULL) || dms_posix_create(NULL, &posix))
        fprintf(stderr, "functions: %s cannot be used\n", argv[1]);
    else
        error = tell(dms_posix_port(posix), &tree, argv + 2);
    if (posix)
        dms_posix_destroy(posix);
    free(blob);
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}
