/* digest.c - one number for all that a lab says (see digest.h). */
#include "digest.h"

#include "base/map.h"
#include "lab/table.h"

struct digest {
    const struct cs_lab *lab;
    uint64_t hash;
};

static void mix(struct digest *digest, const void *bytes, size_t size)
{
    digest->hash = digest->hash * 31 + csi_hash(bytes, size);
}

static bool mix_edge(void *context, cs_id id)
{
    struct digest *digest = context;
    digest->hash += csi_hash(&id, sizeof id); /* order does not matter */
    return true;
}

static bool mix_principal(void *context, const struct cs_principal *p)
{
    struct digest *digest = context;
    mix(digest, &p->id, sizeof p->id);
    mix(digest, p->name.at, p->name.length);
    mix(digest, &p->primary, sizeof p->primary);
    uint64_t sid = cs_sid_hash(&p->sid);
    mix(digest, &sid, sizeof sid);
    cs_member_each(digest->lab, p->id, CS_NOW, mix_edge, digest);
    digest->hash *= 7;
    cs_member_of_each(digest->lab, p->id, CS_NOW, mix_edge, digest);
    return true;
}

static const enum cs_noun nouns[] = {CS_NOUN_HOST,  CS_NOUN_REGISTRY, CS_NOUN_SERVICE,
                                     CS_NOUN_RIGHT, CS_NOUN_TEMPLATE, CS_NOUN_START};
static enum cs_noun mixing;

static bool mix_record(void *context, const struct cs_record *record)
{
    struct digest *digest = context;
    const struct csi_noun *noun = csi_noun_of(mixing);
    for (size_t i = 0; i < noun->column_count; i++) {
        const char *field = (const char *)record + noun->columns[i].offset;
        enum csi_column_type type = noun->columns[i].type;
        if (type == CSI_COLUMN_TEXT || type == CSI_COLUMN_BYTES)
            mix(digest, ((const struct cs_str *)(const void *)field)->at,
                ((const struct cs_str *)(const void *)field)->length);
        if (type == CSI_COLUMN_ID || type == CSI_COLUMN_NUMBER)
            mix(digest, field, 4);
    }
    return true;
}

uint64_t digest_of(const struct cs_lab *lab)
{
    struct digest digest = {.lab = lab};
    cs_principal_each(lab, 0, mix_principal, &digest);
    for (size_t i = 0; i < CS_COUNT(nouns); i++) {
        mixing = nouns[i];
        cs_record_each(lab, mixing, mix_record, &digest);
    }
    return digest.hash;
}
