/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the events mean, whichever form the trace has. */
#include "source.h"

#include <string.h>

#define MAPPING_ERROR                                                                              \
    UINT64_MAX /* DMA_MAPPING_ERROR: what a call that failed tells as its address */

/* Padding between the entries of a list is less than a segment boundary of 4 GiB. */
#define LIST_GAP (UINT64_C(1) << 32)

/* Linux 6.17 made dma_map_page and dma_map_resource one event, dma_map_phys. */
static const struct form forms[] = {
    {"map", TRACE_MAP, LAYOUT_IOMMU_MAP},
    {"unmap", TRACE_UNMAP, LAYOUT_IOMMU_UNMAP},
    {"dma_map_page", TRACE_MAP, LAYOUT_MAP},
    {"dma_map_phys", TRACE_MAP, LAYOUT_MAP},
    {"dma_map_resource", TRACE_MAP, LAYOUT_MAP},
    {"dma_unmap_page", TRACE_UNMAP, LAYOUT_UNMAP},
    {"dma_unmap_phys", TRACE_UNMAP, LAYOUT_UNMAP},
    {"dma_unmap_resource", TRACE_UNMAP, LAYOUT_UNMAP},
    {"dma_alloc", TRACE_MAP, LAYOUT_ALLOC},
    {"dma_alloc_pages", TRACE_MAP, LAYOUT_ALLOC},
    {"dma_alloc_sgt", TRACE_MAP, LAYOUT_MAP},
    {"dma_alloc_sgt_err", TRACE_FAILED, LAYOUT_FAILED},
    {"dma_free", TRACE_UNMAP, LAYOUT_FREE},
    {"dma_free_pages", TRACE_UNMAP, LAYOUT_FREE},
    {"dma_free_sgt", TRACE_UNMAP, LAYOUT_FREE},
    {"dma_map_sg", TRACE_MAP, LAYOUT_MAP_SG},
    {"dma_map_sg_err", TRACE_FAILED, LAYOUT_FAILED},
    {"dma_unmap_sg", TRACE_UNMAP_SG, LAYOUT_UNMAP_SG},
};

const struct form *form_of(const char *name)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    }
    return NULL;
}

bool form_has_device(const struct form *form)
{
    return form->layout != LAYOUT_IOMMU_MAP && form->layout != LAYOUT_IOMMU_UNMAP;
}

void event_add_entry(struct trace_event *event, uint64_t *end, uint64_t address, uint64_t size)
{
    uint64_t past;

    if (size == 0 || __builtin_add_overflow(address, size, &past))
        return;
    if (event->size == 0) {
        event->iova = address;
        event->size = size;
    } else if (address >= *end && address - *end < LIST_GAP) {
        event->size = past - event->iova;
    } else {
        return;
    }
    *end = past;
}

static bool is_sane(const struct trace_event *event)
{
    return event->size > 0 && event->size - 1 <= UINT64_MAX - event->iova;
}

enum line_kind event_finish(const struct form *form, struct trace_event *event, bool null_pointer)
{
    event->kind = form->kind;
    if (form->layout == LAYOUT_MAP && event->iova == MAPPING_ERROR)
        event->kind = TRACE_FAILED;
    if (form->layout == LAYOUT_ALLOC && null_pointer)
        event->kind = TRACE_FAILED;
    if (event->kind == TRACE_MAP || event->kind == TRACE_UNMAP)
        return is_sane(event) ? LINE_EVENT : LINE_GARBAGE;
    return LINE_EVENT;
}
