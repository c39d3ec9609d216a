/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A driver with three isolated functions on an emulated SMMUv3, and the first mistake that one can make. */
#include <models/machine.h>

#include <dmaspace/dmaspace.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the program with a reason when a call fails. */
static void must(int error, const struct dms_report *report)
{
    if (error) {
        fprintf(stderr, "%s: %s\n", dms_errname(error), report->text);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"bitstream", "non-pixel", "pixel"};
    static const struct dms_range windows[] = {
        {0, 0xdabfffff}, {0x25800000, 0xdabfffff}, {0, 0xdabfffff}};
    struct model_machine_cfg quiet = {.log = NULL};
    struct model_machine *machine;
    struct dms_report report = {0};
    struct dms_device *iris, *fn[3], *second;
    dms_iova_t iova[3];

    if (argc != 2 || model_machine_open_file(argv[1], &quiet, &machine))
        return 2;
    /* README: begin */
    struct dms_device_cfg unit = {.name = "iris", .node = "/soc@0/video-codec@2000000"};
    must(dms_device_create(model_machine_devices(machine), &unit, &iris, &report), &report);

    for (unsigned i = 0; i < 3; i++) {
        struct dms_device_cfg cfg = {.name = names[i], .window = &windows[i], .nwindow = 1};

        must(dms_function_create(iris, 0x100 + i, &cfg, &fn[i], &report), &report);
        must(dms_attach(fn[i], &report), &report);

        char *buffer = dms_posix_ram_alloc(model_machine_memory(machine), 4096, 0, NULL);
        must(dms_map(fn[i], buffer, 4096, DMS_FROM_DEVICE, NULL, &iova[i]), &report);

        struct dma_engine engine = model_machine_engine(machine, fn[i], 0);
        dma_engine_write(&engine, iova[i], names[i], strlen(names[i]) + 1);
        printf("stream 0x%x wrote \"%s\" through its own address space\n", engine.sid, buffer);

        must(dms_unmap(fn[i], iova[i], 4096, NULL), &report);
        dms_posix_ram_free(model_machine_memory(machine), buffer, 4096);
    }

    struct dms_device_cfg late = {.name = "late"};
    if (dms_function_create(iris, 0x102, &late, &second, &report) == DMS_EEXIST)
        printf("refused: %s\n", report.text);
    /* README: end */

    for (unsigned i = 3; i-- > 0;)
        must(dms_device_destroy(fn[i], DMS_DESTROY_IDLE, &report), &report);
    must(dms_device_destroy(iris, DMS_DESTROY_IDLE, &report), &report);
    must(model_machine_close(machine), &report);
    return 0;
}
