/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/table.h"

#include "pgtable/word.h"

/* A port that gives memory which no table entry can express has given none. */
static bool table_alloc(const struct dms_pgtable *pt, uint64_t *link)
{
    dms_phys_t phys;
    uint64_t *table = port_table_alloc(pt->cfg.port, granule(pt), granule(pt), &phys);

    if (table && (phys.addr > pt->output_last || !is_aligned(phys.addr, granule(pt)))) {
        port_table_free(pt->cfg.port, table, granule(pt));
        return false;
    }
    if (table)
        *link = table_link(phys);
    return table != NULL;
}

int table_stock_fill(const struct dms_pgtable *pt, struct table_stock *stock, uint64_t n)
{
    for (; n != 0; n--) {
        uint64_t link;

        if (!table_alloc(pt, &link)) {
            table_stock_empty(pt, stock);
            return DMS_ENOMEM;
        }
        table_stock_return(pt, stock, link);
    }
    return 0;
}

void table_stock_return(const struct dms_pgtable *pt, struct table_stock *stock, uint64_t link)
{
    word_store(table_at(pt, link), stock->first);
    stock->first = link;
}

uint64_t table_stock_take(const struct dms_pgtable *pt, struct table_stock *stock)
{
    uint64_t link = stock->first;
    uint64_t *table = table_at(pt, link);

    stock->first = word_load(table);
    word_store(table, 0);
    return link;
}

void table_stock_empty(const struct dms_pgtable *pt, struct table_stock *stock)
{
    while (stock->first)
        port_table_free(pt->cfg.port, table_at(pt, table_stock_take(pt, stock)), granule(pt));
}
