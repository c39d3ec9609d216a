/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The command queue: src/smmuv3/{cmdq,cmdq_error,gerror,recover}.c against the queue of section 4.
 *
 * Threads post batches of one command and a CMD_SYNC into a ring that holds less than they post;
 * the SMMU consumes, may find commands illegal and may fail to fetch; recovery may come at any time.
 * Positions are absolute, as in the driver; registers show them modulo twice the size.
 *
 * Holds:
 *   - what the SMMU reads at a position is what was posted for it: nothing unread is overwritten,
 *     nothing is read before it is there;
 *   - a submission that returns DMS_OK had its command carried out, not replaced, not thrown away;
 *   - the driver's cons never goes back and never runs ahead of the SMMU's, and an honest SMMU is
 *     never called bogus;
 *   - a failure is noted once, and the SMMU never meets a command again that it has refused;
 *   - everybody returns: whatever a waiter needs is brought about by somebody (no invalid end state).
 *
 * Each BREAK_ switch takes one line of the protocol away; verify/run expects each to fail.
 */
#define SIZE     2
#define WRAP     (2 * SIZE)
#define THREADS  2
#ifndef ROUNDS
#define ROUNDS   1
#endif
#ifndef ERRORS
#define ERRORS   1
#endif
#ifndef RECOVERIES
#define RECOVERIES 1
#endif
#define FAILURES 1 /* CMDQ_FAILURES; one is enough to be overwritten */

#define SYNC     0
#define NONE     0
#define ILL      1
#define ABT      2

/* The ring in memory: whose command, and the position it was stored for. */
byte ring_owner[SIZE], ring_position[SIZE];

/* The driver's. */
bit locked;
/* epoch and failures: the two halves of history, which the code reads at once. */
byte prod, cons, epoch, failures, failed_at[FAILURES];
bit gerrorn;

/* The SMMU's. */
byte reg_prod, at, cerror;
bit gerror, queue_on = 1;
byte refused = 255; /* the position of the last illegal command */
byte errors_left = ERRORS, recoveries_left = RECOVERIES;

bit carried_out[THREADS];

inline lock() { atomic { !locked -> locked = 1 } }
inline unlock() { locked = 0 }
#define distance(from, to) ((to + WRAP - (from) % WRAP) % WRAP)

active proctype smmu()
{
end:
    do
    :: atomic {
           queue_on && gerror == gerrorn && at % WRAP != reg_prod ->
           assert(ring_position[at % SIZE] == at);
           assert(ring_owner[at % SIZE] == SYNC || at != refused);
           if
           :: ring_owner[at % SIZE] == SYNC -> at++
           :: ring_owner[at % SIZE] != SYNC -> carried_out[ring_owner[at % SIZE] - 1] = 1; at++
           :: ring_owner[at % SIZE] != SYNC && errors_left ->
                  errors_left--; cerror = ILL; refused = at; gerror = !gerror
           :: errors_left -> errors_left--; cerror = ABT; gerror = !gerror
           fi
       }
    od
}

/* smmu_cmdq_refresh */
inline refresh()
{
    seen = cons;
    d_step { reg = at % WRAP; reg_error = cerror }
    now = prod;
    atomic {
        if
        :: distance(seen, reg) <= now - seen ->
#ifdef BREAK_CAS
               assert(seen + distance(seen, reg) >= cons);
               cons = seen + distance(seen, reg)
#else
               if
               :: cons == seen -> cons = seen + distance(seen, reg)
               :: else
               fi
#endif
        :: else -> assert(cons != seen)
        fi;
        assert(cons <= at);
        seen = 0; reg = 0; now = 0 /* forgotten, or they would tell equal states apart */
    }
}

inline store(position, owner)
{
    d_step { ring_owner[(position) % SIZE] = owner; ring_position[(position) % SIZE] = position }
}

/* post_locked */
inline post()
{
    now = prod;
#ifdef BREAK_ROOM
    room = SIZE;
#else
    room = cons + SIZE - now;
#endif
#ifdef BREAK_BARRIER
    if
    :: room -> reg_prod = (now + (room > 2 - posted -> 2 - posted : room)) % WRAP
    :: else
    fi;
#endif
    do
    :: room && posted == 0 -> store(now, me + 1); now++; posted++; room--
    :: room && posted == 1 -> store(now, SYNC); now++; posted++; room--
    :: else -> break
    od;
    if
    :: now != prod -> end_ = now; prod = now; reg_prod = now % WRAP
    :: else
    fi;
    d_step { now = 0; room = 0 }
}

/* smmu_gerror_handle, with smmu_cmdq_repair and acknowledge */
inline handle_gerror()
{
    lock();
    if
    :: gerror != gerrorn ->
           now = cons + distance(cons, at % WRAP);
#ifdef BREAK_FAILURE_ORDER
           gerrorn = gerror;
#endif
           if
           :: cerror == ABT
           :: else ->
                  assert(now < prod);
                  assert(failures == 0 || failed_at[(failures - 1) % FAILURES] != now);
                  failed_at[failures % FAILURES] = now;
                  failures++;
#ifndef BREAK_REPLACE
                  store(now, SYNC)
#endif
           fi;
#ifndef BREAK_ACKNOWLEDGE
           gerrorn = gerror
#endif
    :: else
    fi;
    d_step { now = 0; reg_error = 0 }
    unlock()
}

#define alive    (epoch == my_epoch && epoch % 2 == 0)
#define consumed (cons >= end_)
/* What a poll can find changed; a waiter that nothing can wake is an invalid end state. */
#define news     (at != cons || gerror != gerrorn || !alive || consumed)

proctype submitter(byte me)
{
    byte seen, reg, reg_error, now, room, posted, first, end_, my_failures, my_epoch, round;
    bit ok;

    do
    :: round < ROUNDS ->
           d_step { round++; posted = 0; ok = 0; carried_out[me] = 0 }
           lock();
           d_step { first = prod; my_failures = failures; my_epoch = epoch; end_ = 255 }
           if
           :: my_epoch % 2 == 0 -> post()
           :: else
           fi;
           unlock();
           /* smmu_cmdq_submit of a batch that had room: one look at the register, and cons stays behind. */
           if
           :: posted == 2 && at % WRAP == end_ % WRAP ->
#ifdef BREAK_QUICK_EPOCH
                  skip;
#else
                  if
                  :: alive -> skip
                  :: else -> goto slowly
                  fi;
#endif
                  if
                  :: failures == my_failures -> ok = 1; goto judged
                  :: else -> skip
                  fi
           :: skip
           fi;
slowly:
           /* wait_for(post_more) */
           do
           :: posted < 2 && !(alive) -> break
           :: posted == 2 -> break
           :: posted < 2 && alive && (news || cons + SIZE != prod) ->
                  refresh();
                  if
                  :: reg_error -> handle_gerror()
                  :: else
                  fi;
                  lock();
                  if
                  :: alive -> post()
                  :: else
                  fi;
                  unlock()
           od;
           /* wait_for(sync_done) */
           do
           :: posted == 2 && news ->
                  refresh();
#ifdef BREAK_EPOCH
                  if
                  :: consumed -> ok = 1; break
#else
                  if
                  :: consumed -> ok = alive; break
#endif
                  :: !consumed && !(alive) -> break
                  :: else ->
                         if
                         :: reg_error -> handle_gerror()
                         :: else
                         fi
                  fi
           :: posted < 2 -> break
           od;
#ifndef BREAK_JUDGE
           if
           :: ok && failures != my_failures ->
                  lock();
                  if
                  :: failures - my_failures > FAILURES -> ok = 0
                  :: failures - my_failures <= FAILURES &&
                     first <= failed_at[my_failures % FAILURES] &&
                     failed_at[my_failures % FAILURES] < end_ -> ok = 0
                  :: else
                  fi;
                  unlock()
           :: else
           fi;
#endif
judged:
           assert(!ok || carried_out[me])
    :: else -> break
    od
}

/* dms_smmuv3_recover: restart */
active proctype recovery()
{
end:
    do
    :: recoveries_left ->
           recoveries_left--;
#ifndef BREAK_OUT_OF_ORDER
           lock(); epoch++; unlock();
#endif
           queue_on = 0;
           lock();
#ifdef BREAK_EMPTY_ORDER
           cons = prod;
           at = prod;
#else
           at = prod;
           cons = prod;
#endif
           gerrorn = gerror;
           unlock();
           queue_on = 1;
#ifndef BREAK_OUT_OF_ORDER
           lock(); epoch++; unlock()
#endif
    :: break
    od
}

init {
    byte i;

    atomic {
        do
        :: i < THREADS -> run submitter(i); i++
        :: else -> break
        od
    }
}
