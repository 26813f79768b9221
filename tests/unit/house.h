/*
 * house.h - a small lab in C, for the tests of gates, certsvc and upgrades.
 *
 *     struct house h = house_make(CS_WINDOWS_2003_SP1, false);   // CA on DC01
 *     struct cs_decision d = house_ask(&h, h.dc02_account, h.der);
 *     house_free(&h);
 *
 * Forest corp.example: DC01, DC02, SRV01, workstation WS01, users alice and bob, templates User,
 * Machine, DirectoryEmailReplication with their default security, CA CORP-CA on DC01 or SRV01.
 * Every host is complete; certsvc has run its update; everything has been restarted.
 */
#ifndef CERTSH_TESTS_HOUSE_H
#define CERTSH_TESTS_HOUSE_H

#include <check.h>

#include <certsh/event.h>
#include <certsh/gate.h>

struct house {
    struct cs_lab *lab;
    struct cs_arena *arena;
    cs_id corp;
    cs_id dc01, dc02, srv01, ws01;
    cs_id dc01_account, dc02_account, srv01_account, ws01_account;
    cs_id users, computers, controllers, admins;
    cs_id alice, bob;
    cs_id ca_host, ca, service;
    cs_id user, machine, der;
};

struct house house_make(enum cs_windows servers, bool member);
void house_free(struct house *house);

/* Everything checked: the call must succeed. */
struct cs_decision house_ask(struct house *house, cs_id principal, cs_id template_);
struct cs_enrollment house_request(struct house *house, const struct cs_question *ask);
/* The answer of one gate in the decision. */
const struct cs_gate_answer *house_gate(const struct cs_decision *decision, const char *gate);
/* "launch-limit" of the first failing gate, "" when none. */
const char *house_first(const struct cs_decision *decision);
void house_text(struct house *house, cs_id host, struct cs_str key, const char *name,
                const char *text);
void house_number(struct house *house, cs_id host, struct cs_str key, const char *name,
                  uint32_t number);
void house_sd(struct house *house, cs_id host, struct cs_str key, const char *name,
              const char *sddl);
/* Who holds a user right on a host: one SID, or nobody for "". */
void house_grant(struct house *house, cs_id host, const char *right, const char *sid);
/* SDDL of a registry value, "" when it is not there or no descriptor. */
const char *house_sddl(struct house *house, cs_id host, struct cs_str key, const char *name);
cs_id house_group(struct house *house, enum cs_scope scope, cs_id domain, cs_id host,
                  const char *name, const char *sid);
/* The last event of an id on a host, NULL when none. */
const struct cs_event *house_event(struct house *house, cs_id host, uint32_t id);

#define ck_str_has(text, part)                                                                     \
    ck_assert_msg(house_has((text), (part)), "'%.*s' lacks '%s'", CS_STR_ARG(text), (part))
bool house_has(struct cs_str text, const char *part);

#endif
