/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What devices reach: promises 3, 4 and 7. */
#include "play_internal.h"

#define NOBODYS_SID 0x77u

static void check_page(struct o_device *dev, unsigned page)
{
    uint32_t access = below(2) ? DMS_WRITE : DMS_READ;
    uint64_t offset = below(4096);
    const struct o_mapping *m = oracle_mapping(&game.oracle, dev->group, page);
    uint64_t pa = 0;
    bool ok = game.world.access(&game.world, dev->sid, page_iova(page) + offset, access, &pa);

    if (!dev->attached) {
        check(!ok);
    } else if (m && (access == DMS_READ || m->access & DMS_WRITE)) {
        check(ok);
        check(pa == m->pa + (page - m->first_page) * O_PAGE + offset);
    } else if (m) {
        check(!ok);
    } else if (oracle_direct(&game.oracle, dev->group, page)) {
        check(ok);
        check(pa == page_iova(page) + offset);
    } else if (!game.oracle.groups[dev->group].maybe[page]) {
        check(!ok);
    }
}

void check_some(void)
{
    for (unsigned i = 0; i < 3; i++) {
        struct o_device *dev = &game.oracle.devices[below(O_DEVICES)];

        if (dev->dev)
            check_page(dev, below(O_PAGES));
    }
}

void check_all(void)
{
    for (unsigned d = 0; d < O_DEVICES; d++) {
        for (unsigned page = 0; game.oracle.devices[d].dev && page < O_PAGES; page++)
            check_page(&game.oracle.devices[d], page);
    }
}

void unowned_stream(void)
{
    uint64_t pa;

    while (dms_machine_poll(game.world.machine))
        ;
    game.world.faults = 0;
    check(!game.world.access(&game.world, NOBODYS_SID, page_iova(below(O_PAGES)), DMS_READ, &pa));
    check(dms_machine_poll(game.world.machine) == 1);
    check(game.world.faults == 1);
    check(game.world.last_fault.sid == NOBODYS_SID && !game.world.last_fault.has_owner);
}
