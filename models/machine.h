/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The default machine: emulated memory, and for each IOMMU of a device tree that a DMA master refers to, an SMMUv3
 * model with the library's own driver on it. The driver cannot tell it from hardware.
 *
 * A node of the Arm SMMU v1/v2 family is emulated with the SMMUv3 model too, and the log says so. IOMMUs whose
 * specifiers are not stream IDs are left out, with a line in the log.
 *
 * Thread-safety: open and close run alone; everything else may be called by any thread.
 */
#ifndef MODELS_MACHINE_H
#define MODELS_MACHINE_H

#include <dmaspace/device.h>
#include <dmaspace/posix.h>

#include <models/dma_engine.h>

struct model_machine;

/* All zero is a good configuration. */
struct model_machine_cfg {
    uint64_t
        ram_size; /* bytes of emulated memory, a multiple of 4 KiB; 0: 1 GiB. Only touched pages cost memory */

    /* As in struct dms_machine_cfg. */
    void (*on_fault)(void *ctx, const struct dms_fault *fault);
    void *on_fault_ctx;

    /* Where log lines go. NULL: stderr. */
    void (*log)(void *ctx, enum dms_log_level level, const char *line);
    void *log_ctx;
};

/*
 * Opens a machine for the flattened tree at `blob`, which is copied. cfg NULL: the default.
 * DMS_EINVAL, DMS_ERANGE, DMS_ENOTSUP: not a usable tree (dms_of_open), or a bad ram_size; DMS_ENOMEM. Errors of an
 * IOMMU's bring-up are passed on. After an error nothing is left and *out is unchanged; the log says why.
 */
int model_machine_open(const void *blob, size_t size, const struct model_machine_cfg *cfg,
                       struct model_machine **out);

/* The same for a .dtb file. DMS_ENOENT: it cannot be read. */
int model_machine_open_file(const char *path, const struct model_machine_cfg *cfg,
                            struct model_machine **out);

/* DMS_EBUSY: a device lives; the machine stays. NULL is allowed. */
int model_machine_close(struct model_machine *machine);

struct dms_machine *model_machine_devices(const struct model_machine *machine);
struct dms_posix *model_machine_memory(const struct model_machine *machine);

/*
 * The IOMMUs that were found, 0 .. count - 1: the driver's instance, the model below it, its node's path. Instance and
 * model are NULL for one that is not emulated.
 */
unsigned model_machine_iommu_count(const struct model_machine *machine);
struct dms_iommu *model_machine_iommu(const struct model_machine *machine, unsigned index);
struct smmuv3_model *model_machine_smmu(const struct model_machine *machine, unsigned index);
const char *model_machine_iommu_path(const struct model_machine *machine, unsigned index);

/* The model behind a device's IOMMU; NULL: no IOMMU translates for it. */
struct smmuv3_model *model_machine_smmu_of(const struct model_machine *machine,
                                           const struct dms_device *dev);

/* A DMA engine that sends the device's index-th stream, index < dms_device_stream_count(). */
struct dma_engine model_machine_engine(const struct model_machine *machine,
                                       const struct dms_device *dev, unsigned index);

#endif
