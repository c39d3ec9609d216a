/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How an SMMUv3 model misbehaves. All zero: it does not. A setting has a text form, the fault id, that a failing
 * test prints and that brings the same misbehaviour back.
 */
#ifndef MODELS_SMMUV3_FAULTS_H
#define MODELS_SMMUV3_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which occurrences are hit, counted from 1 since create or smmuv3_model_set_faults. first 0: none. every 0: only
 * the first; else also first + every, first + 2 * every, ...
 */
struct smmuv3_when {
    uint32_t first;
    uint32_t every;
};

struct smmuv3_faults {
    struct smmuv3_when
        cmdq_stuck; /* n-th command: never consumed, the queue stands still for ever */
    struct smmuv3_when
        sync_stuck; /* n-th CMD_SYNC: never completes, the queue stands still for ever */
    struct smmuv3_when
        cmd_illegal; /* n-th command: CERROR_ILL whatever it is; once acknowledged it is read anew */
    struct smmuv3_when cmd_abort;    /* n-th command: its fetch is an external abort (CERROR_ABT) */
    struct smmuv3_when tlbi_dropped; /* n-th CMD_TLBI_*: consumed, no effect */
    struct smmuv3_when
        cfgi_dropped; /* n-th CMD_CFGI_*: consumed, no effect (a stale configuration cache) */
    struct smmuv3_when evtq_full;  /* n-th event: finds the queue full whatever CONS says */
    struct smmuv3_when evtq_abort; /* n-th event: its write is an external abort */
    struct smmuv3_when
        spurious_event; /* n-th translation: an F_TRANSLATION that nobody caused follows it */
    struct smmuv3_when
        spurious_irq; /* n-th register read: an event-queue interrupt with nothing behind it */
    struct smmuv3_when tlb_conflict; /* n-th translation: F_TLB_CONFLICT */
    struct smmuv3_when cfg_conflict; /* n-th translation: F_CFG_CONFLICT */
    struct smmuv3_when ack_lost; /* n-th write of CR0 or IRQ_CTRL: its ACK register never follows */
    uint32_t cmdq_slow;          /* register reads that pass before each command is taken up */
    uint32_t ack_slow;           /* reads of CR0ACK or IRQ_CTRLACK that still show the old value */
    uint32_t idr_xor[6]; /* flips bits of what IDR0..IDR5 say; what the model does is unchanged */
};

/* Longest fault id, terminating NUL included. */
#define SMMUV3_FAULT_ID_MAX 768

/*
 * Writes the id of `faults` ("none", or "tlbi_dropped=3 cmdq_slow=8 idr0=0x400") to buf, which has
 * SMMUV3_FAULT_ID_MAX bytes.
 */
void smmuv3_faults_print(const struct smmuv3_faults *faults, char *buf);

/* Reads an id. False when it is none: *faults is unchanged, and *where (may be NULL) is the offending word. */
bool smmuv3_faults_parse(const char *id, struct smmuv3_faults *faults, const char **where);

#endif
