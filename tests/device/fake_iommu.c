/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "fake_iommu.h"

#include "../cmocka_all.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LOG_MAX    4096u
#define EVENTS_MAX 1024u

struct fake_page {
    uint64_t iova;
    uint64_t phys;
    uint32_t prot;
};

/* Sorted by IOVA. */
struct fake_pages {
    struct fake_page *at;
    unsigned count;
    unsigned room;
};

struct fake_domain {
    struct dms_iommu_domain base;
    unsigned number;
    unsigned streams; /* SIDs attached */
    bool stale_sids;  /* a stream was ever left pointing here */
    struct fake_pages live;
    struct fake_pages stale;
};

struct fake_iommu {
    struct dms_iommu base;
    pthread_mutex_t lock;
    unsigned next_domain;
    unsigned domains;
    unsigned pages;
    unsigned stale_pages;
    struct fake_domain **of_sid;    /* where a SID leads */
    struct fake_domain **stale_sid; /* where it may still lead */
    unsigned calls[FAKE_OPS];
    unsigned fail_at[FAKE_OPS];
    int fail_with[FAKE_OPS];
    int fail_all[FAKE_OPS];
    struct fake_call log[LOG_MAX];
    unsigned log_count;
    struct dms_iommu_event events[EVENTS_MAX];
    unsigned event_count;
};

static struct fake_iommu *fake_of(struct dms_iommu *iommu)
{
    return (struct fake_iommu *)(void *)iommu;
}

static struct fake_domain *domain_of(struct dms_iommu_domain *domain)
{
    return (struct fake_domain *)(void *)domain;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static unsigned pages_lower_bound(const struct fake_pages *pages, uint64_t iova)
{
    unsigned low = 0;
    unsigned high = pages->count;

    while (low < high) {
        unsigned mid = low + (high - low) / 2;

        if (pages->at[mid].iova < iova)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static struct fake_page *pages_find(const struct fake_pages *pages, uint64_t iova)
{
    unsigned i = pages_lower_bound(pages, iova);

    return i < pages->count && pages->at[i].iova == iova ? &pages->at[i] : NULL;
}

static void pages_insert(struct fake_pages *pages, struct fake_page page)
{
    unsigned i = pages_lower_bound(pages, page.iova);

    if (pages->count == pages->room) {
        pages->room = pages->room ? pages->room * 2 : 4;
        pages->at = realloc(pages->at, pages->room * sizeof(*pages->at));
        assert_non_null(pages->at);
    }
    memmove(&pages->at[i + 1], &pages->at[i], (pages->count - i) * sizeof(*pages->at));
    pages->at[i] = page;
    pages->count++;
}

static void pages_remove(struct fake_pages *pages, unsigned i, unsigned n)
{
    memmove(&pages->at[i], &pages->at[i + n], (pages->count - i - n) * sizeof(*pages->at));
    pages->count -= n;
    if (pages->count == 0) {
        free(pages->at);
        *pages = (struct fake_pages){0};
    }
}

/* ---- bookkeeping ----------------------------------------------------------------------------- */

/* The result that was asked for, or 0. Under lock. */
static int injected(struct fake_iommu *fake, enum fake_op op)
{
    fake->calls[op]++;
    if (fake->fail_all[op])
        return fake->fail_all[op];
    return fake->calls[op] == fake->fail_at[op] ? fake->fail_with[op] : 0;
}

static int note(struct fake_iommu *fake, struct fake_call call)
{
    if (fake->log_count < LOG_MAX)
        fake->log[fake->log_count++] = call;
    return call.result;
}

/* ---- domains and streams --------------------------------------------------------------------- */

static int domain_create(struct dms_iommu *iommu, const struct dms_iommu_domain_cfg *cfg,
                         struct dms_iommu_domain **out)
{
    struct fake_iommu *fake = fake_of(iommu);
    struct fake_domain *domain;
    int err;

    pthread_mutex_lock(&fake->lock);
    err = injected(fake, FAKE_DOMAIN_CREATE);
    if (!err) {
        domain = calloc(1, sizeof(*domain));
        assert_non_null(domain);
        domain->base = (struct dms_iommu_domain){
            .iommu = iommu,
            .granule_lg2 = cfg->granule_lg2 ? cfg->granule_lg2 : 12,
            .input_bits = cfg->input_bits && cfg->input_bits <= 39 ? 39 : 48,
        };
        domain->number = ++fake->next_domain;
        fake->domains++;
        *out = &domain->base;
    }
    note(fake, (struct fake_call){FAKE_DOMAIN_CREATE, fake->next_domain, err, 0, 0, 0});
    pthread_mutex_unlock(&fake->lock);
    return err;
}

static void forget_stale_sids(struct fake_iommu *fake, const struct fake_domain *domain)
{
    for (unsigned sid = 0; domain->stale_sids && sid < 1u << fake->base.caps.sid_bits; sid++) {
        if (fake->stale_sid[sid] == domain)
            fake->stale_sid[sid] = NULL;
    }
}

static int domain_destroy(struct dms_iommu_domain *base)
{
    struct fake_domain *domain = domain_of(base);
    struct fake_iommu *fake = fake_of(base->iommu);
    int err;

    pthread_mutex_lock(&fake->lock);
    assert_int_equal(domain->streams, 0);
    assert_int_equal(domain->live.count, 0);
    err = injected(fake, FAKE_DOMAIN_DESTROY);
    note(fake, (struct fake_call){FAKE_DOMAIN_DESTROY, domain->number, err, 0, 0, 0});
    /* Also after an error: gone for the caller. */
    fake->domains--;
    fake->stale_pages -= domain->stale.count;
    forget_stale_sids(fake, domain);
    free(domain->stale.at);
    free(domain);
    pthread_mutex_unlock(&fake->lock);
    return err;
}

/* The next SID of a stream; returns false after the last one. *bits starts at 0. */
static bool next_sid(struct dms_stream stream, uint32_t *bits)
{
    *bits = (*bits - stream.mask) & stream.mask;
    return *bits != 0;
}

static bool sid_fits(const struct fake_iommu *fake, struct dms_stream stream)
{
    return (stream.sid | stream.mask) >> fake->base.caps.sid_bits == 0;
}

static int attach(struct dms_iommu_domain *base, struct dms_stream stream)
{
    struct fake_domain *domain = domain_of(base);
    struct fake_iommu *fake = fake_of(base->iommu);
    uint32_t first = stream.sid & ~stream.mask;
    uint32_t bits = 0;
    int err;

    pthread_mutex_lock(&fake->lock);
    err = injected(fake, FAKE_ATTACH);
    if (!err && !sid_fits(fake, stream))
        err = DMS_ERANGE;
    do {
        struct fake_domain **of = &fake->of_sid[first | bits];

        if (err && err != DMS_ETIMEDOUT && err != DMS_EIO)
            break;
        if (*of)
            (*of)->streams--;
        *of = err ? NULL : domain;
        fake->stale_sid[first | bits] = err ? domain : NULL;
        domain->streams += !err;
        domain->stale_sids |= err != 0;
    } while (next_sid(stream, &bits));
    note(fake, (struct fake_call){FAKE_ATTACH, domain->number, err, first, stream.mask, 0});
    pthread_mutex_unlock(&fake->lock);
    return err;
}

static int detach(struct dms_iommu_domain *base, struct dms_stream stream)
{
    struct fake_domain *domain = domain_of(base);
    struct fake_iommu *fake = fake_of(base->iommu);
    uint32_t first = stream.sid & ~stream.mask;
    uint32_t bits = 0;
    int err;

    pthread_mutex_lock(&fake->lock);
    err = injected(fake, FAKE_DETACH);
    if (!err && fake->of_sid[first] != domain)
        err = DMS_ENOENT;
    do {
        if (err && err != DMS_ETIMEDOUT && err != DMS_EIO)
            break;
        assert_ptr_equal(fake->of_sid[first | bits], domain);
        fake->of_sid[first | bits] = NULL;
        fake->stale_sid[first | bits] = err ? domain : NULL;
        domain->streams--;
        domain->stale_sids |= err != 0;
    } while (next_sid(stream, &bits));
    note(fake, (struct fake_call){FAKE_DETACH, domain->number, err, first, stream.mask, 0});
    pthread_mutex_unlock(&fake->lock);
    return err;
}

/* ---- mappings -------------------------------------------------------------------------------- */

static int map_check(const struct fake_domain *domain, uint64_t iova, uint64_t phys, uint64_t size)
{
    uint64_t granule = UINT64_C(1) << domain->base.granule_lg2;
    uint64_t in = UINT64_C(1) << domain->base.input_bits;
    uint64_t out = UINT64_C(1) << domain->base.iommu->caps.output_bits;

    if (size == 0 || ((iova | phys | size) & (granule - 1)))
        return DMS_EINVAL;
    if (iova >= in || size > in - iova || phys >= out || size > out - phys)
        return DMS_ERANGE;
    for (uint64_t at = 0; at < size; at += granule) {
        if (pages_find(&domain->live, iova + at))
            return DMS_EEXIST;
    }
    return 0;
}

static int map(struct dms_iommu_domain *base, dms_iova_t iova, dms_phys_t phys, uint64_t size,
               uint32_t prot)
{
    struct fake_domain *domain = domain_of(base);
    struct fake_iommu *fake = fake_of(base->iommu);
    uint64_t granule = UINT64_C(1) << base->granule_lg2;
    int err;

    pthread_mutex_lock(&fake->lock);
    err = injected(fake, FAKE_MAP);
    if (!err)
        err = map_check(domain, iova, phys.addr, size);
    for (uint64_t at = 0; !err && at < size; at += granule) {
        uint32_t bits = prot & ~(uint32_t)(DMS_PROT_BEGIN | DMS_PROT_END);

        if (at == 0)
            bits |= prot & DMS_PROT_BEGIN;
        if (at + granule == size)
            bits |= prot & DMS_PROT_END;
        pages_insert(&domain->live, (struct fake_page){iova + at, phys.addr + at, bits});
        fake->pages++;
    }
    note(fake, (struct fake_call){FAKE_MAP, domain->number, err, iova, size, prot});
    pthread_mutex_unlock(&fake->lock);
    return err;
}

static int map_list(struct dms_iommu_domain *base, dms_iova_t iova,
                    const struct dms_iommu_piece *pieces, unsigned n, uint32_t prot,
                    uint64_t *mapped)
{
    int err = n ? 0 : DMS_EINVAL;

    *mapped = 0;
    for (unsigned i = 0; i < n && !err; i++) {
        uint32_t inner = (i ? DMS_PROT_BEGIN : 0) | (i + 1 < n ? DMS_PROT_END : 0);

        err = map(base, iova + *mapped, pieces[i].phys, pieces[i].size, prot & ~inner);
        *mapped += err ? 0 : pieces[i].size;
    }
    return err;
}

static int unmap_check(const struct fake_domain *domain, uint64_t iova, uint64_t size, bool exact)
{
    uint64_t granule = UINT64_C(1) << domain->base.granule_lg2;
    const struct fake_page *first = pages_find(&domain->live, iova);
    const struct fake_page *last = pages_find(&domain->live, iova + size - granule);

    if (size == 0 || ((iova | size) & (granule - 1)))
        return DMS_EINVAL;
    for (uint64_t at = 0; at < size; at += granule) {
        if (!pages_find(&domain->live, iova + at))
            return DMS_ENOENT;
    }
    if (exact && (!(first->prot & DMS_PROT_BEGIN) || !(last->prot & DMS_PROT_END)))
        return DMS_EBUSY;
    for (uint64_t at = granule; exact && at < size; at += granule) {
        if (pages_find(&domain->live, iova + at)->prot & DMS_PROT_BEGIN)
            return DMS_EBUSY;
    }
    return 0;
}

static void gather_add(struct dms_iommu_gather *gather, uint64_t first, uint64_t last,
                       uint64_t pages, uint8_t lg2)
{
    if (gather->pages == 0 || first < gather->first)
        gather->first = first;
    if (gather->pages == 0 || last > gather->last)
        gather->last = last;
    gather->pages += pages;
    gather->stride_lg2 = lg2;
}

static int unmap(struct dms_iommu_domain *base, dms_iova_t iova, uint64_t size, bool exact,
                 struct dms_iommu_gather *gather)
{
    struct fake_domain *domain = domain_of(base);
    struct fake_iommu *fake = fake_of(base->iommu);
    unsigned n = (unsigned)(size >> base->granule_lg2);
    int err;

    pthread_mutex_lock(&fake->lock);
    err = injected(fake, FAKE_UNMAP);
    if (!err)
        err = unmap_check(domain, iova, size, exact);
    if (!err) {
        unsigned i = pages_lower_bound(&domain->live, iova);

        for (unsigned k = 0; k < n; k++) {
            unsigned s = pages_lower_bound(&domain->stale, domain->live.at[i + k].iova);
            bool known =
                s < domain->stale.count && domain->stale.at[s].iova == domain->live.at[i + k].iova;

            if (!known) {
                pages_insert(&domain->stale, domain->live.at[i + k]);
                fake->stale_pages++;
            }
        }
        pages_remove(&domain->live, i, n);
        fake->pages -= n;
        gather_add(gather, iova, iova + size - 1, n, base->granule_lg2);
    }
    note(fake, (struct fake_call){FAKE_UNMAP, domain->number, err, iova, size, 0});
    pthread_mutex_unlock(&fake->lock);
    return err;
}

static int flush(struct dms_iommu_domain *base, struct dms_iommu_gather *gather)
{
    struct fake_domain *domain = domain_of(base);
    struct fake_iommu *fake = fake_of(base->iommu);
    int err;

    pthread_mutex_lock(&fake->lock);
    err = injected(fake, FAKE_FLUSH);
    if (!err && gather->pages) {
        unsigned i = pages_lower_bound(&domain->stale, gather->first);
        unsigned n = 0;

        while (i + n < domain->stale.count && domain->stale.at[i + n].iova <= gather->last)
            n++;
        if (n) {
            pages_remove(&domain->stale, i, n);
            fake->stale_pages -= n;
        }
    }
    if (!err)
        *gather = (struct dms_iommu_gather){0};
    note(fake, (struct fake_call){FAKE_FLUSH, domain->number, err, 0, 0, 0});
    pthread_mutex_unlock(&fake->lock);
    return err;
}

/* ---- looking --------------------------------------------------------------------------------- */

static int iova_to_phys(struct dms_iommu_domain *base, dms_iova_t iova, dms_phys_t *phys)
{
    struct fake_domain *domain = domain_of(base);
    struct fake_iommu *fake = fake_of(base->iommu);
    uint64_t mask = (UINT64_C(1) << base->granule_lg2) - 1;
    const struct fake_page *page;

    pthread_mutex_lock(&fake->lock);
    page = pages_find(&domain->live, iova & ~mask);
    if (page)
        phys->addr = page->phys | (iova & mask);
    pthread_mutex_unlock(&fake->lock);
    return page ? 0 : DMS_ENOENT;
}

/* The whole mapping around page i. */
static void grow(const struct fake_domain *domain, unsigned i, struct dms_iommu_mapping *out)
{
    uint64_t granule = UINT64_C(1) << domain->base.granule_lg2;
    const struct fake_page *at = domain->live.at;
    unsigned first = i;
    unsigned last = i;

    while (first > 0 && !(at[first].prot & DMS_PROT_BEGIN) &&
           at[first - 1].iova + granule == at[first].iova && !(at[first - 1].prot & DMS_PROT_END))
        first--;
    while (last + 1 < domain->live.count && !(at[last].prot & DMS_PROT_END) &&
           at[last].iova + granule == at[last + 1].iova && !(at[last + 1].prot & DMS_PROT_BEGIN))
        last++;
    *out = (struct dms_iommu_mapping){
        .iova = {at[first].iova, at[last].iova + granule - 1},
        .phys = {at[first].phys},
        .access = at[first].prot & (DMS_READ | DMS_WRITE | DMS_EXEC),
    };
}

static int next_mapping(struct dms_iommu_domain *base, dms_iova_t from, bool down,
                        struct dms_iommu_mapping *out)
{
    struct fake_domain *domain = domain_of(base);
    struct fake_iommu *fake = fake_of(base->iommu);
    uint64_t page = from & ~((UINT64_C(1) << base->granule_lg2) - 1);
    bool found = false;
    unsigned i;

    pthread_mutex_lock(&fake->lock);
    i = pages_lower_bound(&domain->live, page);
    if (down && (i == domain->live.count || domain->live.at[i].iova != page))
        i--; /* wraps below the first, and is out of range then */
    if (i < domain->live.count) {
        grow(domain, i, out);
        found = true;
    }
    pthread_mutex_unlock(&fake->lock);
    return found ? 0 : DMS_ENOENT;
}

static void raise_event(struct fake_iommu *fake, enum dms_fault_reason reason, dms_sid_t sid,
                        dms_iova_t iova, uint32_t access)
{
    if (fake->event_count < EVENTS_MAX)
        fake->events[fake->event_count++] = (struct dms_iommu_event){
            .reason = reason,
            .sid = sid,
            .has_iova = true,
            .iova = iova,
            .access = access,
            .raw = {(uint64_t)reason, sid, iova, access},
        };
}

static unsigned poll(struct dms_iommu *iommu)
{
    struct fake_iommu *fake = fake_of(iommu);
    unsigned seen = 0;

    for (;; seen++) {
        struct dms_iommu_event event;

        pthread_mutex_lock(&fake->lock);
        if (fake->event_count == 0) {
            pthread_mutex_unlock(&fake->lock);
            return seen;
        }
        event = fake->events[0];
        fake->event_count--;
        memmove(&fake->events[0], &fake->events[1], fake->event_count * sizeof(event));
        pthread_mutex_unlock(&fake->lock);
        if (iommu->on_event)
            iommu->on_event(iommu->on_event_ctx, iommu, &event);
    }
}

int fake_access(struct fake_iommu *fake, dms_sid_t sid, dms_iova_t iova, uint32_t access,
                dms_phys_t *phys, bool *stale)
{
    enum dms_fault_reason reason = DMS_FAULT_UNCONFIGURED;
    const struct fake_page *page = NULL;
    struct fake_domain *domain;
    bool old = false;
    uint64_t mask = 0;

    pthread_mutex_lock(&fake->lock);
    domain = sid >> fake->base.caps.sid_bits ? NULL : fake->of_sid[sid];
    if (sid >> fake->base.caps.sid_bits) {
        reason = DMS_FAULT_BAD_STREAM;
    } else if (!domain && fake->stale_sid[sid]) {
        domain = fake->stale_sid[sid];
        old = true;
    }
    if (domain) {
        mask = (UINT64_C(1) << domain->base.granule_lg2) - 1;
        reason = DMS_FAULT_TRANSLATION;
        page = pages_find(&domain->live, iova & ~mask);
        if (!page) {
            page = pages_find(&domain->stale, iova & ~mask);
            old = old || page;
        }
        /* Like the real format: what can be written can be read. */
        if (page && access & ~(page->prot | (page->prot & DMS_WRITE ? DMS_READ : 0))) {
            reason = DMS_FAULT_PERMISSION;
            page = NULL;
        }
    }
    if (page)
        phys->addr = page->phys | (iova & mask);
    else
        raise_event(fake, reason, sid, iova, access);
    pthread_mutex_unlock(&fake->lock);
    if (stale)
        *stale = page && old;
    return page ? 0 : DMS_EIO;
}

/* ---- the test's side ------------------------------------------------------------------------- */

static const struct dms_iommu_ops fake_ops = {
    .domain_create = domain_create,
    .domain_destroy = domain_destroy,
    .attach = attach,
    .detach = detach,
    .map = map,
    .map_list = map_list,
    .unmap = unmap,
    .flush = flush,
    .iova_to_phys = iova_to_phys,
    .next_mapping = next_mapping,
    .poll = poll,
};

struct fake_iommu *fake_iommu_create(const struct dms_port *port, const char *name,
                                     unsigned sid_bits)
{
    struct fake_iommu *fake = calloc(1, sizeof(*fake));

    assert_non_null(fake);
    assert_in_range(sid_bits, 1, 16);
    fake->base = (struct dms_iommu){
        .ops = &fake_ops,
        .port = port,
        .name = name,
        .caps = {.granules = 1u << 12 | 1u << 14 | 1u << 16,
                 .input_bits = 48,
                 .output_bits = 48,
                 .sid_bits = (uint8_t)sid_bits,
                 .coherent_walk = true},
    };
    fake->of_sid = calloc(1u << sid_bits, sizeof(struct fake_domain *));
    fake->stale_sid = calloc(1u << sid_bits, sizeof(struct fake_domain *));
    assert_non_null(fake->of_sid);
    assert_non_null(fake->stale_sid);
    pthread_mutex_init(&fake->lock, NULL);
    return fake;
}

void fake_iommu_destroy(struct fake_iommu *fake)
{
    assert_int_equal(fake->domains, 0);
    assert_int_equal(fake->pages, 0);
    pthread_mutex_destroy(&fake->lock);
    free(fake->of_sid);
    free(fake->stale_sid);
    free(fake);
}

struct dms_iommu *fake_iommu_base(struct fake_iommu *fake)
{
    return &fake->base;
}

void fake_fail_nth(struct fake_iommu *fake, enum fake_op op, unsigned n, int err)
{
    fake->fail_at[op] = fake->calls[op] + n;
    fake->fail_with[op] = err;
}

void fake_fail_all(struct fake_iommu *fake, enum fake_op op, int err)
{
    fake->fail_all[op] = err;
}

unsigned fake_calls(struct fake_iommu *fake, enum fake_op op)
{
    return fake->calls[op];
}

unsigned fake_domains(struct fake_iommu *fake)
{
    return fake->domains;
}

unsigned fake_pages(struct fake_iommu *fake)
{
    return fake->pages;
}

unsigned fake_stale_pages(struct fake_iommu *fake)
{
    return fake->stale_pages;
}

bool fake_is_stale(struct fake_iommu *fake, dms_sid_t sid, dms_iova_t iova)
{
    struct fake_domain *domain = fake->of_sid[sid];
    bool stale;

    pthread_mutex_lock(&fake->lock);
    stale = domain && pages_find(&domain->stale, iova & ~UINT64_C(0xfff));
    pthread_mutex_unlock(&fake->lock);
    return stale;
}

const struct fake_call *fake_log(struct fake_iommu *fake, unsigned *count)
{
    *count = fake->log_count;
    return fake->log;
}

void fake_log_clear(struct fake_iommu *fake)
{
    fake->log_count = 0;
}
