/*
 * slow_in.h - what the files of the slow decision share.
 */
#ifndef CERTSH_TESTS_SLOW_IN_H
#define CERTSH_TESTS_SLOW_IN_H

#include "slow_decision.h"

struct asking {
    const struct cs_lab *lab;
    struct cs_arena *arena;
    const struct cs_question *ask;
    const struct cs_ca *ca;
    const struct cs_host *host, *from; /* from: NULL where nobody knows */
    const struct cs_template *template_;
    struct cs_principal who;
    struct slow_place place;
    bool local, assume;
    enum cs_windows client;
    uint32_t dcom_code;        /* of a refusal by DCOM at this client */
    struct slow_sids com, own; /* as DCOM sees the caller, and as the CA does */
};

/* The answers that need no code. */
static const struct slow_answer allowed = {CS_ALLOWED, 0}, unknown = {CS_UNKNOWN_VERDICT, 0};

static inline struct slow_answer refused(enum cs_verdict_kind kind, uint32_t code)
{
    return (struct slow_answer){kind, code};
}

static inline const struct cs_reg_value *value_of(const struct asking *a, cs_id host,
                                                  struct cs_str key, const char *name)
{
    return cs_registry_get(a->lab, host, key, cs_str_of(name));
}

static inline bool key_known(const struct asking *a, struct cs_str key)
{
    return cs_registry_known(a->lab, a->ca->host, key);
}

/* SDDL as the CA's host reads it. */
bool slow_parse(const struct asking *a, struct cs_str text, struct cs_sd *sd);
/* A machine's limit, and the application's permission: of launch or of access. */
struct slow_answer slow_limit(const struct asking *a, bool launch, bool running);
struct slow_answer slow_permission(const struct asking *a, bool launch, bool running);

#endif
