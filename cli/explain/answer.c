/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* An answer in sentences. */
#include "answer.h"
#include "stream.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    const struct facts *facts;
    const struct fault *fault;
    struct answer *answer;
};

static void change(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void change(struct text *text, const char *format, ...)
{
    va_list args;

    if (text->answer->change_count == CHANGES_MAX)
        return;
    va_start(args, format);
    vsnprintf(text->answer->change[text->answer->change_count++], SENTENCE, format, args);
    va_end(args);
}

static void where(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void why(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void where(struct text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(text->answer->where, SENTENCE, format, args);
    va_end(args);
}

static void why(struct text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(text->answer->why, SENTENCE, format, args);
    va_end(args);
}

static struct path path(const struct text *text, dms_of_node_t node)
{
    return path_of(&text->facts->tree, node);
}

/* ---- nobody owns the stream ------------------------------------------------------------------ */

static void write_gap(struct text *text)
{
    const struct answer *answer = text->answer;

    if (answer->below.found && answer->above.found)
        why(text,
            "no enabled device of this tree has stream 0x%x; next to it are 0x%x of %s and 0x%x "
            "of %s",
            text->fault->sid, answer->below.sid, path(text, answer->below.node).text,
            answer->above.sid, path(text, answer->above.node).text);
    else if (answer->below.found || answer->above.found)
        why(text, "no enabled device of this tree has stream 0x%x; next to it is 0x%x of %s",
            text->fault->sid, answer->below.found ? answer->below.sid : answer->above.sid,
            path(text, answer->below.found ? answer->below.node : answer->above.node).text);
    else
        why(text, "no enabled device of this tree has stream 0x%x", text->fault->sid);
}

static void change_unowned(struct text *text)
{
    const struct answer *answer = text->answer;
    bool two_cells = answer->iommu != DMS_OF_NONE &&
                     iommu_type(&text->facts->tree, answer->iommu)->family == DMS_FAMILY_SMMUV2;
    bool same_device =
        answer->below.found && answer->above.found && answer->below.node == answer->above.node;

    change(text,
           "if the stream is a device's own: iommus = <&smmu 0x%x%s> in its node, or an entry "
           "<ID &smmu 0x%x%s 0x1> in iommu-map of its parent for one of its functions "
           "(dms_function_create, dms_configure_map)",
           text->fault->sid, two_cells ? " 0x0" : "", text->fault->sid, two_cells ? " 0x0" : "");
    if (same_device)
        change(text,
               "both neighbours are of %s: if that hardware picks the stream by address, as video "
               "units do for secure memory, keep its functions out of those addresses "
               "(iommu-ranges, dms_window(), dms_reserve())",
               path(text, answer->below.node).text);
    change(text, "if firmware owns the stream: find what made the device use it");
}

static void write_unowned(struct text *text)
{
    where(text, "the address does not matter: the SMMU stops the stream before it looks at it");
    write_gap(text);
    change_unowned(text);
}

static void write_disabled(struct text *text, const struct owner *owner)
{
    where(text, "the address does not matter: the SMMU stops the stream before it looks at it");
    if (owner->device_enabled) {
        why(text, "%s has the stream, but its IOMMU %s is disabled, and so nobody sets it up",
            path(text, owner->node).text, path(text, text->answer->iommu).text);
        change(text, "status = \"okay\" in %s", path(text, text->answer->iommu).text);
        return;
    }
    why(text,
        "%s has the stream, but is disabled (its status, or that of a node above): the hardware "
        "runs all the same, left on by the boot loader or by firmware",
        path(text, owner->node).text);
    change(text, "status = \"okay\" in %s and the nodes above it, or have the boot loader stop it",
           path(text, owner->node).text);
}

/* ---- the stream is not set up, or the setting is bad ----------------------------------------- */

/* Events that are not about the address. */
static void write_configuration(struct text *text, const struct owner *owner)
{
    switch (text->fault->reason) {
    case DMS_FAULT_BAD_STREAM:
    case DMS_FAULT_UNCONFIGURED:
        why(text,
            "the tree gives the stream to %s, but no driver has set it up: not probed, not "
            "attached, or attached and detached again while its DMA still ran",
            path(text, owner->node).text);
        change(text, "bring the driver up before the device does DMA, and stop the DMA before the "
                     "driver goes (dms_attach() before, dms_detach() after)");
        if (text->fault->reason == DMS_FAULT_BAD_STREAM)
            change(text, "check that 0x%x is within the SMMU's stream table (SMMU_IDR1.SIDSIZE)",
                   text->fault->sid);
        return;
    case DMS_FAULT_BAD_SUBSTREAM:
        why(text, "the device sends a substream ID (PASID) that nobody has set up");
        change(text, "switch PASIDs off in the device, or attach the PASID first");
        return;
    case DMS_FAULT_FORBIDDEN:
        why(text, "a kind of transaction that the stream's entry does not allow");
        change(text, "switch ATS and translated transactions off in the device, or on in the SMMU");
        return;
    case DMS_FAULT_CONFIG:
    case DMS_FAULT_WALK_ABORT:
        why(text, "the SMMU's own tables are at fault, not the address: overwritten, freed too "
                  "early, or in memory that the SMMU cannot read");
        change(text, "look for writes into table memory; check dma-coherent of the SMMU's node");
        return;
    case DMS_FAULT_CONFLICT:
        why(text, "two entries match at once: a stream that two devices claim, or a mapping that "
                  "was changed without invalidating the old one");
        change(text, "dmaspace check shows streams that overlap; after a change of a mapping, "
                     "invalidate before the address is used again (dms_flush())");
        return;
    default:
        return;
    }
}

/* ---- the address ----------------------------------------------------------------------------- */

static void write_usable(struct text *text)
{
    const struct fault *fault = text->fault;

    where(text, "an address that the device may be handed; the tree says nothing against it");
    if (fault->reason == DMS_FAULT_PERMISSION) {
        why(text, "something is mapped there, but not for this kind of access: a buffer mapped for "
                  "the wrong direction, or a neighbour's buffer overrun");
        change(text, "map the buffer for the direction that the device uses "
                     "(DMA_BIDIRECTIONAL, DMS_BIDIRECTIONAL if both)");
        return;
    }
    why(text, "what faults there is not mapped, or no longer: unmapped too early, used past its "
              "end, mapped for another device or function, or never mapped");
    change(text, "compare with the device's last mappings (trace events iommu:map and iommu:unmap; "
                 "dms_next_mapping()): just past one is an overrun, inside an old one a use after "
                 "unmap");
}

static void write_reserved(struct text *text, const struct owner *owner)
{
    where(text, "in the region 0x%" PRIx64 "-0x%" PRIx64 ", %s by %s (%s[%d])", owner->range.first,
          owner->range.last, owner->range_kind, path(text, owner->range_node).text,
          owner->range_property, (int)owner->range_cell);
    if (strcmp(owner->range_kind, "direct") == 0) {
        why(text, "the region is to be mapped 1:1 while the device is attached; it is not, or not "
                  "for this access");
        change(text, "keep the region mapped until the device no longer reads it (a boot screen, "
                     "for instance); look for a driver that replaced the default domain");
        return;
    }
    why(text, "nobody is handed an address there, so the device got it from elsewhere: firmware, a "
              "fixed address in the driver, or a wrong sum");
    change(text, "program an address from the DMA API (dms_map(), dma_map_single())");
    change(text,
           "if the address is meant to be used: delete that entry of iommu-addresses in %s, "
           "or take it exactly with a region of kind fixed (dms_reserve(), dms_map_fixed())",
           path(text, owner->range_node).text);
}

static void write_outside(struct text *text, const struct owner *owner)
{
    where(text, "outside of 0x%" PRIx64 "-0x%" PRIx64 ", all that dma-ranges of %s leave",
          owner->range.first, owner->range.last,
          owner->range_node == DMS_OF_NONE ? "the bus" : path(text, owner->range_node).text);
    why(text,
        "the bus cannot carry that address, so nobody is handed one there: a wrong address, or "
        "dma-ranges that are too narrow");
    change(text, "correct dma-ranges, if the bus can carry it; else find who made the address");
}

static void write_folded(struct text *text)
{
    where(text, "0x%" PRIx64 " << 32 above the IOVA 0x%" PRIx64, text->fault->iova >> 32,
          text->fault->iova & UINT32_MAX);
    why(text,
        "a DSP address, IOVA + (context bank << 32), reached the SMMU: it was programmed where "
        "an IOVA belongs, or folded twice");
    change(text, "give the DSP the folded address, and what programs the SMMU's side 0x%" PRIx64,
           text->fault->iova & UINT32_MAX);
}

static void write_no_window(struct text *text, const struct owner *owner)
{
    bool below = text->fault->iova < owner->range.first;
    uint64_t bytes =
        below ? owner->range.first - text->fault->iova : text->fault->iova - owner->range.last - 1;

    where(text, "0x%" PRIx64 " %s the window 0x%" PRIx64 "-0x%" PRIx64 " (%s: iommu-ranges[%d])",
          bytes, below ? "below" : "past the end of", owner->range.first, owner->range.last,
          path(text, owner->range_node).text, (int)owner->range_cell);
    why(text,
        "iommu-ranges says that the device cannot use addresses there; a kernel that does not "
        "know iommu-ranges hands them out all the same");
    change(text, "run a kernel with iommu-ranges, or reserve what is outside with iommu-addresses "
                 "for it (dms_window() in dmaspace)");
    change(text, "if the hardware can use it: widen iommu-ranges of %s",
           path(text, owner->range_node).text);
}

static void write_beyond(struct text *text, const struct owner *owner)
{
    where(text, "beyond 0x%" PRIx64 ", a DMA mask of %u bits", owner->range.last,
          text->facts->dma_bits);
    why(text,
        "with that mask nobody hands it out: the driver's mask is wider, or the address wrong");
    change(text, "dma_set_mask_and_coherent(dev, DMA_BIT_MASK(%u)), dms_set_dma_mask(dev, %u)",
           text->facts->dma_bits, text->facts->dma_bits);
}

static void write_api(struct text *text, const struct owner *owner)
{
    where(text, "in the region 0x%" PRIx64 "-0x%" PRIx64 ", kind %s, reserved by %s",
          owner->range.first, owner->range.last, owner->range_kind,
          strcmp(text->fault->region_origin, "api") == 0 ? "a call of the driver"
                                                         : "the device tree");
    if (strcmp(owner->range_kind, "window") == 0)
        why(text, "outside of the window that the driver set with dms_window()");
    else if (strcmp(owner->range_kind, "fixed") == 0)
        why(text, "only the owner maps there, at addresses of its choice, and it has not, or no "
                  "longer");
    else
        why(text, "the driver reserved it, so nobody is handed an address there");
    change(text, "%s",
           strcmp(owner->range_kind, "fixed") == 0
               ? "dms_map_fixed() before the device runs, and no unmap before it stops"
               : "program an address from dms_map(); if the address is meant to be used, release "
                 "the region with dms_release(), or set a wider dms_window()");
}

static void write_page_zero(struct text *text)
{
    where(text, "in the first page, which is never handed out");
    why(text,
        "the device was programmed with no address, or with one whose upper bits were lost: a "
        "register that nobody wrote, a failed mapping that was not checked");
    change(text, "check what dma_map_single(), dms_map() returned before programming it; write the "
                 "register before the start bit");
}

static void write_address(struct text *text, const struct owner *owner)
{
    switch (owner->spot) {
    case SPOT_NOT_ASKED:
        where(text, "no address is told");
        why(text, "%s", text->fault->detail);
        change(text, "tell the address with --iova, if you know it");
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

static void write_memory(struct text *text)
{
    if (text->answer->memory == DMS_OF_NONE ||
        text->answer->memory == text->answer->owners[0].range_node)
        return;
    change(text,
           "the same number is a physical address of %s: if the device was set up without its "
           "IOMMU (by the boot loader, or with phys_to_dma), map it, or let iommu-addresses of a "
           "reserved-memory node with that reg map it 1:1",
           path(text, text->answer->memory).text);
}

static void write_no_stream(struct text *text)
{
    where(text, "without its stream nobody can say whose address it is");
    why(text, "%s", text->fault->detail);
    change(text, "tell the stream with --stream, if you know it");
}

static bool is_about_address(const struct fault *fault)
{
    return fault->reason == DMS_FAULT_TRANSLATION || fault->reason == DMS_FAULT_PERMISSION ||
           fault->reason == DMS_FAULT_ADDRESS_SIZE || fault->reason == DMS_FAULT_ACCESS_FLAG ||
           fault->reason == DMS_FAULT_UNKNOWN;
}

void write_answer(struct facts *facts, const struct fault *fault, struct answer *answer)
{
    struct text text = {facts, fault, answer};
    const struct owner *owner = &answer->owners[0];

    if (!fault->has_sid) {
        write_no_stream(&text);
        return;
    }
    if (answer->owner_count == 0) {
        write_unowned(&text);
        return;
    }
    if (!owner->device_enabled || !owner->iommu_enabled) {
        write_disabled(&text, owner);
        return;
    }
    write_address(&text, owner);
    if (is_about_address(fault)) {
        write_memory(&text);
        return;
    }
    answer->change_count = 0;
    write_configuration(&text, owner);
}

/* "15000000.iommu" is the node iommu@15000000. */
static bool is_node_of(const struct tree *tree, dms_of_node_t node, const char *name)
{
    const char *node_name = dms_of_name(&tree->of, node);
    const char *unit = strchr(node_name, '@');
    size_t unit_length = strcspn(name, ".");

    if (!unit || name[unit_length] != '.')
        return false;
    return strlen(unit + 1) == unit_length && strncmp(unit + 1, name, unit_length) == 0 &&
           strlen(name + unit_length + 1) == (size_t)(unit - node_name) &&
           strncmp(name + unit_length + 1, node_name, (size_t)(unit - node_name)) == 0;
}

static dms_of_node_t find_iommu(const struct tree *tree, const char *name)
{
    dms_of_node_t node = DMS_OF_ROOT;

    if (name[0] == '\0')
        return DMS_OF_NONE;
    while (node != DMS_OF_NONE && !is_node_of(tree, node, name))
        node = dms_of_next(&tree->of, node);
    return node;
}

void answer_fault(struct facts *facts, const struct fault *fault, dms_of_node_t iommu,
                  struct answer *answer)
{
    *answer = (struct answer){.memory = DMS_OF_NONE};
    answer->iommu = iommu != DMS_OF_NONE ? iommu : find_iommu(&facts->tree, fault->iommu);
    answer->iommu_known = answer->iommu != DMS_OF_NONE;
    find_owners(facts, fault, answer);
    for (unsigned i = 0; i < answer->owner_count; i++)
        find_spot(facts, fault, &answer->owners[i]);
    if (fault->has_iova && fault->iova != 0)
        answer->memory = find_memory(&facts->tree, fault->iova);
    write_answer(facts, fault, answer);
}
