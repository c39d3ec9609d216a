/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* replay for people. */
#include "replay.h"

#include "../style.h"

#include <inttypes.h>
#include <stdio.h>

#define LABEL_WIDTH 10

enum {
    ROWS = 8, /* of the timeline */
};

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* Names come from the trace: nothing in them may move the cursor. */
static const char *printable(const char *text)
{
    static char copies[2][80];
    static unsigned turn;
    char *copy = copies[turn++ % 2];
    size_t i;

    for (i = 0; text[i] && i + 1 < sizeof(copies[0]); i++)
        copy[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i];
    copy[i] = '\0';
    return copy;
}

static double seconds(const struct replay *replay, uint64_t time)
{
    return time < replay->first_time ? 0 : (double)(time - replay->first_time) / 1e9;
}

static void print_trouble(const struct replay *replay)
{
    const struct trace_counts *counts = &replay->counts;

    if (counts->lost_gaps) {
        print_label(LABEL_WIDTH, "lost");
        printf("%s%" PRIu64 " event%s at %" PRIu64 " place%s of the trace: a larger ring buffer "
               "(trace-cmd record -b) keeps them%s\n",
               style(stdout, STYLE_WARNING), counts->lost, plural(counts->lost), counts->lost_gaps,
               plural(counts->lost_gaps), style(stdout, STYLE_END));
    }
    if (counts->garbage) {
        print_label(LABEL_WIDTH, "garbage");
        printf("%" PRIu64 " line%s or records that are no event", counts->garbage,
               plural(counts->garbage));
        if (counts->first_line)
            printf(", first on line %" PRIu64, counts->first_line);
        printf("\n");
    }
    if (replay->too_many) {
        print_label(LABEL_WIDTH, "left out");
        printf("%" PRIu64 " events of devices beyond the 4096th\n", replay->too_many);
    }
}

static void print_head(const struct replay *replay)
{
    const struct trace_counts *counts = &replay->counts;

    printf("%s%s%s: %" PRIu64 " DMA events in %.3f s", style(stdout, STYLE_TITLE),
           replay->options.file, style(stdout, STYLE_END), counts->events,
           seconds(replay, replay->last_time));
    if (counts->others)
        printf(", %" PRIu64 " others", counts->others);
    printf("\n");
    print_trouble(replay);
}

static void print_rules(const struct replay *replay, const struct device *device)
{
    const struct replay_options *options = &replay->options;

    print_label(LABEL_WIDTH, "space");
    printf("0x%" PRIx64 "-0x%" PRIx64 ", %s, granule %s, aligned to %s\n", device->aperture.first,
           device->aperture.last, options->policy_name,
           size_text(UINT64_C(1) << options->granule_lg2).text,
           options->align_to_size ? "size" : "granule");
    for (size_t i = 0; i < options->rules.count; i++) {
        const struct rule *rule = &options->rules.items[i];

        if (!rule_applies(rule, device->name))
            continue;
        print_label(LABEL_WIDTH, rule->is_window ? "window" : "reserve");
        printf("0x%" PRIx64 "-0x%" PRIx64 "\n", rule->range.first, rule->range.last);
    }
}

static void print_load(const struct replay *replay, const struct device *device)
{
    const struct device_counts *counts = &device->counts;

    print_label(LABEL_WIDTH, "load");
    printf("%" PRIu64 " mapped, %" PRIu64 " unmapped; peak %s in %" PRIu64 " range%s at %.3f s\n",
           counts->maps, counts->unmaps, size_text(device->peak_bytes).text, device->peak_count,
           plural(device->peak_count), seconds(replay, device->peak_time));
    if (counts->failed) {
        print_label(LABEL_WIDTH, "failed");
        printf("%" PRIu64 " call%s that the kernel refused\n", counts->failed,
               plural(counts->failed));
    }
    if (counts->unmatched || counts->displaced || counts->outside) {
        print_label(LABEL_WIDTH, "unmatched");
        printf("%" PRIu64 " unmapped but never seen mapped, %" PRIu64
               " mapped over without being unmapped, %" PRIu64 " at IOVA 0\n",
               counts->unmatched, counts->displaced, counts->outside);
    }
}

static void print_violation(const struct replay *replay, const struct violation *violation)
{
    const struct rule *rule = &replay->options.rules.items[violation->rule];

    print_label(LABEL_WIDTH, "");
    printf("%9.6f s  0x%" PRIx64 "-0x%" PRIx64 "  %s  %s by %s-%" PRIu64 "  %s%s\n",
           seconds(replay, violation->time), violation->range.first, violation->range.last,
           size_text(violation->range.last - violation->range.first + 1).text,
           printable(violation->call), printable(violation->task), violation->pid,
           rule->is_window ? "outside the windows" : "in ", rule->is_window ? "" : rule->text);
}

static void print_violations(const struct replay *replay, const struct device *device)
{
    const struct device_counts *counts = &device->counts;

    print_label(LABEL_WIDTH, "kernel");
    if (counts->violations == 0) {
        printf("obeyed the rules\n");
        return;
    }
    printf("%s%" PRIu64 " of %" PRIu64 " ranges (%s) violate the rules%s\n",
           style(stdout, STYLE_ERROR), counts->violations, counts->maps,
           size_text(counts->violating_bytes).text, style(stdout, STYLE_END));
    for (size_t i = 0; i < device->violations.count; i++)
        print_violation(replay, &device->violations.items[i]);
    if (counts->violations > device->violations.count) {
        print_label(LABEL_WIDTH, "");
        printf("and %" PRIu64 " more (--limit)\n", counts->violations - device->violations.count);
    }
}

static void print_fit(const struct replay *replay, const struct device *device)
{
    const struct device_counts *counts = &device->counts;
    const struct violation *first = &device->first_misfit;

    print_label(LABEL_WIDTH, "dmaspace");
    if (counts->misfits == 0) {
        printf("everything fits\n");
        return;
    }
    printf("%s%" PRIu64 " of %" PRIu64 " ranges do not fit%s, first %s at %.6f s by %s-%" PRIu64
           ", with %s live and %s free\n",
           style(stdout, STYLE_ERROR), counts->misfits, counts->maps, style(stdout, STYLE_END),
           size_text(first->range.last - first->range.first + 1).text, seconds(replay, first->time),
           printable(first->task), first->pid, size_text(device->misfit_live_bytes).text,
           size_text(device->misfit_free_bytes).text);
}

static void print_count(uint64_t count, bool more)
{
    printf("%s%" PRIu64, more ? "at least " : "", count);
}

static void print_headroom(const struct device *device)
{
    const struct headroom *headroom = &device->headroom;

    print_label(LABEL_WIDTH, "sessions");
    if (headroom->pid)
        printf("%" PRIu64 " task%s at the peak; the largest (pid %" PRIu64 ") holds",
               headroom->tasks, plural(headroom->tasks), headroom->pid);
    else
        printf("everything at the peak as one session:");
    printf(" %s in %" PRIu64 " range%s\n", size_text(headroom->session_bytes).text,
           headroom->session_count, plural(headroom->session_count));
    print_label(LABEL_WIDTH, "");
    print_count(headroom->ours, headroom->ours_more);
    printf(" more like it fit; without the rules, beside the kernel's own ranges, ");
    print_count(headroom->kernel, headroom->kernel_more);
    printf("\n");
}

static void print_state(struct sample sample)
{
    printf("   %10s %6.1f %%", size_text(sample.largest_gap).text, 100 * fragmentation(sample));
}

static void print_timeline(const struct replay *replay, const struct device *device)
{
    print_label(LABEL_WIDTH, "over time");
    printf("%9s %12s   %19s   %19s\n", "", "", "kernel", "dmaspace");
    print_label(LABEL_WIDTH, "");
    printf("%9s %12s   %10s %8s   %10s %8s\n", "s", "live", "largest gap", "split", "largest gap",
           "split");
    for (int row = 1; row <= ROWS; row++) {
        const struct moment *moment = &device->timeline[TIMELINE / ROWS * row - 1];

        print_label(LABEL_WIDTH, "");
        printf("%9.3f %12s", seconds(replay, moment->time), size_text(moment->live_bytes).text);
        print_state(moment->kernel);
        print_state(moment->ours);
        printf("\n");
    }
}

static void print_device(const struct replay *replay, const struct device *device)
{
    printf("\n%s%s%s%s\n", style(stdout, STYLE_TITLE), printable(device->name),
           style(stdout, STYLE_END),
           device_is_translated(device, replay->counts.joined)
               ? ""
               : "  (its addresses look physical: no IOMMU)");
    print_rules(replay, device);
    print_load(replay, device);
    print_violations(replay, device);
    print_fit(replay, device);
    print_headroom(device);
    print_timeline(replay, device);
}

static void print_skipped(const struct replay *replay)
{
    if (replay->skipped.count == 0 || replay->options.devices.count > 0)
        return;
    printf("\nleft out, as no IOMMU translates them (--device takes them all the same):");
    for (size_t i = 0; i < replay->skipped.count && i < 20; i++)
        printf(" %s", printable(replay->skipped.items[i]->name));
    printf("%s\n", replay->skipped.count > 20 ? " ..." : "");
}

void replay_print_text(const struct replay *replay)
{
    print_head(replay);
    for (size_t i = 0; i < replay->devices.count; i++)
        print_device(replay, replay->devices.items[i]);
    print_skipped(replay);
}
