/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the address is to its owner. */
#include "sentences.h"

#include <inttypes.h>
#include <string.h>

static void write_usable(struct text *text)
{
    const struct fault *fault = text->fault;

    say_where(text, "an address that the device may be handed; the tree says nothing against it");
    if (fault->reason == DMS_FAULT_PERMISSION) {
        say_why(text,
                "something is mapped there, but not for this kind of access: a buffer mapped for "
                "the wrong direction, or a neighbour's buffer overrun");
        say_change(text, "map the buffer for the direction that the device uses "
                         "(DMA_BIDIRECTIONAL, DMS_BIDIRECTIONAL if both)");
        return;
    }
    say_why(text,
            "what faults there is not mapped, or no longer: unmapped too early, used past its "
            "end, mapped for another device or function, or never mapped");
    say_change(text,
               "compare with the device's last mappings (trace events iommu:map and iommu:unmap; "
               "dms_next_mapping()): just past one is an overrun, inside an old one a use after "
               "unmap");
}

static void write_reserved(struct text *text, const struct owner *owner)
{
    say_where(text, "in the region 0x%" PRIx64 "-0x%" PRIx64 ", %s by %s (%s[%d])",
              owner->range.first, owner->range.last, owner->range_kind,
              text_path(text, owner->range_node).text, owner->range_property,
              (int)owner->range_cell);
    if (strcmp(owner->range_kind, "direct") == 0) {
        say_why(text,
                "the region is to be mapped 1:1 while the device is attached; it is not, or not "
                "for this access");
        say_change(text,
                   "keep the region mapped until the device no longer reads it (a boot screen, "
                   "for instance); look for a driver that replaced the default domain");
        return;
    }
    say_why(text,
            "nobody is handed an address there, so the device got it from elsewhere: firmware, a "
            "fixed address in the driver, or a wrong sum");
    say_change(text, "program an address from the DMA API (dms_map(), dma_map_single())");
    say_change(text,
               "if the address is meant to be used: delete that entry of iommu-addresses in %s, "
               "or take it exactly with a region of kind fixed (dms_reserve(), dms_map_fixed())",
               text_path(text, owner->range_node).text);
}

static void write_outside(struct text *text, const struct owner *owner)
{
    say_where(text, "outside of 0x%" PRIx64 "-0x%" PRIx64 ", all that dma-ranges of %s leave",
              owner->range.first, owner->range.last,
              owner->range_node == DMS_OF_NONE ? "the bus"
                                               : text_path(text, owner->range_node).text);
    say_why(text,
            "the bus cannot carry that address, so nobody is handed one there: a wrong address, or "
            "dma-ranges that are too narrow");
    say_change(text, "correct dma-ranges, if the bus can carry it; else find who made the address");
}

static void write_folded(struct text *text)
{
    say_where(text, "0x%" PRIx64 " << 32 above the IOVA 0x%" PRIx64, text->fault->iova >> 32,
              text->fault->iova & UINT32_MAX);
    say_why(text,
            "a DSP address, IOVA + (context bank << 32), reached the SMMU: it was programmed where "
            "an IOVA belongs, or folded twice");
    say_change(text,
               "give the DSP the folded address, and what programs the SMMU's side 0x%" PRIx64,
               text->fault->iova & UINT32_MAX);
}

static void write_no_window(struct text *text, const struct owner *owner)
{
    bool below = text->fault->iova < owner->range.first;
    uint64_t bytes =
        below ? owner->range.first - text->fault->iova : text->fault->iova - owner->range.last - 1;

    say_where(text,
              "0x%" PRIx64 " %s the window 0x%" PRIx64 "-0x%" PRIx64 " (%s: iommu-ranges[%d])",
              bytes, below ? "below" : "past the end of", owner->range.first, owner->range.last,
              text_path(text, owner->range_node).text, (int)owner->range_cell);
    say_why(text,
            "iommu-ranges says that the device cannot use addresses there; a kernel that does not "
            "know iommu-ranges hands them out all the same");
    say_change(text,
               "run a kernel with iommu-ranges, or reserve what is outside with iommu-addresses "
               "for it (dms_window() in dmaspace)");
    say_change(text, "if the hardware can use it: widen iommu-ranges of %s",
               text_path(text, owner->range_node).text);
}

static void write_beyond(struct text *text, const struct owner *owner)
{
    say_where(text, "beyond 0x%" PRIx64 ", a DMA mask of %u bits", owner->range.last,
              text->facts->dma_bits);
    say_why(text,
            "with that mask nobody hands it out: the driver's mask is wider, or the address wrong");
    say_change(text, "dma_set_mask_and_coherent(dev, DMA_BIT_MASK(%u)), dms_set_dma_mask(dev, %u)",
               text->facts->dma_bits, text->facts->dma_bits);
}

static void write_api(struct text *text, const struct owner *owner)
{
    say_where(text, "in the region 0x%" PRIx64 "-0x%" PRIx64 ", kind %s, reserved by %s",
              owner->range.first, owner->range.last, owner->range_kind,
              strcmp(text->fault->region_origin, "api") == 0 ? "a call of the driver"
                                                             : "the device tree");
    if (strcmp(owner->range_kind, "window") == 0)
        say_why(text, "outside of the window that the driver set with dms_window()");
    else if (strcmp(owner->range_kind, "fixed") == 0)
        say_why(text,
                "only the owner maps there, at addresses of its choice, and it has not, or no "
                "longer");
    else
        say_why(text, "the driver reserved it, so nobody is handed an address there");
    say_change(
        text, "%s",
        strcmp(owner->range_kind, "fixed") == 0
            ? "dms_map_fixed() before the device runs, and no unmap before it stops"
            : "program an address from dms_map(); if the address is meant to be used, release "
              "the region with dms_release(), or set a wider dms_window()");
}

static void write_page_zero(struct text *text)
{
    say_where(text, "in the first page, which is never handed out");
    say_why(text,
            "the device was programmed with no address, or with one whose upper bits were lost: a "
            "register that nobody wrote, a failed mapping that was not checked");
    say_change(text,
               "check what dma_map_single(), dms_map() returned before programming it; write the "
               "register before the start bit");
}

void write_address(struct text *text, const struct owner *owner)
{
    switch (owner->spot) {
    case SPOT_NOT_ASKED:
        say_where(text, "no address is told");
        say_why(text, "%s", text->fault->detail);
        say_change(text, "tell the address with --iova, if you know it");
        return;
    case SPOT_PAGE_ZERO:
        write_page_zero(text);
        return;
    case SPOT_FOLDED:
        write_folded(text);
        return;
    case SPOT_OUTSIDE:
        write_outside(text, owner);
        return;
    case SPOT_BEYOND:
        write_beyond(text, owner);
        return;
    case SPOT_RESERVED:
        write_reserved(text, owner);
        return;
    case SPOT_NO_WINDOW:
        write_no_window(text, owner);
        return;
    case SPOT_API:
        write_api(text, owner);
        return;
    case SPOT_USABLE:
        write_usable(text);
        return;
    }
}
