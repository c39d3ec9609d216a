/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "svg.h"

#include <inttypes.h>
#include <string.h>

enum {
    WIDTH = 1120,
    LEFT = 190, /* where the bars begin */
    RIGHT = 1090,
    TOP = 96,
    BAR = 34,
    PITCH = 62,
    TICKS = 8,
};

static const struct svg_look {
    const char *class;
    const char *legend;
} looks[SVG_KINDS] = {
    [SVG_MAPPED] = {"mapped", "mapped"},       [SVG_FIXED] = {"fixed", "fixed region"},
    [SVG_RESERVED] = {"reserved", "reserved"}, [SVG_OUTSIDE] = {"outside", "outside the aperture"},
    [SVG_FAULT] = {"fault", "fault"},
};

/*
 * Colours pass for the common kinds of colour blindness: blue, orange, hatching, a red mark with its own shape. They
 * are plain rules without variables, which many image viewers do not know.
 */
static const char style[] =
    "<style>"
    "text{font:13px sans-serif;fill:#1b1f24}.paper{fill:#fff}.title{font-size:19px;font-weight:600}"
    ".dim{font-size:12px;fill:#5d6673}.tick{stroke:#c3cad3}.free{fill:#eef1f4;stroke:#c3cad3}"
    ".mapped{fill:#2f6fd0}.fixed{fill:#d9822b}.reserved{fill:url(#hatch)}.outside{fill:url(#dots)}.fault{fill:#c8102e}"
    ".stripe{stroke:#8b95a3;stroke-width:3}.dot{fill:#8b95a3}"
    "@media (prefers-color-scheme:dark){"
    "text{fill:#e8ebef}.paper{fill:#15181c}.dim{fill:#9aa4b1}.tick{stroke:#444d58}"
    ".free{fill:#252a31;stroke:#444d58}.mapped{fill:#6aa5ff}.fixed{fill:#f0a55a}.fault{fill:#ff5c72}"
    ".stripe{stroke:#6b7684}.dot{fill:#6b7684}}"
    "</style>\n"
    "<defs>"
    "<pattern id=\"hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(45)\"><path class=\"stripe\" d=\"M0 0V7\"/></pattern>"
    "<pattern id=\"dots\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
    "<circle class=\"dot\" cx=\"2\" cy=\"2\" r=\"1.1\"/></pattern>"
    "</defs>\n";

void svg_escape(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            /* XML 1.0 has no place for control characters, not even escaped. */
            fputc((unsigned char)*text < 0x20 ? ' ' : *text, out);
        }
    }
}

static void text_at(FILE *out, double x, int y, const char *class, const char *text)
{
    fprintf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%d\">", class, x, y);
    svg_escape(out, text);
    fputs("</text>\n", out);
}

/* Scale in double: a picture needs no more than its three decimals. */
static double place(const struct svg_picture *p, uint64_t iova)
{
    double size = (double)(p->span.last - p->span.first) + 1.0;

    return LEFT + (RIGHT - LEFT) * ((double)(iova - p->span.first) / size);
}

static void draw_item(FILE *out, const struct svg_picture *p, const struct svg_item *item, int y)
{
    uint64_t first = item->range.first;
    uint64_t last = item->range.last;

    if (last < p->span.first || first > p->span.last)
        return;
    if (first < p->span.first)
        first = p->span.first;
    if (last > p->span.last)
        last = p->span.last;

    double x = place(p, first);
    double end = last == p->span.last ? RIGHT : place(p, last + 1);

    if (item->kind == SVG_FAULT)
        fprintf(out, "<path class=\"fault\" d=\"M%.2f %d l-6 -10 h12 z M%.2f %d h2 v%d h-2 z\">", x,
                y, x - 1, y, (int)BAR);
    else
        fprintf(out, "<rect class=\"%s\" x=\"%.3f\" y=\"%d\" width=\"%.3f\" height=\"%d\">",
                looks[item->kind].class, x, y, end - x, (int)BAR);
    fputs("<title>", out);
    svg_escape(out, item->label ? item->label : looks[item->kind].legend);
    fprintf(out, " 0x%" PRIx64 "-0x%" PRIx64 "</title>", item->range.first, item->range.last);
    fputs(item->kind == SVG_FAULT ? "</path>\n" : "</rect>\n", out);
}

static void draw_bar(FILE *out, const struct svg_picture *p, const struct svg_bar *bar, int y)
{
    text_at(out, 16, y + 15, "name", bar->name);
    if (bar->note)
        text_at(out, 16, y + 31, "dim", bar->note);
    fprintf(out, "<rect class=\"free\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", (int)LEFT,
            y, RIGHT - LEFT, (int)BAR);
    for (size_t i = 0; i < bar->nitems; i++)
        draw_item(out, p, &bar->items[i], y);
}

static void draw_axis(FILE *out, const struct svg_picture *p, int y)
{
    uint64_t step = (p->span.last - p->span.first) / TICKS + 1;

    for (int i = 0; i <= TICKS; i++) {
        uint64_t at = i == TICKS ? p->span.last : p->span.first + (uint64_t)i * step;
        char label[32];

        if (at < p->span.first || at > p->span.last)
            continue;
        snprintf(label, sizeof(label), "0x%" PRIx64, i == TICKS ? at : at & ~UINT64_C(0xfff));
        double x = i == TICKS ? RIGHT : place(p, at);
        fprintf(out, "<path class=\"tick\" d=\"M%.1f %d v6\"/>\n", x, y);
        fprintf(out, "<text class=\"dim\" text-anchor=\"%s\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                i == TICKS ? "end" : "middle", x, y + 20, label);
    }
}

static void draw_legend(FILE *out, const struct svg_picture *p, int y)
{
    bool used[SVG_KINDS] = {false};
    int x = LEFT;

    for (size_t b = 0; b < p->nbars; b++) {
        for (size_t i = 0; i < p->bars[b].nitems; i++)
            used[p->bars[b].items[i].kind] = true;
    }
    for (int kind = 0; kind < SVG_KINDS; kind++) {
        if (!used[kind])
            continue;
        fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"22\" height=\"13\"/>\n",
                looks[kind].class, x, y - 11);
        text_at(out, x + 30, y, "dim", looks[kind].legend);
        x += 60 + 7 * (int)strlen(looks[kind].legend);
    }
}

int svg_write(FILE *out, const struct svg_picture *p)
{
    int bottom = TOP + (int)p->nbars * PITCH;
    int height = bottom + 70;

    fprintf(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
        "role=\"img\">\n",
        (int)WIDTH, height, (int)WIDTH, height);
    fputs(style, out);
    fprintf(out, "<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n", (int)WIDTH, height);
    text_at(out, 16, 34, "title", p->title);
    if (p->subtitle)
        text_at(out, 16, 58, "dim", p->subtitle);
    for (size_t i = 0; i < p->nbars; i++)
        draw_bar(out, p, &p->bars[i], TOP + (int)i * PITCH);
    draw_axis(out, p, bottom - PITCH + BAR + 4);
    draw_legend(out, p, bottom + 44);
    fputs("</svg>\n", out);
    return ferror(out) ? -1 : 0;
}
