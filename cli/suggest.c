/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "suggest.h"

#include <string.h>

enum {
    LONGEST = 32 /* of the words that are compared */
};

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. */
static unsigned distance(const char *a, const char *b)
{
    size_t m = strlen(a), n = strlen(b);
    unsigned d[LONGEST + 1][LONGEST + 1];

    for (size_t i = 0; i <= m; i++)
        d[i][0] = (unsigned)i;
    for (size_t j = 0; j <= n; j++)
        d[0][j] = (unsigned)j;
    for (size_t i = 1; i <= m; i++) {
        for (size_t j = 1; j <= n; j++) {
            d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
                            d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[m][n];
}

void suggest_offer(struct suggestion *suggestion, const char *word)
{
    size_t length = strlen(suggestion->typed);
    unsigned away;

    if (length > LONGEST || strlen(word) > LONGEST)
        return;
    away = distance(suggestion->typed, word);
    /* One slip in three letters is a typing error; more is another word. */
    if (away > (length + 2) / 3 || away >= strlen(word))
        return;
    if (suggestion->nearest && away >= suggestion->distance)
        return;
    suggestion->nearest = word;
    suggestion->distance = away;
}
