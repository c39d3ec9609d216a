/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is wrong with the stream, whatever the address. */
#include "sentences.h"
#include "stream.h"

static void write_gap(struct text *text)
{
    const struct answer *answer = text->answer;

    if (answer->below.found && answer->above.found)
        say_why(
            text,
            "no enabled device of this tree has stream 0x%x; next to it are 0x%x of %s and 0x%x "
            "of %s",
            text->fault->sid, answer->below.sid, text_path(text, answer->below.node).text,
            answer->above.sid, text_path(text, answer->above.node).text);
    else if (answer->below.found || answer->above.found)
        say_why(
            text, "no enabled device of this tree has stream 0x%x; next to it is 0x%x of %s",
            text->fault->sid, answer->below.found ? answer->below.sid : answer->above.sid,
            text_path(text, answer->below.found ? answer->below.node : answer->above.node).text);
    else
        say_why(text, "no enabled device of this tree has stream 0x%x", text->fault->sid);
}

static void change_unowned(struct text *text)
{
    const struct answer *answer = text->answer;
    bool two_cells = answer->iommu != DMS_OF_NONE &&
                     iommu_type(&text->facts->tree, answer->iommu)->family == DMS_FAMILY_SMMUV2;
    bool same_device =
        answer->below.found && answer->above.found && answer->below.node == answer->above.node;

    say_change(text,
               "if the stream is a device's own: iommus = <&smmu 0x%x%s> in its node, or an entry "
               "<ID &smmu 0x%x%s 0x1> in iommu-map of its parent for one of its functions "
               "(dms_function_create, dms_configure_map)",
               text->fault->sid, two_cells ? " 0x0" : "", text->fault->sid,
               two_cells ? " 0x0" : "");
    if (same_device)
        say_change(
            text,
            "both neighbours are of %s: if that hardware picks the stream by address, as video "
            "units do for secure memory, keep its functions out of those addresses "
            "(iommu-ranges, dms_window(), dms_reserve())",
            text_path(text, answer->below.node).text);
    say_change(text, "if firmware owns the stream: find what made the device use it");
}

void write_unowned(struct text *text)
{
    say_where(text, "the address does not matter: the SMMU stops the stream before it looks at it");
    write_gap(text);
    change_unowned(text);
}

void write_disabled(struct text *text, const struct owner *owner)
{
    say_where(text, "the address does not matter: the SMMU stops the stream before it looks at it");
    if (owner->device_enabled) {
        say_why(text, "%s has the stream, but its IOMMU %s is disabled, and so nobody sets it up",
                text_path(text, owner->node).text, text_path(text, text->answer->iommu).text);
        say_change(text, "status = \"okay\" in %s", text_path(text, text->answer->iommu).text);
        return;
    }
    say_why(
        text,
        "%s has the stream, but is disabled (its status, or that of a node above): the hardware "
        "runs all the same, left on by the boot loader or by firmware",
        text_path(text, owner->node).text);
    say_change(text,
               "status = \"okay\" in %s and the nodes above it, or have the boot loader stop it",
               text_path(text, owner->node).text);
}

/* Events that are not about the address. */
void write_configuration(struct text *text, const struct owner *owner)
{
    switch (text->fault->reason) {
    case DMS_FAULT_BAD_STREAM:
    case DMS_FAULT_UNCONFIGURED:
        say_why(text,
                "the tree gives the stream to %s, but no driver has set it up: not probed, not "
                "attached, or attached and detached again while its DMA still ran",
                text_path(text, owner->node).text);
        say_change(text,
                   "bring the driver up before the device does DMA, and stop the DMA before the "
                   "driver goes (dms_attach() before, dms_detach() after)");
        if (text->fault->reason == DMS_FAULT_BAD_STREAM)
            say_change(text,
                       "check that 0x%x is within the SMMU's stream table (SMMU_IDR1.SIDSIZE)",
                       text->fault->sid);
        return;
    case DMS_FAULT_BAD_SUBSTREAM:
        say_why(text, "the device sends a substream ID (PASID) that nobody has set up");
        say_change(text, "switch PASIDs off in the device, or attach the PASID first");
        return;
    case DMS_FAULT_FORBIDDEN:
        say_why(text, "a kind of transaction that the stream's entry does not allow");
        say_change(text,
                   "switch ATS and translated transactions off in the device, or on in the SMMU");
        return;
    case DMS_FAULT_CONFIG:
    case DMS_FAULT_WALK_ABORT:
        say_why(text, "the SMMU's own tables are at fault, not the address: overwritten, freed too "
                      "early, or in memory that the SMMU cannot read");
        say_change(text,
                   "look for writes into table memory; check dma-coherent of the SMMU's node");
        return;
    case DMS_FAULT_CONFLICT:
        say_why(text,
                "two entries match at once: a stream that two devices claim, or a mapping that "
                "was changed without invalidating the old one");
        say_change(text, "dmaspace check shows streams that overlap; after a change of a mapping, "
                         "invalidate before the address is used again (dms_flush())");
        return;
    default:
        return;
    }
}
