/*
 * site_firewall.c - a gate of one site: its RPC firewall, as a file of rules.
 *
 * What it shows: an importer and a gate in one plugin.  The rules become a registry value of the
 * host they are imported for, so that they are part of the lab: `lab undo`, `lab export`, worlds
 * and what-ifs treat them as they treat everything else, and the gate has no state of its own.
 *
 *     certsh -c 'plugin load ./site_firewall.so' -c 'lab import dc01.rpcfw --host DC01' \
 *            -c 'enroll check CORP\DC02$ DomainController'
 *
 * The file begins with "rpc-firewall 1"; then one rule a line, the first that matches counts:
 *
 *     allow  CORP\DC*        a client by DOMAIN\name, DNS name or name; '*' is anything
 *     deny   *               from there RPC does not get through
 *
 * A client that no rule is about gets through.  The gate has no column form: its answer hangs on
 * the name of the client's host, and not on what the caller's token holds.
 */
#include <certsh/plugin.h>

#include <string.h>

#define KEY  "HKLM\\SOFTWARE\\Example\\RpcFirewall"
#define NAME "Rules"

enum { RPC_SERVER_UNAVAILABLE = 0x800706BA };

/* --------------------------------------------------------------------- rules */

struct rule {
    bool allows;
    struct cs_str client;
};

/* The next rule of "allow CORP\*;deny *"; false at the end. */
static bool next_rule(struct cs_str *rest, struct rule *rule)
{
    if (!rest->length)
        return false;
    ptrdiff_t semicolon = cs_str_find(*rest, ';');
    size_t length = semicolon < 0 ? rest->length : (size_t)semicolon;
    struct cs_str text = cs_str_span(rest->at, length);
    ptrdiff_t blank = cs_str_find(text, ' ');
    rule->allows = cs_str_starts(text, CS_STR("allow"));
    rule->client = cs_str_trim(cs_str_from(text, blank < 0 ? text.length : (size_t)blank));
    *rest = cs_str_from(*rest, length + 1);
    return true;
}

/* '*' is any text; letters in any case. */
static bool matches(struct cs_str pattern, struct cs_str name)
{
    while (pattern.length && pattern.at[0] != '*') {
        if (!name.length || !cs_str_same(cs_str_span(pattern.at, 1), cs_str_span(name.at, 1)))
            return false;
        pattern = cs_str_from(pattern, 1);
        name = cs_str_from(name, 1);
    }
    if (!pattern.length)
        return !name.length;
    for (size_t skip = 0; skip <= name.length; skip++)
        if (matches(cs_str_from(pattern, 1), cs_str_from(name, skip)))
            return true;
    return false;
}

static bool is_about(const struct rule *rule, const struct cs_lab *lab, struct cs_arena *arena,
                     const struct cs_host *client)
{
    const struct cs_domain *domain = client->domain ? cs_domain_get(lab, client->domain) : NULL;
    struct cs_str whole = domain ? cs_str_printf(arena, "%.*s\\%.*s", CS_STR_ARG(domain->netbios),
                                                 CS_STR_ARG(client->name))
                                 : client->name;
    return matches(rule->client, client->name) || matches(rule->client, client->dns) ||
           matches(rule->client, whole);
}

static struct cs_str rules_of(const struct cs_lab *lab, struct cs_arena *arena, cs_id host)
{
    const struct cs_reg_value *value = cs_registry_get(lab, host, CS_STR(KEY), CS_STR(NAME));
    return value ? cs_reg_text(arena, value) : CS_STR("");
}

/* ---------------------------------------------------------------------- gate */

static cs_status answer(const struct cs_caller *caller, struct cs_gate_answer *answer_,
                        enum cs_verdict_kind verdict, struct cs_str why)
{
    answer_->verdict = verdict;
    answer_->code = verdict == CS_DENIED ? (uint32_t)RPC_SERVER_UNAVAILABLE : 0;
    if (caller->explain)
        answer_->why = why;
    return CS_OK;
}

static cs_status unknown(const struct cs_caller *caller, struct cs_gate_answer *answer_,
                         struct cs_str fact)
{
    const struct cs_value missing = cs_value_str(fact);
    answer_->missing = cs_value_list(caller->arena, &missing, 1);
    return answer(caller, answer_, CS_UNKNOWN_VERDICT,
                  cs_str_printf(caller->arena, "not known: %.*s", CS_STR_ARG(fact)));
}

static cs_status check(const struct cs_caller *caller, struct cs_gate_answer *answer_,
                       struct cs_error *err)
{
    const struct cs_lab *lab = caller->lab;
    struct cs_arena *arena = caller->arena;
    struct cs_str rest = rules_of(lab, arena, caller->ca_host);
    const struct cs_host *client = caller->from ? cs_host_get(lab, caller->from) : NULL;
    struct rule rule;
    (void)err;
    if (caller->local)
        return answer(caller, answer_, CS_ALLOWED, CS_STR("local: not asked"));
    if (!rest.length && !cs_registry_known(lab, caller->ca_host, CS_STR(KEY)))
        return unknown(caller, answer_, CS_STR("the rules of the RPC firewall"));
    if (!rest.length)
        return answer(caller, answer_, CS_ALLOWED, CS_STR("no rules"));
    if (!client)
        return unknown(caller, answer_, CS_STR("the client's host"));
    for (int rank = 1; next_rule(&rest, &rule); rank++)
        if (is_about(&rule, lab, arena, client))
            return answer(caller, answer_, rule.allows ? CS_ALLOWED : CS_DENIED,
                          cs_str_printf(arena, "rule %d: %s %.*s", rank,
                                        rule.allows ? "allow" : "deny", CS_STR_ARG(rule.client)));
    return answer(caller, answer_, CS_ALLOWED, CS_STR("no rule is about this client"));
}

static const struct cs_gate gates[] = {
    {.name = "rpc-firewall",
     .brief = "does the site's RPC firewall let the client through?",
     .check = check}};

/* ------------------------------------------------------------------- importer */

static int probe(struct cs_str name, struct cs_str head)
{
    (void)name;
    return cs_str_starts(head, CS_STR("rpc-firewall 1")) ? 100 : 0;
}

/* "allow  CORP\DC*" to "allow CORP\DC*"; "" for a remark. */
static cs_status read_rule(struct cs_import *import, struct cs_str line, uint32_t number,
                           struct cs_buf *rules, struct cs_error *err)
{
    ptrdiff_t remark = cs_str_find(line, '#');
    line = cs_str_trim(remark < 0 ? line : cs_str_span(line.at, (size_t)remark));
    if (!line.length)
        return CS_OK;
    ptrdiff_t blank = cs_str_find(line, ' ');
    struct cs_str verb = blank < 0 ? line : cs_str_span(line.at, (size_t)blank);
    struct cs_str client = cs_str_trim(cs_str_from(line, verb.length));
    bool known = cs_str_is(verb, "allow") || cs_str_is(verb, "deny");
    if (!known || !client.length || cs_str_find(client, ';') >= 0)
        return cs_import_bad(import, number, err, "a rule is 'allow CLIENT' or 'deny CLIENT'");
    cs_buf_addf(rules, "%s%.*s %.*s", rules->length ? ";" : "", CS_STR_ARG(verb),
                CS_STR_ARG(client));
    cs_import_record(import);
    return CS_OK;
}

static cs_status read_rules(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct cs_buf rules;
    cs_status status = CS_OK;
    struct cs_str rest = cs_str_from_file(cs_import_arena(import), bytes);
    cs_buf_init(&rules, 1 << 20);
    for (uint32_t number = 1; rest.length && status == CS_OK; number++) {
        ptrdiff_t end = cs_str_find(rest, '\n');
        struct cs_str line = end < 0 ? rest : cs_str_span(rest.at, (size_t)end);
        rest = cs_str_from(rest, line.length + 1);
        if (number > 1) /* the first says what the file is */
            status = read_rule(import, line, number, &rules, err);
    }
    struct cs_arena *arena = cs_import_arena(import);
    struct cs_str data = cs_reg_text_data(arena, cs_buf_str(&rules));
    cs_buf_clear(&rules);
    if (status == CS_OK)
        status = cs_import_registry(import, CS_STR(KEY), CS_STR(NAME), CS_REG_SZ, data, 1, err);
    return status;
}

static const struct cs_importer importers[] = {{.name = "rpcfw",
                                                .brief = "rules of the site's RPC firewall",
                                                .probe = probe,
                                                .read = read_rules}};

/* -------------------------------------------------------------------- command */

static cs_status show(struct cs_call *call, struct cs_error *err)
{
    cs_id host = 0;
    struct rule rule;
    cs_status status = cs_call_host(call, "host", &host, err);
    if (status != CS_OK)
        return status;
    struct cs_str rest = rules_of(cs_call_lab(call), cs_call_arena(call), host);
    for (int rank = 1; status == CS_OK && next_rule(&rest, &rule); rank++)
        status = CS_ROW(call, err, cs_value_int(rank),
                        cs_value_text(rule.allows ? "allow" : "deny"), cs_value_str(rule.client));
    return status;
}

static const struct cs_command commands[] = {{
    .name = "firewall show",
    .brief = "show the rules of a host's RPC firewall",
    .run = show,
    .params = CS_PARAMS({"host", &cs_type_host, "which host", CS_OPTION}),
    .result = CS_FIELDS({"rank", &cs_type_int, "the first that matches counts"},
                        {"rule", &cs_type_text, "allow or deny"},
                        {"client", &cs_type_text, "which clients it is about"}),
    .examples = CS_EXAMPLES({"firewall show --host DC01", "whom does it let through?"}),
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "site_firewall",
    .version = "1.0",
    .brief = "the site's RPC firewall as a gate",
    .needs = "lab.read file.read",
    .commands = commands,
    .command_count = CS_COUNT(commands),
    .importers = importers,
    .importer_count = CS_COUNT(importers),
    .gates = gates,
    .gate_count = CS_COUNT(gates),
};
