/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a master reaches. It tells nothing itself: memory and the event queue do. */
#include "suite.h"

#include "base/text.h"

uint32_t suite_word(const void *ptr)
{
    const volatile uint8_t *bytes = ptr;

    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

void suite_set_word(void *ptr, uint32_t value)
{
    volatile uint8_t *bytes = ptr;

    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

void suite_poll(struct suite *suite)
{
    dms_machine_poll(suite->devices);
}

/* Never 0, and another one each time. */
static uint16_t next_value(void)
{
    static uint16_t value;

    value = (uint16_t)(value % 0xfffe + 1);
    return value;
}

static void post(struct suite *suite, unsigned master, dms_iova_t iova, uint16_t value)
{
    suite->machine->post(suite->machine->ctx, master, iova, value);
}

bool suite_writes(struct suite *suite, unsigned master, dms_iova_t iova, const void *ptr)
{
    uint16_t value = next_value();

    if (suite_word(ptr) == value)
        value = next_value();
    post(suite, master, iova, value);
    return suite_word(ptr) == value;
}

bool suite_reads(struct suite *suite, unsigned master, dms_iova_t iova, const void *ptr,
                 dms_iova_t out_iova, const void *out)
{
    const struct suite_machine *machine = suite->machine;

    post(suite, master, out_iova, (uint16_t)~suite_word(ptr));
    machine->fetch(machine->ctx, master, iova, 4);
    machine->store(machine->ctx, master, out_iova, 4);
    return suite_word(out) == suite_word(ptr);
}

/* The report, and the hardware's record without what a machine may choose. */
static void note_fault(const struct suite *suite, const struct dms_fault *fault)
{
    char line[DMS_FAULT_LINE];
    char raw[96];
    struct dms_text text;

    dms_fault_format(fault, line, sizeof(line));
    suite_note(suite, line);
    dms_text_init(&text, raw, sizeof(raw));
    dms_text_str(&text, "record:");
    for (unsigned i = 0; i < 3; i++) {
        dms_text_char(&text, ' ');
        dms_text_hex(&text, fault->raw[i]);
    }
    suite_note(suite, raw);
}

/* Exactly one fault, and it is that access's. */
static bool reported(struct suite *suite, unsigned master, dms_iova_t iova, uint32_t access,
                     enum dms_fault_reason reason)
{
    const struct dms_fault *fault = &suite->faults[0];
    bool ok;

    suite_poll(suite);
    if (!CHECK_EQUAL(suite, suite->nfaults, 1))
        return false;
    ok = CHECK_EQUAL(suite, fault->reason, reason) &&
         CHECK_EQUAL(suite, fault->sid, suite->machine->masters[master].sid);
    if (ok && fault->has_iova)
        ok = CHECK_EQUAL(suite, fault->iova, iova) && CHECK_EQUAL(suite, fault->access, access);
    note_fault(suite, fault);
    return ok;
}

/* Older events are not this access's. */
static void drain(struct suite *suite)
{
    suite_poll(suite);
    suite->nfaults = 0;
}

bool suite_write_faults(struct suite *suite, unsigned master, dms_iova_t iova, const void *ptr,
                        enum dms_fault_reason reason)
{
    uint32_t was = ptr ? suite_word(ptr) : 0;
    uint16_t value = next_value();

    if (was == value)
        value = next_value();
    drain(suite);
    post(suite, master, iova, value);
    if (ptr && !CHECK_EQUAL(suite, suite_word(ptr), was))
        return false;
    return reported(suite, master, iova, DMS_WRITE, reason);
}

void suite_use(struct suite *suite, struct suite_user *user)
{
    user->iova = suite_map(suite, user->dev, user->buffer, user->size);
    suite_still(suite, user);
}

void suite_still(struct suite *suite, const struct suite_user *user)
{
    CHECK(suite, suite_writes(suite, user->master, user->iova, user->buffer));
}

void suite_gone(struct suite *suite, const struct suite_user *user)
{
    suite_write_faults(suite, user->master, user->iova, user->buffer, DMS_FAULT_TRANSLATION);
}

void suite_lose(struct suite *suite, const struct suite_user *user)
{
    suite_unmap(suite, user->dev, user->iova, user->size);
    suite_gone(suite, user);
}

enum dms_fault_reason suite_no_stream(const struct suite *suite)
{
    return suite->machine->strtab == DMS_SMMUV3_STRTAB_TWO_LEVEL ? DMS_FAULT_BAD_STREAM
                                                                 : DMS_FAULT_UNCONFIGURED;
}

bool suite_read_faults(struct suite *suite, unsigned master, dms_iova_t iova,
                       enum dms_fault_reason reason)
{
    drain(suite);
    suite->machine->fetch(suite->machine->ctx, master, iova, 4);
    return reported(suite, master, iova, DMS_READ, reason);
}
