/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * From unmap to the IOVA's next owner: src/device/lazy.c and the strict way of src/dma/unmap.c, with
 * a processor that delays its stores, an SMMU that walks and caches at any time, and a timer that
 * flushes other threads' queues. The command queue is a channel here; cmdq.pml looks into it.
 *
 * Holds: when an IOVA is taken from the space, no TLB entry, no walk under way and no delayed store
 * knows it any more, so that nothing reaches a former owner's memory through a later owner's IOVA.
 * Nothing is queued where a full queue has no place for it.
 *
 * Each BREAK_ switch takes one line of the protocol away; verify/run expects each to fail.
 */
#define THREADS  2
#ifndef IOVAS
#define IOVAS    2
#endif
#ifndef ROUNDS
#define ROUNDS   2
#endif
#define CAPACITY 1 /* DMS_LAZY_MAX_COUNT: one is enough to be full */

#define TLBI 1
#define CSYNC 2

/* The space: who has the IOVA. */
#define NOBODY 0
byte owner[IOVAS];

/* The page table as the SMMU sees it; what each processor has stored and not yet let go. */
bit pte[IOVAS];
byte delayed[THREADS + 1]; /* IOVA + 1 of a cleared entry; the last one is the timer's processor */

/* The SMMU. */
bit tlb[IOVAS], walk[IOVAS];
chan commands = [4] of { byte };
bit invalidating;
byte syncs_posted, syncs_done, taken;

/* The queues, one a thread. */
bit locked[THREADS];
byte count[THREADS], queued[THREADS];

inline let_go(cpu)
{
    d_step {
        if
        :: delayed[cpu] -> pte[delayed[cpu] - 1] = 0; delayed[cpu] = 0
        :: else
        fi
    }
}

/* Stores become visible on their own, sooner or later. */
active proctype store_buffers()
{
end:
    do
    :: delayed[0] -> let_go(0)
    :: delayed[1] -> let_go(1)
    od
}

active proctype smmu()
{
    byte i;

end:
    do
    /* A walk reads the entry now and caches it later. */
    :: atomic { pte[0] && !walk[0] -> walk[0] = 1 }
    :: atomic { walk[0] -> tlb[0] = 1; walk[0] = 0 }
    :: atomic { pte[IOVAS - 1] && !walk[IOVAS - 1] -> walk[IOVAS - 1] = 1 }
    :: atomic { walk[IOVAS - 1] -> tlb[IOVAS - 1] = 1; walk[IOVAS - 1] = 0 }
    /* A TLBI is consumed before it has its effect; a CMD_SYNC waits for that (4.7.3). */
    :: atomic { commands?[TLBI] && !invalidating -> commands?TLBI; taken = 1; invalidating = 1 }
    :: atomic {
           invalidating ->
           i = 0;
           do
           :: i < IOVAS -> tlb[i] = 0; walk[i] = 0; i++
           :: else -> break
           od;
           i = 0;
           invalidating = 0
       }
    :: atomic { commands?[CSYNC] && !invalidating -> commands?CSYNC; syncs_done++ }
    od
}

/* smmu_cmdq_submit: one TLBI, one CMD_SYNC, and the wait for the latter */
inline invalidate(cpu)
{
#ifndef BREAK_BARRIER
    let_go(cpu);
#endif
#ifdef BREAK_SYNC
    atomic { nfull(commands) -> taken = 0; commands!TLBI }
    taken
#else
    atomic {
        len(commands) <= 2 -> commands!TLBI; commands!CSYNC; syncs_posted++; ticket = syncs_posted
    }
    syncs_done >= ticket
#endif
}

/* A store-release: what came before is visible before the lock is seen free. */
inline unlock(q, cpu)
{
    atomic { let_go(cpu); locked[q] = 0 }
}

inline give_back(i)
{
    owner[i] = NOBODY
}

/* queue_flush, under the queue's lock */
inline flush(q, cpu)
{
    if
    :: count[q] ->
#ifdef BREAK_FREE_FIRST
           give_back(queued[q]);
           invalidate(cpu);
#else
           invalidate(cpu);
           give_back(queued[q]);
#endif
           count[q] = 0
    :: else
    fi
}

inline clear(i, cpu)
{
    delayed[cpu] == 0;
    delayed[cpu] = i + 1
}

/* Takes any IOVA that nobody has. */
inline take(i, cpu)
{
    atomic {
        if
        :: owner[0] == NOBODY -> i = 0
        :: owner[IOVAS - 1] == NOBODY -> i = IOVAS - 1
        fi;
        owner[i] = cpu + 1;
        assert(!tlb[i] && !walk[i] && !pte[i]);
        assert(delayed[0] != i + 1 && delayed[1] != i + 1)
    }
}

proctype user(byte me)
{
    byte i, round, ticket;

    do
    :: round < ROUNDS ->
           round++;
           take(i, me);
           pte[i] = 1;
           if
           :: /* strict */
              clear(i, me);
              invalidate(me);
              give_back(i)
           :: /* lazy_unmap */
              atomic { !locked[me] -> locked[me] = 1 }
#ifndef BREAK_FULL
              if
              :: count[me] == CAPACITY -> flush(me, me)
              :: else
              fi;
#endif
              clear(i, me);
#ifdef BREAK_QUEUE
              give_back(i);
#endif
              assert(count[me] < CAPACITY);
              d_step { queued[me] = i; count[me] = 1 }
              unlock(me, me)
           fi;
           d_step { i = 0; ticket = 0 }
    :: else -> break
    od
}

inline flush_now()
{
#ifndef BREAK_LOCK
    atomic { !locked[q] -> locked[q] = 1 }
#endif
    flush(q, THREADS);
#ifndef BREAK_LOCK
    unlock(q, THREADS);
#endif
    d_step { q = 0; ticket = 0 }
}

/* lazy_flush: the timer, or an allocation that found nothing */
active proctype timer()
{
    byte q, ticket;

end:
    do
    :: count[0] -> q = 0; flush_now()
    :: count[1] -> q = 1; flush_now()
    od
}

init {
    atomic { run user(0); run user(1) }
}
