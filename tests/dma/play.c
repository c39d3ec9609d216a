/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "play_internal.h"

#include <string.h>

struct game game;

static void random_step(void)
{
    unsigned d = below(O_DEVICES);

    if (!game.oracle.devices[d].dev) {
        create(d);
        return;
    }
    switch (below(24)) {
    case 0:
        destroy(d, below(2));
        return;
    case 1:
        detach(d);
        return;
    case 2:
    case 3:
        attach(d);
        return;
    case 4:
        reserve(d);
        return;
    case 5:
        release(d);
        return;
    case 6:
        flush(d);
        return;
    case 7:
        unowned_stream();
        return;
    case 8:
        unmap_wrongly(d);
        return;
    case 9:
    case 10:
        map_fixed(d);
        return;
    default:
        if (below(5) < 3)
            map(d);
        else
            unmap(d);
    }
}

void play(void (*make)(struct world *world), const struct play_choices *with)
{
    dms_phys_t phys;

    game.choices = with;
    memset(&game.oracle, 0, sizeof(game.oracle));
    make(&game.world);
    game.buffer = dms_posix_ram_alloc(game.world.posix, BUFFER_PAGES * O_PAGE, 0, &phys);
    assert_non_null(game.buffer);
    game.buffer_pa = phys.addr;
    for (game.step = 0; game.choices->more(game.choices->ctx, game.step); game.step++) {
        random_step();
        check_some();
        if (game.step % 100 == 0)
            check_all();
    }
    check_all();
    for (unsigned d = 0; d < O_DEVICES; d++) {
        if (game.oracle.devices[d].dev)
            destroy(d, true);
    }
    dms_posix_ram_free(game.world.posix, game.buffer, BUFFER_PAGES * O_PAGE);
    world_end(&game.world);
}
