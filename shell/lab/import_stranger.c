/*
 * import_stranger.c - names that no file bears yet get a place, and who comes later takes it.
 *
 * A stranger (stranger.h) is found by its DN in the plain form: the number in its SID is a hash of
 * that.  Two DNs of one number, one in four thousand millions, take the next numbers.
 *
 * Room: lab.
 */
#include "import_facts.h"
#include "stranger.h"

/* FNV-1a: lab files hold it, so it is the same everywhere. */
static uint32_t number_of(struct cs_str plain)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < plain.length; i++)
        hash = (hash ^ (unsigned char)plain.at[i]) * 16777619u;
    return hash;
}

static bool bears(struct cs_import *import, cs_id id, struct cs_str plain)
{
    const struct cs_principal *p = csi_bulk_get(import->bulk, id);
    return p && cs_principal_is_stranger(p) &&
           cs_str_equal(csi_dn_plain(import->arena, p->dn), plain);
}

/* The stranger of that DN, 0 when there is none: `sid` is free for it then. */
static cs_id stranger_at(struct cs_import *import, struct cs_str plain, struct cs_sid *sid)
{
    const struct cs_sid parent = csi_stranger_parent();
    for (uint32_t number = number_of(plain);; number++) {
        *sid = cs_sid_child(&parent, number);
        cs_id id = csi_bulk_find(import->bulk, sid, 0, 0);
        if (!id || bears(import, id, plain))
            return id;
    }
}

cs_id csi_import_stranger(struct cs_import *import, uint32_t number, struct csi_spot spot)
{
    struct csi_names *names = &import->names;
    if (names->marks[number] & CSI_NAME_OUTSIDER)
        return 0;
    struct cs_arena_mark mark = cs_arena_mark(import->arena);
    struct cs_principal p = {.kind = CS_FOREIGN};
    p.dn = csi_dn_bare(csi_facts_clean(import->arena, csi_names_text(names, number)));
    cs_id id = stranger_at(import, csi_dn_plain(import->arena, p.dn), &p.sid);
    p.source = csi_import_source(import, spot);
    if (!id)
        id = csi_bulk_stranger(import->bulk, &p);
    cs_arena_rewind(import->arena, mark);
    return names->ids[number] = id;
}

/* The stranger of a DN in any spelling. */
static cs_id stranger_named(struct cs_import *import, struct cs_str dn)
{
    struct cs_sid sid;
    if (!dn.length || !csi_bulk_has_strangers(import->bulk))
        return 0;
    struct cs_arena_mark mark = cs_arena_mark(import->arena);
    struct cs_str plain =
        csi_dn_plain(import->arena, csi_dn_bare(csi_facts_clean(import->arena, dn)));
    cs_id id = stranger_at(import, plain, &sid);
    cs_arena_rewind(import->arena, mark);
    return id;
}

bool csi_import_is_stranger(struct cs_import *import, cs_id id)
{
    const struct cs_principal *p = csi_bulk_get(import->bulk, id);
    return p && cs_principal_is_stranger(p);
}

cs_id csi_import_reveal(struct cs_import *import, struct cs_str dn, cs_id known)
{
    cs_id stranger = stranger_named(import, dn);
    if (!stranger)
        return known;
    import->revealed++;
    if (!known)
        return stranger;
    csi_bulk_absorb(import->bulk, stranger, known);
    return known;
}

/* Contacts and what is deleted: nobody waits for them. */
static void forget_outsiders(struct cs_import *import)
{
    struct csi_names *names = &import->names;
    for (uint32_t number = 1; number <= names->count; number++) {
        if (!(names->marks[number] & CSI_NAME_OUTSIDER))
            continue;
        cs_id id = stranger_named(import, csi_names_text(names, number));
        if (id)
            csi_bulk_absorb(import->bulk, id, 0);
    }
}

void csi_import_strangers_settled(struct cs_import *import)
{
    struct csi_names *names = &import->names;
    if (!csi_bulk_has_strangers(import->bulk))
        return;
    forget_outsiders(import);
    for (uint32_t number = 1; number <= names->count; number++)
        names->ids[number] = csi_bulk_now(import->bulk, names->ids[number]);
}
