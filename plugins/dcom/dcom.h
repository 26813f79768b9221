/* dcom.h - what the files of this plugin know of each other (see dcom.c). */
#ifndef DCOM_H
#define DCOM_H

#include <certsh/plugin.h>

/* Which descriptor of which host is meant: the arguments of a call, resolved. */
struct dcom_place {
    struct cs_lab *lab;
    struct cs_arena *arena;
    cs_id host;
    const struct cs_host *record;
    enum cs_dcom_scope scope;
    struct cs_str appid; /* "{D99E6E74-...}", "" for scopes without one */
    struct cs_str key;   /* registry key and value name of the descriptor */
    struct cs_str value;
    const struct cs_rights_vocab *vocab;
    uint32_t all; /* every right of such a descriptor, 0x1 included */
};

cs_status dcom_place_of(const struct cs_call *call, enum cs_dcom_scope scope,
                        struct dcom_place *place, struct cs_error *err);
/* The same from the argument "scope" of the call. */
cs_status dcom_place_given(const struct cs_call *call, struct dcom_place *place,
                           struct cs_error *err);

/* Has this Windows machine-wide limits at all?  True where the version is not known. */
bool dcom_has_limits(const struct dcom_place *place);
bool dcom_is_limit(enum cs_dcom_scope scope);
/* Old format: 0x1 alone, "all rights" to a Windows before SP1. */
bool dcom_is_old(const struct cs_ace *ace);

/* The descriptors of a place, the effective one first; returns how many. */
size_t dcom_sds(const struct dcom_place *place, struct cs_dcom_sd out[2]);

/* Who a SID is at this place: a name, else the SID. */
struct cs_str dcom_name(const struct dcom_place *place, const struct cs_sid *sid);

cs_status dcom_show(struct cs_call *call, struct cs_error *err);
cs_status dcom_edit(struct cs_call *call, struct cs_error *err);
cs_status dcom_reset(struct cs_call *call, struct cs_error *err);
cs_status dcom_lint(struct cs_call *call, struct cs_error *err);

#endif
