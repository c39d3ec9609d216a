/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Runs the table over one file. */
#include "check.h"

#include "verb.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *severity_name(enum severity severity)
{
    static const char *const names[] = {"note", "warning", "error"};

    return names[severity];
}

const struct check *check_by_id(const char *id)
{
    for (const struct check *check = checks; check->id; check++) {
        if (strcmp(check->id, id) == 0)
            return check;
    }
    return NULL;
}

check_set_t check_bit(const struct check *check)
{
    return (check_set_t)1 << (check - checks);
}

static char *copy(const char *text)
{
    char *copied = strdup(text);

    if (!copied)
        array_no_memory();
    return copied;
}

void found(struct checker *c, struct place place, const char *format, ...)
{
    char text[CHECK_TEXT];
    struct finding finding = {
        .check = c->check,
        .node = place.node,
        .property = place.property,
        .cell = place.cell,
        .effect = place.effect ? place.effect : c->check->effect,
        .remedy = place.remedy ? place.remedy : c->check->remedy,
    };
    bool told = c->wanted & check_bit(c->check);
    va_list args;

    c->fired |= check_bit(c->check);
    c->fired_ever |= check_bit(c->check);
    if (!((c->wanted | c->counted) & check_bit(c->check)))
        return;
    if (c->kept[told] >= FINDINGS_MAX) {
        c->dropped += told;
        c->hidden += !told;
        return;
    }
    c->kept[told]++;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    finding.text = copy(text);
    finding.path = copy(path_of(&c->tree, place.node).text);
    array_push(&c->findings, finding);
}

void found_diag(struct checker *c, const struct dms_of_diag *diag)
{
    found(c, (struct place){.node = diag->node, .property = diag->property, .cell = diag->cell},
          "%s", diag->text);
}

void checker_begin(struct checker *c, check_set_t wanted, check_set_t counted, unsigned dma_bits)
{
    c->wanted = wanted;
    c->counted = counted;
    c->dma_bits = dma_bits;
    for (const struct check *check = checks; check->id; check++) {
        for (unsigned i = 0; i < CHECK_AFTER && check->after[i]; i++)
            c->after[check - checks] |= check_bit(check_by_id(check->after[i]));
    }
}

static bool may_run(const struct checker *c, check_set_t fired)
{
    return (c->after[c->check - checks] & fired) == 0;
}

static void check_master(struct checker *c, dms_of_node_t node)
{
    master_read(&c->tree, node, &c->master);
    claims_add(&c->claims, &c->tree, &c->master, is_enabled(&c->tree, node));
    c->fired = 0;
    for (c->check = checks; c->check->id; c->check++) {
        if (c->check->master && may_run(c, c->fired))
            c->check->master(c);
    }
}

static void check_tree(struct checker *c)
{
    for (c->check = checks; c->check->id; c->check++) {
        if (c->check->tree && may_run(c, c->fired_ever))
            c->check->tree(c);
    }
}

static int compare(const struct finding *a, const struct finding *b)
{
    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    if (a->check != b->check)
        return a->check < b->check ? -1 : 1;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    return strcmp(a->text, b->text);
}

static int by_place(const void *a, const void *b)
{
    return compare(a, b);
}

/* In tree order; what several devices of one bus told of it is kept once. */
static void sort_findings(struct checker *c)
{
    struct finding *items = c->findings.items;
    size_t kept = 0;

    if (c->findings.count > 1)
        qsort(items, c->findings.count, sizeof(*items), by_place);
    for (size_t i = 0; i < c->findings.count; i++) {
        if (kept > 0 && compare(&items[kept - 1], &items[i]) == 0)
            findings_drop(&items[i], 1);
        else
            items[kept++] = items[i];
    }
    c->findings.count = kept;
}

/* What is only counted leaves the list. */
static void hide_findings(struct checker *c)
{
    struct finding *items = c->findings.items;
    size_t kept = 0;

    for (size_t i = 0; i < c->findings.count; i++) {
        if (c->wanted & check_bit(items[i].check))
            items[kept++] = items[i];
        else
            findings_drop(&items[i], 1);
    }
    c->hidden += c->findings.count - kept;
    c->findings.count = kept;
}

int check_file(struct checker *c, const char *file, struct tree_error *error)
{
    dms_of_node_t node = DMS_OF_NONE;

    c->findings.count = 0;
    c->claims.items.count = 0;
    c->fired_ever = 0;
    c->kept[false] = c->kept[true] = 0;
    c->hidden = 0;
    c->dropped = 0;
    if (tree_load(&c->tree, file, error) != EXIT_GOOD)
        return EXIT_UNUSABLE;
    while ((node = dms_of_next_master(&c->tree.of, node)) != DMS_OF_NONE)
        check_master(c, node);
    check_tree(c);
    sort_findings(c);
    hide_findings(c);
    return c->findings.count > 0 ? EXIT_NEGATIVE : EXIT_GOOD;
}

void findings_drop(struct finding *findings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(findings[i].path);
        free(findings[i].text);
    }
}

void checker_drop(struct checker *c)
{
    master_drop(&c->master);
    array_drop(&c->claims.items);
    array_drop(&c->ranges);
    array_drop(&c->findings);
    tree_close(&c->tree);
}
