/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dmaspace/of.h>
#include <dmaspace/smmuv3.h>

/* One emulated IOMMU. */
struct unit {
    dms_of_node_t node;
    char path[DMS_OF_PATH_MAX];
    struct smmuv3_model *model;
    struct dms_iommu *iommu;
};

struct model_machine {
    void *blob; /* malloc's alignment is enough for dms_of_open */
    struct dms_of_index_entry *index;
    struct dms_of of;
    struct dms_posix *posix;
    struct model_ram ram;
    struct dms_machine *devices;
    struct unit *units;
    unsigned nunits;
};

static void log_line(const struct model_machine *m, enum dms_log_level level, const char *line)
{
    const struct dms_port *port = dms_posix_port(m->posix);

    port->log(port->ctx, level, line);
}

/* ---- which nodes are IOMMUs ---------------------------------------------------------------------------------- */

static int unit_add(struct model_machine *m, dms_of_node_t node)
{
    struct unit *units;

    for (unsigned i = 0; i < m->nunits; i++) {
        if (m->units[i].node == node)
            return 0;
    }
    units = realloc(m->units, (m->nunits + 1) * sizeof(*units));
    if (!units)
        return DMS_ENOMEM;
    m->units = units;
    memset(&units[m->nunits], 0, sizeof(*units));
    units[m->nunits].node = node;
    dms_of_path(&m->of, node, units[m->nunits].path, sizeof(units[m->nunits].path));
    m->nunits++;
    return 0;
}

static int find_by_iommus(struct model_machine *m, dms_of_node_t master)
{
    struct dms_of_spec spec;
    int error = 0;

    for (uint32_t i = 0; !error && dms_of_iommus(&m->of, master, i, &spec, NULL) == 0; i++)
        error = unit_add(m, spec.iommu);
    return error;
}

static int find_by_map(struct model_machine *m, dms_of_node_t master)
{
    struct dms_of_map map;
    struct dms_of_map_entry entry;
    int error = 0;

    if (dms_of_map_begin(&m->of, master, &map, NULL))
        return 0;
    while (!error && dms_of_map_next(&map, &entry, NULL) == 0) {
        if (entry.iommu_available)
            error = unit_add(m, entry.out.iommu);
    }
    return error;
}

/* A malformed property ends the search in its node; the device room reports it to whoever creates that device. */
static int find_units(struct model_machine *m)
{
    dms_of_node_t master = DMS_OF_NONE;
    int error = 0;

    while (!error && (master = dms_of_next_master(&m->of, master)) != DMS_OF_NONE) {
        error = find_by_iommus(m, master);
        if (!error)
            error = find_by_map(m, master);
    }
    return error;
}

/* ---- bring-up of one IOMMU ------------------------------------------------------------------------------------ */

static const struct dms_iommu_type *unit_type(const struct model_machine *m,
                                              const struct unit *unit)
{
    uint32_t size;
    const char *compatible = dms_of_compatible(&m->of, unit->node, &size);

    return dms_iommu_type_of(compatible, size);
}

static int unit_start(struct model_machine *m, struct unit *unit)
{
    const struct dms_iommu_type *type = unit_type(m, unit);
    struct smmuv3_model_cfg model_cfg = smmuv3_model_default_cfg();
    struct dms_smmuv3_cfg driver_cfg = {.port = dms_posix_port(m->posix), .name = unit->path};
    char line[DMS_OF_PATH_MAX + 80];
    int error;

    if (type->family == DMS_FAMILY_OTHER) {
        snprintf(line, sizeof(line), "%s: %s has no stream IDs; not emulated", unit->path,
                 type->name);
        log_line(m, DMS_LOG_WARNING, line);
        return 0;
    }
    if (type->family != DMS_FAMILY_SMMUV3) {
        snprintf(line, sizeof(line), "%s: %s is emulated by the SMMUv3 model", unit->path,
                 type->name);
        log_line(m, DMS_LOG_INFO, line);
    }
    model_cfg.memory = model_ram_memory(&m->ram);
    error = smmuv3_model_create(&model_cfg, &unit->model);
    if (error)
        return error;
    driver_cfg.mmio = smmuv3_model_mmio(unit->model);
    error = dms_smmuv3_create(&driver_cfg, &unit->iommu);
    if (error)
        return error;
    return dms_machine_add_iommu(m->devices, unit->iommu, unit->path);
}

/* ---- open and close -------------------------------------------------------------------------------------------- */

static int open_tree(struct model_machine *m, const void *blob, size_t size)
{
    struct dms_of_diag diag;
    char line[DMS_OF_PATH_MAX + 2 * DMS_OF_TEXT_MAX];
    int error;

    m->blob = malloc(size ? size : 1);
    if (!m->blob)
        return DMS_ENOMEM;
    memcpy(m->blob, blob, size);
    error = dms_of_open(&m->of, m->blob, size, &diag);
    if (error) {
        dms_of_diag_line(&diag, line, sizeof(line));
        log_line(m, DMS_LOG_ERROR, line);
        return error;
    }
    m->index = calloc(m->of.node_count, sizeof(*m->index));
    return m->index ? dms_of_index(&m->of, m->index, m->of.node_count) : DMS_ENOMEM;
}

static int open_memory(struct model_machine *m, const struct model_machine_cfg *cfg)
{
    struct dms_posix_cfg posix_cfg = {
        .ram_size = cfg->ram_size, .log = cfg->log, .log_ctx = cfg->log_ctx};
    struct dms_range ram;
    int error = dms_posix_create(&posix_cfg, &m->posix);

    if (error)
        return error;
    ram = dms_posix_ram(m->posix);
    m->ram.base = ram.first;
    m->ram.size = ram.last - ram.first + 1;
    m->ram.host = dms_posix_phys_ptr(m->posix, (dms_phys_t){ram.first}, m->ram.size);
    return 0;
}

static int start(struct model_machine *m, const void *blob, size_t size,
                 const struct model_machine_cfg *cfg)
{
    struct dms_machine_cfg devices_cfg = {.on_fault = cfg->on_fault,
                                          .on_fault_ctx = cfg->on_fault_ctx};
    int error = open_memory(m, cfg);

    if (!error)
        error = open_tree(m, blob, size);
    if (error)
        return error;
    devices_cfg.port = dms_posix_port(m->posix);
    devices_cfg.blob = m->blob;
    devices_cfg.blob_size = size;
    error = dms_machine_create(&devices_cfg, &m->devices);
    if (!error)
        error = find_units(m);
    for (unsigned i = 0; !error && i < m->nunits; i++)
        error = unit_start(m, &m->units[i]);
    return error;
}

static void stop(struct model_machine *m)
{
    for (unsigned i = m->nunits; i-- > 0;) {
        if (m->units[i].iommu)
            dms_smmuv3_destroy(m->units[i].iommu);
        smmuv3_model_destroy(m->units[i].model);
    }
    dms_posix_destroy(m->posix);
    free(m->units);
    free(m->index);
    free(m->blob);
    free(m);
}

int model_machine_open(const void *blob, size_t size, const struct model_machine_cfg *cfg,
                       struct model_machine **out)
{
    static const struct model_machine_cfg defaults;
    struct model_machine *m = calloc(1, sizeof(*m));
    int error;

    if (!m)
        return DMS_ENOMEM;
    error = start(m, blob, size, cfg ? cfg : &defaults);
    if (error) {
        if (m->devices)
            dms_machine_destroy(m->devices, NULL);
        stop(m);
        return error;
    }
    *out = m;
    return 0;
}

int model_machine_open_file(const char *path, const struct model_machine_cfg *cfg,
                            struct model_machine **out)
{
    FILE *file = fopen(path, "rb");
    long size;
    void *blob;
    int error = DMS_ENOENT;

    if (!file)
        return DMS_ENOENT;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 &&
        fseek(file, 0, SEEK_SET) == 0) {
        blob = malloc((size_t)size);
        if (!blob)
            error = DMS_ENOMEM;
        else if (fread(blob, 1, (size_t)size, file) == (size_t)size)
            error = model_machine_open(blob, (size_t)size, cfg, out);
        free(blob);
    }
    fclose(file);
    return error;
}

int model_machine_close(struct model_machine *m)
{
    int error;

    if (!m)
        return 0;
    error = dms_machine_destroy(m->devices, NULL);
    if (error)
        return error;
    stop(m);
    return 0;
}

/* ---- what is in it ----------------------------------------------------------------------------------------------- */

struct dms_machine *model_machine_devices(const struct model_machine *m)
{
    return m->devices;
}

struct dms_posix *model_machine_memory(const struct model_machine *m)
{
    return m->posix;
}

unsigned model_machine_iommu_count(const struct model_machine *m)
{
    return m->nunits;
}

struct dms_iommu *model_machine_iommu(const struct model_machine *m, unsigned index)
{
    return m->units[index].iommu;
}

struct smmuv3_model *model_machine_smmu(const struct model_machine *m, unsigned index)
{
    return m->units[index].model;
}

const char *model_machine_iommu_path(const struct model_machine *m, unsigned index)
{
    return m->units[index].path;
}

struct smmuv3_model *model_machine_smmu_of(const struct model_machine *m,
                                           const struct dms_device *dev)
{
    const struct dms_iommu *iommu = dms_device_iommu(dev);

    for (unsigned i = 0; iommu && i < m->nunits; i++) {
        if (m->units[i].iommu == iommu)
            return m->units[i].model;
    }
    return NULL;
}

struct dma_engine model_machine_engine(const struct model_machine *m, const struct dms_device *dev,
                                       unsigned index)
{
    return dma_engine_of(model_machine_smmu_of(m, dev), dms_device_stream(dev, index).sid);
}
