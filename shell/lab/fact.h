/*
 * fact.h - what is known of one thing, as texts that do not depend on ids or ticks.
 *
 * Two labs, or two states of one, are told apart by these texts: a thing has a key, by which it
 * is found again in another lab; a subject, by which people call it; and facts, each a field and
 * a text.  They derive from the columns of noun.c; names stand in them for ids.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_FACT_H
#define CERTSH_LAB_FACT_H

#include <certsh/lab.h>

struct csi_fact {
    const char *field;
    struct cs_str text;
    struct cs_str sd; /* bytes, where it is a security descriptor */
};
struct csi_thing {
    bool there;
    cs_id id;
    enum cs_noun noun;
    struct cs_str key, subject;
    struct csi_fact *facts;
    size_t count;
};

/* The thing as it is now, in `arena`; false when it is not there. */
bool csi_thing_get(const struct cs_lab *lab, struct cs_arena *arena, enum cs_noun noun, cs_id id,
                   struct csi_thing *out);
/* All of it in one line: "user, sid S-1-5-21-..., upn alice@corp.example". */
struct cs_str csi_thing_brief(struct cs_arena *arena, const struct csi_thing *thing);
/* The key alone of a principal: its SID, and whose it is where the SID does not say. */
struct cs_str csi_principal_key(const struct cs_lab *lab, struct cs_arena *arena, cs_id id);

#endif
