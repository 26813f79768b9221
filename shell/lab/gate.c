/*
 * gate.c - the list of gates, and what every gate needs for its answer.
 *
 * The twelve of Windows are added as a plugin's are, by cs_gate_add, to every lab that begins.
 *
 * Room: lab.
 */
#include "gate_in.h"

#include <stdarg.h>
#include <stdio.h>

#include "lab_internal.h"

static const struct cs_gate *const standard[] = {
    &csi_gate_service,
    &csi_gate_logon,
    &csi_gate_authentication,
    &csi_gate_enable_dcom,
    &csi_gate_launch_limit,
    &csi_gate_launch_permission,
    &csi_gate_access_limit,
    &csi_gate_access_permission,
    &csi_gate_ca_interface,
    &csi_gate_ca_security,
    &csi_gate_template_published,
    &csi_gate_template_security,
};

void csi_gates_begin(struct cs_lab *lab)
{
    struct cs_error err;
    for (size_t i = 0; i < CS_COUNT(standard); i++)
        cs_bug_if(cs_gate_add(lab, standard[i], &err) != CS_OK);
}

size_t cs_gate_count(const struct cs_lab *lab)
{
    return csi_lab_gates_of(lab)->count;
}

const struct cs_gate *cs_gate_at(const struct cs_lab *lab, size_t index)
{
    const struct csi_gates *gates = csi_lab_gates_of(lab);
    return index < gates->count ? gates->at[index] : NULL;
}

cs_status cs_gate_add(struct cs_lab *lab, const struct cs_gate *gate, struct cs_error *err)
{
    struct csi_gates *gates = csi_lab_gates(lab);
    if (!gate->name || !gate->check)
        return cs_fail(err, CS_INVALID, "a gate needs a name and a check");
    for (size_t i = 0; i < cs_gate_count(lab); i++) {
        if (cs_str_same(cs_str_of(cs_gate_at(lab, i)->name), cs_str_of(gate->name)))
            return cs_fail(err, CS_EXISTS, "gate '%s' is there already", gate->name);
    }
    if (gates->count == CS_COUNT(gates->at))
        return cs_fail(err, CS_LIMIT, "no room for gate '%s'", gate->name);
    gates->at[gates->count++] = gate;
    return CS_OK;
}

/* ------------------------------------------------------------------- facts */

const struct cs_host *csi_ca_host(const struct cs_caller *caller)
{
    return cs_host_get(caller->lab, caller->ca_host);
}

const struct cs_ca *csi_ca(const struct cs_caller *caller)
{
    return cs_ca_get(caller->lab, caller->ask->ca);
}

struct cs_str csi_host_name(const struct cs_lab *lab, cs_id host_id)
{
    const struct cs_host *host = cs_host_get(lab, host_id);
    return host ? host->name : CS_STR("?");
}

struct cs_str csi_caller_name(const struct cs_caller *caller)
{
    struct cs_principal p;
    return cs_principal_get(caller->lab, caller->ask->principal, &p) ? p.name : CS_STR("?");
}

bool csi_assumes(const struct cs_caller *caller)
{
    return cs_lab_start(caller->lab)->assume;
}

/* The Windows at the client: its host's, else what the directory says of a computer, else
 * one as old as the CA's. */
static enum cs_windows client_windows(const struct cs_caller *caller)
{
    const struct cs_host *from = cs_host_get(caller->lab, caller->from);
    if (from && from->windows != CS_WINDOWS_UNKNOWN)
        return from->windows;
    struct cs_principal p;
    if (cs_principal_get(caller->lab, caller->ask->principal, &p) && p.kind == CS_COMPUTER) {
        enum cs_windows windows = cs_windows_find(p.os);
        if (windows != CS_WINDOWS_UNKNOWN)
            return windows;
    }
    const struct cs_host *host = csi_ca_host(caller);
    return host && host->windows != CS_WINDOWS_UNKNOWN ? host->windows : CS_WINDOWS_10;
}

bool csi_client_is_modern(const struct cs_caller *caller)
{
    return client_windows(caller) >= CS_WINDOWS_VISTA;
}

uint32_t csi_refusal_code(const struct cs_caller *caller)
{
    return csi_client_is_modern(caller) ? CS_HR_RPC_UNAVAILABLE : CS_HR_ACCESS_DENIED;
}

/* FACTS 1.7 (MS-WCCE 2.1): enrolment clients encrypt; XP and older only sign. */
uint32_t csi_client_level(const struct cs_caller *caller)
{
    enum cs_windows windows = client_windows(caller);
    bool old =
        windows == CS_WINDOWS_XP || windows == CS_WINDOWS_XP_SP2 || windows == CS_WINDOWS_2000;
    return old ? 5 : 6;
}

struct cs_str csi_fact(const struct cs_caller *caller, const char *what, const char *command)
{
    const struct cs_ca *ca = csi_ca(caller);
    struct cs_str host = csi_ca_host(caller) ? csi_host_name(caller->lab, caller->ca_host)
                         : ca                ? ca->dns
                                             : CS_STR("?");
    return cs_str_printf(caller->arena, "%s of %.*s: %s", what, CS_STR_ARG(host), command);
}

/* ------------------------------------------------------------------ answers */

static struct cs_str text_of(const struct cs_caller *caller, const char *format, va_list args)
{
    char line[512];
    if (!caller->explain)
        return CS_STR("");
    vsnprintf(line, sizeof(line), format, args);
    return cs_str_copy(caller->arena, cs_str_of(line));
}

cs_status csi_allow(const struct cs_caller *caller, struct cs_gate_answer *answer,
                    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    answer->verdict = CS_ALLOWED;
    answer->code = 0;
    answer->why = text_of(caller, format, args);
    va_end(args);
    return CS_OK;
}

cs_status csi_refuse(const struct cs_caller *caller, struct cs_gate_answer *answer,
                     enum cs_verdict_kind kind, uint32_t code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    answer->verdict = kind;
    answer->code = code;
    answer->why = text_of(caller, format, args);
    va_end(args);
    return CS_OK;
}

static void append(const struct cs_caller *caller, struct cs_value *list, struct cs_str text)
{
    struct cs_list_maker maker = {.arena = caller->arena};
    for (size_t i = 0; list->kind == CS_LIST && i < list->list.count; i++) {
        if (cs_str_equal(list->list.at[i].text, text))
            return;
        cs_list_add(&maker, list->list.at[i]);
    }
    cs_list_add(&maker, cs_value_str(text));
    *list = cs_list_value(&maker);
}

void csi_assume(const struct cs_caller *caller, struct cs_gate_answer *answer, struct cs_str fact)
{
    append(caller, &answer->assumed, fact);
}

void csi_miss(const struct cs_caller *caller, struct cs_gate_answer *answer, struct cs_str fact)
{
    append(caller, &answer->missing, fact);
}

cs_status csi_unknown(const struct cs_caller *caller, struct cs_gate_answer *answer,
                      struct cs_str fact)
{
    answer->verdict = CS_UNKNOWN_VERDICT;
    answer->code = 0;
    csi_miss(caller, answer, fact);
    if (caller->explain)
        answer->why = cs_str_printf(caller->arena, "not known: %.*s", CS_STR_ARG(fact));
    return CS_OK;
}

void csi_detail(const struct cs_caller *caller, struct cs_gate_answer *answer, const char *format,
                ...)
{
    if (!caller->explain)
        return;
    va_list args;
    va_start(args, format);
    append(caller, &answer->detail, text_of(caller, format, args));
    va_end(args);
}
