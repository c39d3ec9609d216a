/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What every test has: an SMMU that it brings up with options of its choice, function devices on
 * the machine's masters, buffers, and the faults that were reported. All of it is taken down after
 * the test, whatever the test has left.
 */
#ifndef TESTS_SUITE_SUITE_H
#define TESTS_SUITE_SUITE_H

#include "check.h"
#include "machine.h"

#include <dmaspace/dmaspace.h>

#define SUITE_FAULTS_MAX  8
#define SUITE_BUFFERS_MAX 16
#define SUITE_MASTERS_MAX 8
#define SUITE_LINE        800

struct suite_buffer {
    void *ptr;
    size_t size;
};

/* A function with memory of its own. */
struct suite_user {
    unsigned master;
    struct dms_device *dev;
    uint8_t *buffer;
    size_t size;
    dms_iova_t iova; /* of the whole buffer, from suite_use on */
};

struct suite {
    const struct suite_machine *machine;
    struct dms_port port; /* the machine's, with a log that remembers */

    /* The test that runs. */
    const char *name;
    bool failed;
    char skipped[64]; /* why; "": it was not */
    uint64_t live;    /* the port's objects before it */
    char last_log[160];
    bool stuck; /* something could not be taken down: the next test cannot begin */

    /* Between suite_start and suite_stop. */
    struct dms_iommu *iommu;
    struct dms_machine *devices;
    struct dms_device *parent; /* of the functions */
    struct dms_device *functions[SUITE_MASTERS_MAX];
    struct suite_buffer buffers[SUITE_BUFFERS_MAX];
    unsigned nbuffers;

    /* Reported since suite_start; the first few are kept. Only events reported by suite_poll. */
    unsigned nfaults;
    struct dms_fault faults[SUITE_FAULTS_MAX];

    /*
     * What happens to the next write of CMDQ_PROD, once: the first command of the batch is made
     * illegal before the SMMU sees it; or the SMMU never hears of the batch.
     */
    bool spoil_command;
    bool lose_commands;
    unsigned spoiled;
    unsigned lost;
};

/* The SMMU, as a test wants it. All zero is the plain case. */
struct suite_options {
    uint32_t flags;   /* enum dms_smmuv3_flag */
    uint8_t cmdq_lg2; /* as in struct dms_smmuv3_cfg */
    uint8_t evtq_lg2;
    uint64_t timeout_ns;
};

/* Brings everything up. False: a check has failed, and the test is over. options may be NULL. */
bool suite_start(struct suite *suite, const struct suite_options *options);

/*
 * Takes down whatever is there, and checks that the port got everything back. Twice does no harm.
 */
void suite_stop(struct suite *suite);

/* True, and the test will be shown as skipped, when the machine lacks the feature. */
bool suite_lacks(struct suite *suite, enum suite_feature feature);

/* A line of commentary: "# text". The machines' outputs are compared, so it is the same on all. */
void suite_note(const struct suite *suite, const char *text);
void suite_note_value(const struct suite *suite, const char *text, uint64_t value);

/*
 * The function device of a master, created and attached. cfg NULL: 32-bit DMA mask, coherent,
 * strict. The name is given in any case. NULL: a check has failed.
 */
struct dms_device *suite_function(struct suite *suite, unsigned master,
                                  const struct dms_device_cfg *cfg);

/* The same without attaching it. */
struct dms_device *suite_function_create(struct suite *suite, unsigned master,
                                         const struct dms_device_cfg *cfg);

/* Destroys it, with whatever is mapped. */
void suite_function_destroy(struct suite *suite, unsigned master);

/*
 * Zeroed memory of the port's, given back after the test; aligned to 64 KiB, or to its size where
 * that is a larger power of two. NULL: a check has failed.
 */
void *suite_buffer(struct suite *suite, size_t size);

/* Maps both ways and strictly; 0: a check has failed. */
dms_iova_t suite_map(struct suite *suite, struct dms_device *dev, void *ptr, size_t size);
void suite_unmap(struct suite *suite, struct dms_device *dev, dms_iova_t iova, size_t size);

/* suite_function and suite_buffer. False: a check has failed. */
bool suite_user(struct suite *suite, unsigned master, const struct dms_device_cfg *cfg, size_t size,
                struct suite_user *user);

/* Maps the buffer and writes its first word, which the SMMU has cached from then on. */
void suite_use(struct suite *suite, struct suite_user *user);

/* The master writes the first word once more: it works; or it does not, as nothing is mapped there. */
void suite_still(struct suite *suite, const struct suite_user *user);
void suite_gone(struct suite *suite, const struct suite_user *user);

/* Unmaps the buffer strictly: it is gone. */
void suite_lose(struct suite *suite, const struct suite_user *user);

/* The 32-bit word at ptr, as memory has it now. */
uint32_t suite_word(const void *ptr);
void suite_set_word(void *ptr, uint32_t value);

/* Reports what the SMMU has to say. */
void suite_poll(struct suite *suite);

/* ---- what a master reaches ------------------------------------------------------------------- */

/* Its write to iova lands in the word at `ptr`. */
bool suite_writes(struct suite *suite, unsigned master, dms_iova_t iova, const void *ptr);

/* Its read of iova brings the word at `ptr`. `out` is mapped for it at out_iova. */
bool suite_reads(struct suite *suite, unsigned master, dms_iova_t iova, const void *ptr,
                 dms_iova_t out_iova, const void *out);

/*
 * Its write to iova aborts and is reported once, with this reason; the word at `ptr` stays. The
 * report becomes a line of commentary. ptr NULL: there is no memory that it must not reach.
 */
bool suite_write_faults(struct suite *suite, unsigned master, dms_iova_t iova, const void *ptr,
                        enum dms_fault_reason reason);

/* The same for a read. */
bool suite_read_faults(struct suite *suite, unsigned master, dms_iova_t iova,
                       enum dms_fault_reason reason);

/* How a stream is reported in whose part of the stream table nobody has an entry. */
enum dms_fault_reason suite_no_stream(const struct suite *suite);

/* ---- tests ----------------------------------------------------------------------------------- */

struct suite_test {
    const char *name; /* a sentence */
    void (*run)(struct suite *suite);
};

#define SUITE_TEST(function)                                                                       \
    {                                                                                              \
        .name = #function, .run = function                                                         \
    }

/* One list for each file; the last has no name. suite.c has them in the order in which they run. */
extern const struct suite_test suite_bringup[], suite_streams[], suite_transfer[],
    suite_isolation[], suite_reserve[], suite_fixed[], suite_unmap_strict[], suite_unmap_lazy[],
    suite_faults[], suite_commands[], suite_overflow[], suite_interrupts[], suite_cpus[],
    suite_teardown[], suite_forget[];

#endif
