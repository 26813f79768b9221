/*
 * host.h - machines: what they are, their registry, services, user rights and sessions.
 *
 * A host is a machine we know facts of.  A computer account of the directory names its host;
 * the host is there as soon as a fact of it is.  What is known is marked: a host of a built-in
 * lab is complete, a host from exports knows the registry keys that were exported
 * (cs_registry_known), the rights and services that were given.  A fact that nobody gave is
 * unknown, never a guess.
 *
 *     const struct cs_reg_value *v =
 *         cs_registry_get(lab, host, CS_KEY_OLE, CS_STR("MachineLaunchRestriction"));
 *
 * Registry keys are written with short roots (HKLM\...) and compared without case;
 * cs_registry_key normalises HKEY_LOCAL_MACHINE, HKCR and ControlSet00n.
 *
 * Floor: lab.
 */
#ifndef CERTSH_HOST_H
#define CERTSH_HOST_H

#include <certsh/directory.h>
#include <certsh/windows.h>

enum cs_role { CS_ROLE_WORKSTATION = 1, CS_ROLE_MEMBER, CS_ROLE_DC };
/* "workstation", "member server", "domain controller"; lives forever. */
CS_API const char *cs_role_name(enum cs_role role);

struct cs_host {
    struct cs_record record;
    struct cs_str name; /* NetBIOS: "DC01" */
    struct cs_str dns;  /* "dc01.corp.example" */
    cs_id domain;       /* 0: none, or not known */
    cs_id account;      /* its computer account, 0 when not known */
    enum cs_role role;
    enum cs_windows windows; /* version and service pack (windows.h) */
    struct cs_str edition;   /* "Enterprise Edition" */
    struct cs_str language;  /* "en", "ja" */
    struct cs_sid machine;   /* SID of its local accounts; count 0 while not known */
    cs_tick boot;            /* when it last started */
    int64_t booted;          /* the same on the clock */
    bool complete;           /* every fact of it is given: what is absent is really absent */
};

CS_API const struct cs_host *cs_host_get(const struct cs_lab *lab, cs_id id);
/* By short or DNS name or account name ("DC01$"), with or without leading backslashes. */
CS_API cs_id cs_host_find(const struct cs_lab *lab, struct cs_str name);
CS_API cs_id cs_host_of_account(const struct cs_lab *lab, cs_id principal);
CS_API CS_MUST_CHECK cs_status cs_host_put(struct cs_lab *lab, const struct cs_host *host,
                                           cs_id *id, struct cs_error *err);
/* Restart: a new boot tick, services with automatic start run, sessions end. */
CS_API CS_MUST_CHECK cs_status cs_host_restart(struct cs_lab *lab, cs_id host,
                                               struct cs_error *err);
/* klist purge for the machine: its domain-local memberships count anew. */
CS_API CS_MUST_CHECK cs_status cs_host_purge(struct cs_lab *lab, cs_id host, struct cs_error *err);

/* ---------------------------------------------------------------- registry */

/* Types (winnt.h). */
enum {
    CS_REG_NONE = 0,
    CS_REG_SZ = 1,
    CS_REG_EXPAND_SZ = 2,
    CS_REG_BINARY = 3,
    CS_REG_DWORD = 4,
    CS_REG_MULTI_SZ = 7,
    CS_REG_QWORD = 11
};
#define CS_REG_KEY 0xffffffffu                      /* no value: the key itself exists */
CS_API const char *cs_reg_type_name(uint32_t type); /* "REG_DWORD"; lives forever */

struct cs_reg_value {
    struct cs_record record;
    cs_id host;
    struct cs_str key;  /* "HKLM\\SOFTWARE\\Microsoft\\Ole" */
    struct cs_str name; /* "" is the default value */
    uint32_t type;
    struct cs_str data; /* raw bytes as Windows stores them (texts in UTF-16LE with NUL) */
};

#define CS_KEY_OLE       CS_STR("HKLM\\SOFTWARE\\Microsoft\\Ole")
#define CS_KEY_APPCOMPAT CS_STR("HKLM\\SOFTWARE\\Microsoft\\Ole\\AppCompat")
#define CS_KEY_APPID     CS_STR("HKLM\\SOFTWARE\\Classes\\AppID")
#define CS_KEY_CERTSRV_REQUEST                                                                     \
    CS_STR("HKLM\\SOFTWARE\\Classes\\AppID\\{D99E6E74-FC88-11D0-B498-00A0C90312F3}")
#define CS_KEY_DCOM_POLICY CS_STR("HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\DCOM")
#define CS_KEY_RPC_POLICY  CS_STR("HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Rpc")
#define CS_KEY_LSA         CS_STR("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa")
#define CS_KEY_CERTSVC     CS_STR("HKLM\\SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration")

/* A key with short root and CurrentControlSet; in `arena`. */
CS_API struct cs_str cs_registry_key(struct cs_arena *arena, struct cs_str key);

/* NULL when there is no such value; whether that means anything: cs_registry_known. */
CS_API const struct cs_reg_value *cs_registry_get(const struct cs_lab *lab, cs_id host,
                                                  struct cs_str key, struct cs_str name);
/* Is it known what this key holds (given, or the host complete)? */
CS_API bool cs_registry_known(const struct cs_lab *lab, cs_id host, struct cs_str key);
CS_API bool cs_registry_has_key(const struct cs_lab *lab, cs_id host, struct cs_str key);
typedef bool cs_registry_fn(void *context, const struct cs_reg_value *value);
/* Values (and CS_REG_KEY rows) of `key` and, with `below`, of all keys under it. */
CS_API void cs_registry_each(const struct cs_lab *lab, cs_id host, struct cs_str key, bool below,
                             cs_registry_fn *fn, void *context);

CS_API CS_MUST_CHECK cs_status cs_registry_set(struct cs_lab *lab, cs_id host, struct cs_str key,
                                               struct cs_str name, uint32_t type,
                                               struct cs_str data, struct cs_source source,
                                               struct cs_error *err);
CS_API CS_MUST_CHECK cs_status cs_registry_set_number(struct cs_lab *lab, cs_id host,
                                                      struct cs_str key, struct cs_str name,
                                                      uint32_t number, struct cs_error *err);
CS_API CS_MUST_CHECK cs_status cs_registry_set_text(struct cs_lab *lab, cs_id host,
                                                    struct cs_str key, struct cs_str name,
                                                    struct cs_str text, struct cs_error *err);
/* CS_NOT_FOUND (2) when it is not there. */
CS_API CS_MUST_CHECK cs_status cs_registry_remove(struct cs_lab *lab, cs_id host, struct cs_str key,
                                                  struct cs_str name, struct cs_error *err);
/* The key with all below it; CS_NOT_FOUND (2). */
CS_API CS_MUST_CHECK cs_status cs_registry_remove_key(struct cs_lab *lab, cs_id host,
                                                      struct cs_str key, struct cs_error *err);
/* Say that all values of `key` (and below) are given from now on. */
CS_API CS_MUST_CHECK cs_status cs_registry_cover(struct cs_lab *lab, cs_id host, struct cs_str key,
                                                 struct cs_source source, struct cs_error *err);

/* A DWORD's number; false when the value is no DWORD of 4 bytes. */
CS_API bool cs_reg_number(const struct cs_reg_value *value, uint32_t *number);
/* The text of REG_SZ, REG_EXPAND_SZ as UTF-8; "" for others.  In `arena`. */
CS_API struct cs_str cs_reg_text(struct cs_arena *arena, const struct cs_reg_value *value);
/* A text as REG_SZ data.  In `arena`. */
CS_API struct cs_str cs_reg_text_data(struct cs_arena *arena, struct cs_str text);

/* ---------------------------------------------------------------- services */

enum cs_service_state { CS_SERVICE_STOPPED = 1, CS_SERVICE_RUNNING = 4 };
enum cs_service_start { CS_START_AUTO = 2, CS_START_DEMAND = 3, CS_START_DISABLED = 4 };

struct cs_service {
    struct cs_record record;
    cs_id host;
    struct cs_str name;    /* "CertSvc" */
    struct cs_str display; /* "Certificate Services" */
    enum cs_service_state state;
    enum cs_service_start start;
};
CS_API const struct cs_service *cs_service_get(const struct cs_lab *lab, cs_id id);
/* By service or display name, any case; NULL when none is known. */
CS_API const struct cs_service *cs_service_find(const struct cs_lab *lab, cs_id host,
                                                struct cs_str name);
CS_API CS_MUST_CHECK cs_status cs_service_put(struct cs_lab *lab, const struct cs_service *service,
                                              cs_id *id, struct cs_error *err);
/*
 * Start and stop with all that belongs to it: certsvc looks at its flag, events are logged.
 * Errors: CS_STATE (1056 runs already, 1058 disabled, 1062 not started).
 */
CS_API CS_MUST_CHECK cs_status cs_service_start(struct cs_lab *lab, cs_id service,
                                                struct cs_error *err);
CS_API CS_MUST_CHECK cs_status cs_service_stop(struct cs_lab *lab, cs_id service,
                                               struct cs_error *err);

/* ------------------------------------------------------------- user rights */

/* Who holds a user right on a host; no record: not known (a complete host: nobody). */
struct cs_right_grant {
    struct cs_record record;
    cs_id host;
    struct cs_str name;  /* "SeNetworkLogonRight" */
    struct cs_strs sids; /* in text form; a name as written where nobody known bears it */
};
CS_API const struct cs_right_grant *cs_right_find(const struct cs_lab *lab, cs_id host,
                                                  struct cs_str name);
CS_API CS_MUST_CHECK cs_status cs_right_put(struct cs_lab *lab, const struct cs_right_grant *grant,
                                            cs_id *id, struct cs_error *err);
/* The rights this program knows by name; lives forever. */
CS_API const char *const *cs_right_names(size_t *count);

/* ---------------------------------------------------------------- sessions */

/* An open logon; the token is as old as the session. */
struct cs_session {
    struct cs_record record;
    cs_id host, user;
    cs_tick opened;
    int64_t since;
};
CS_API const struct cs_session *cs_session_find(const struct cs_lab *lab, cs_id user);
CS_API CS_MUST_CHECK cs_status cs_session_open(struct cs_lab *lab, cs_id host, cs_id user,
                                               cs_id *id, struct cs_error *err);
CS_API CS_MUST_CHECK cs_status cs_session_close(struct cs_lab *lab, cs_id id, struct cs_error *err);

#endif
