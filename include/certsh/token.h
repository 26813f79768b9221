/*
 * token.h - what a caller carries to a host: its SIDs.
 *
 * A token is built once and then asked many times.  Each SID remembers how it got there, so
 * that an answer can name the membership path.
 *
 *     struct cs_token *token = cs_token_new(arena);
 *     cs_token_add(token, &user, CS_TOKEN_ENABLED, CS_ORIGIN_USER, CS_TOKEN_NO_VIA);
 *     cs_token_add(token, &cs_sid_everyone, CS_TOKEN_ENABLED, CS_ORIGIN_CONTEXT, ...);
 *     if (cs_token_has(token, &cs_sid_everyone)) ...
 *
 * The first SID added is the user.  Order is kept; a SID is there once.  How a token is built
 * for a principal and a host is the lab's affair (lab.h); this file only knows SIDs.
 *
 * Source: MS-DTYP 2.5.2 and the Microsoft documentation of access tokens.
 *
 * Floor: domain.
 */
#ifndef CERTSH_TOKEN_H
#define CERTSH_TOKEN_H

#include <certsh/arena.h>
#include <certsh/sid.h>

struct cs_token;

/* How a SID counts. */
enum { CS_TOKEN_ENABLED = 1, CS_TOKEN_DENY_ONLY = 2 };

/* Where a SID came from. */
enum cs_origin {
    CS_ORIGIN_USER,     /* the account itself */
    CS_ORIGIN_PRIMARY,  /* its primary group */
    CS_ORIGIN_MEMBER,   /* a global or universal group of its forest */
    CS_ORIGIN_HISTORY,  /* SID history */
    CS_ORIGIN_RESOURCE, /* a domain-local group of the resource's domain */
    CS_ORIGIN_LOCAL,    /* a machine-local group of the host */
    CS_ORIGIN_BUILTIN,  /* an S-1-5-32 group of the host */
    CS_ORIGIN_CONTEXT,  /* Everyone, NETWORK, ...: from how it logged on */
    CS_ORIGIN_GIVEN     /* given by the user of this program */
};
CS_API const char *cs_origin_name(enum cs_origin origin); /* "member"; lives forever */

enum { CS_TOKEN_NO_VIA = -1 };

struct cs_token_sid {
    struct cs_sid sid;
    unsigned flags;
    enum cs_origin origin;
    int via;     /* index of the SID whose membership brought this one, or CS_TOKEN_NO_VIA */
    uint32_t id; /* the principal in the lab, 0 where it is none */
};

/* An empty token in `arena`; NULL when memory runs out. */
CS_API struct cs_token *cs_token_new(struct cs_arena *arena);

/*
 * Add a SID; returns its index, also when it was there already (the first stays as it is), or
 * -1 when memory ran out.
 */
CS_API int cs_token_add(struct cs_token *token, const struct cs_sid *sid, unsigned flags,
                        enum cs_origin origin, int via);
/* Room for `count` SIDs in all, so that it need not grow step by step; false: no memory. */
CS_API bool cs_token_reserve(struct cs_token *token, size_t count);
/* Remember which principal of the lab the SID at `index` is. */
CS_API void cs_token_note(struct cs_token *token, int index, uint32_t id);

/* Restricting SIDs (a second check with these alone), device groups, privileges by name. */
CS_API bool cs_token_restrict(struct cs_token *token, const struct cs_sid *sid);
CS_API bool cs_token_add_device(struct cs_token *token, const struct cs_sid *sid);
CS_API CS_MUST_CHECK cs_status cs_token_grant(struct cs_token *token, struct cs_str privilege,
                                              struct cs_error *err);

CS_API size_t cs_token_count(const struct cs_token *token);
CS_API const struct cs_token_sid *cs_token_at(const struct cs_token *token, size_t index);
/* Index of `sid`, or -1. */
CS_API int cs_token_find(const struct cs_token *token, const struct cs_sid *sid);
/* Is `sid` there and enabled (for allowing)? */
CS_API bool cs_token_has(const struct cs_token *token, const struct cs_sid *sid);

#endif
