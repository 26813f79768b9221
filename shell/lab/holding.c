/* holding.c - may a stored row be used, and where it is (see holding.h).  Room: lab. */
#include "holding.h"

#include <string.h>

#include "base/map.h"
#include "brief.h"
#include "closure.h"
#include "lab_internal.h"

uint64_t csi_forests_sum(const struct cs_lab *lab)
{
    uint64_t sum = 1;
    for (cs_id id = 1; id < lab->tables[CS_NOUN_DOMAIN].end; id++) {
        const struct cs_domain *domain = cs_domain_get(lab, id);
        struct cs_sid_text sid;
        if (!domain)
            continue;
        const char *text = cs_sid_format(&domain->sid, &sid);
        sum = (sum ^ csi_hash(text, strlen(text)) ^ id) * 0x9e3779b97f4a7c15u;
        sum = (sum ^ csi_hash_folded(domain->forest, id)) * 0x9e3779b97f4a7c15u;
    }
    return sum;
}

/* -------------------------------------------------------------------- at all */

static bool is_account(enum cs_principal_kind kind)
{
    return kind == CS_USER || kind == CS_COMPUTER;
}

/* Whoever left is in no crowd; groups are looked for on the way of each row. */
static bool is_harmless(const struct cs_lab *lab, cs_id id)
{
    const struct csi_version *version = csi_delta_get(lab->delta, id);
    const struct cs_principal *now = &version->principal;
    const struct csi_row *row = id <= lab->base->count ? csi_base_row(lab->base, id) : NULL;
    bool was = row && is_account(row->kind), is = !version->removed && is_account(now->kind);
    if (!was || !is)
        return version->removed || (!was && !(is && now->primary));
    return now->domain == row->domain && now->primary == row->primary;
}

bool csi_holdings_usable(const struct cs_lab *lab)
{
    if (!lab->base->holdings.count || lab->base->holdings.forests != csi_forests_sum(lab))
        return false;
    for (cs_id id = 0; (id = csi_delta_next(lab->delta, id + 1));)
        if (!is_harmless(lab, id))
            return false;
    return true;
}

/* --------------------------------------------------------------------- a row */

static bool has(const struct csi_list *list, cs_id id)
{
    size_t at = csi_list_place(list, 0, id);
    return at < list->count && list->at[at] == id;
}

static bool is_way_unchanged(const struct cs_lab *lab, const struct csi_list *met)
{
    const struct csi_delta *delta = lab->delta;
    for (cs_id id = 0; (id = csi_delta_next(delta, id + 1));)
        if (has(met, id))
            return false;
    for (size_t i = 0; delta->log_count && i < met->count; i++)
        if (csi_delta_of_group(delta, met->at[i]))
            return false;
    return true;
}

bool csi_holding_of(const struct cs_lab *lab, cs_id domain, cs_id group, struct cs_set *row)
{
    const struct csi_base *base = lab->base;
    for (size_t i = 0; i < base->holdings.count; i++) {
        const struct csi_holding *key = &base->holdings.keys[i];
        if (key->group != group || key->domain != domain)
            continue;
        const struct csi_list met = csi_base_holding_met(base, i);
        const uint64_t *bits = is_way_unchanged(lab, &met) ? csi_base_holding_bits(base, i) : NULL;
        *row = (struct cs_set){(uint64_t *)(uintptr_t)bits, base->rolls.words};
        return bits != NULL;
    }
    return false;
}

void csi_set_or_row(struct cs_set *into, const struct cs_set *row)
{
    for (size_t w = 0; w < row->count && w < into->count; w++)
        into->words[w] |= row->words[w];
}
