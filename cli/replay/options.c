/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "options.h"

#include "../verb.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

void options_default(struct replay_options *options)
{
    *options = (struct replay_options){
        .policy = DMS_IOVA_TOP_DOWN,
        .policy_name = "top-down",
        .granule_lg2 = 12,
        .align_to_size = true,
        .limit = 10,
    };
}

void options_drop(struct replay_options *options)
{
    array_drop(&options->devices);
    array_drop(&options->rules);
}

bool rule_applies(const struct rule *rule, const char *device)
{
    return !rule->device || fnmatch(rule->device, device, 0) == 0;
}

bool options_select(const struct replay_options *options, const char *device)
{
    for (size_t i = 0; i < options->devices.count; i++) {
        if (fnmatch(options->devices.items[i], device, 0) == 0)
            return true;
    }
    return options->devices.count == 0;
}

/* Decimal, 0x hexadecimal or 0 octal, up to `end`. */
static bool read_number(const char *text, char end, const char **rest, uint64_t *value)
{
    char *stop;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *value = strtoull(text, &stop, 0);
    *rest = stop + (*stop != '\0');
    return errno == 0 && *stop == end;
}

static int add_rule(const struct verb *verb, struct replay_options *options, bool is_window,
                    const char *value)
{
    size_t ndevices = options->devices.count;
    struct rule rule = {.is_window = is_window, .text = value};
    const char *rest;

    if (!read_number(value, '-', &rest, &rule.range.first) ||
        !read_number(rest, '\0', &rest, &rule.range.last) || rule.range.first > rule.range.last)
        return usage_error(verb, "\"%s\" is no range FIRST-LAST, as in 0-0x257fffff", value);
    rule.device = ndevices ? options->devices.items[ndevices - 1] : NULL;
    array_push(&options->rules, rule);
    return EXIT_GOOD;
}

static int set_policy(const struct verb *verb, struct replay_options *options, const char *value)
{
    static const struct {
        const char *name;
        enum dms_iova_policy policy;
    } policies[] = {
        {"top-down", DMS_IOVA_TOP_DOWN},
        {"bottom-up", DMS_IOVA_BOTTOM_UP},
        {"best-fit", DMS_IOVA_BEST_FIT},
        {"low32-first", DMS_IOVA_LOW32_FIRST},
    };

    for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++) {
        if (strcmp(policies[i].name, value) != 0)
            continue;
        options->policy = policies[i].policy;
        options->policy_name = policies[i].name;
        return EXIT_GOOD;
    }
    return usage_error(verb, "\"%s\" is no policy: top-down, bottom-up, best-fit or low32-first",
                       value);
}

static int set_granule(const struct verb *verb, struct replay_options *options, const char *value)
{
    static const struct {
        const char *name;
        unsigned lg2;
    } granules[] = {{"4K", 12}, {"16K", 14}, {"64K", 16}};

    for (size_t i = 0; i < sizeof(granules) / sizeof(*granules); i++) {
        if (strcasecmp(granules[i].name, value) != 0)
            continue;
        options->granule_lg2 = granules[i].lg2;
        return EXIT_GOOD;
    }
    return usage_error(verb, "\"%s\" is no granule: 4K, 16K or 64K", value);
}

/* One of two words; *second says which. */
static int set_word(const struct verb *verb, const char *option, const char *value,
                    const char *const words[2], bool *second)
{
    for (int i = 0; i < 2; i++) {
        if (strcmp(value, words[i]) != 0)
            continue;
        *second = i == 1;
        return EXIT_GOOD;
    }
    return usage_error(verb, "--%s is %s or %s, not \"%s\"", option, words[0], words[1], value);
}

static int set_limit(const struct verb *verb, struct replay_options *options, const char *value)
{
    const char *rest;
    uint64_t limit;

    if (!read_number(value, '\0', &rest, &limit) || limit > 1000000)
        return usage_error(verb, "--limit is a number from 0 to 1000000, not \"%s\"", value);
    options->limit = (size_t)limit;
    return EXIT_GOOD;
}

static int set_session(const struct verb *verb, struct replay_options *options, const char *value)
{
    bool all = false;
    int status = set_word(verb, "session", value, (const char *const[2]){"task", "all"}, &all);

    options->session = all ? SESSION_ALL : SESSION_TASK;
    return status;
}

int options_set(const struct verb *verb, struct replay_options *options, int letter,
                const char *value)
{
    switch (letter) {
    case 'd':
        array_push(&options->devices, value);
        return EXIT_GOOD;
    case 'r':
        return add_rule(verb, options, false, value);
    case 'w':
        return add_rule(verb, options, true, value);
    case 'p':
        return set_policy(verb, options, value);
    case 'g':
        return set_granule(verb, options, value);
    case 'a':
        return set_word(verb, "align", value, (const char *const[2]){"granule", "size"},
                        &options->align_to_size);
    case 's':
        return set_session(verb, options, value);
    default:
        return set_limit(verb, options, value);
    }
}
