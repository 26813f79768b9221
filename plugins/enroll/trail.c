/*
 * trail.c - the evidence of `enroll check --full`: each list as the gate walked it.
 *
 * The descriptor and the token are made once more, the same way the gates make them, and the
 * walk is told by cs_access_trail; nothing here decides.
 */
#include <string.h>

#include "trail.h"

struct walk {
    const struct enroll_case *one;
    const struct cs_decision *decision;
    struct cs_sd sd;
    struct cs_token *token;
    struct cs_guid types[1];
    struct cs_access ask;
    const struct cs_rights_vocab *vocab;
    const char *source;
};

static bool make_token(struct walk *walk, bool as_com)
{
    const struct cs_decision *decision = walk->decision;
    struct cs_error ignored;
    struct cs_token_ask ask = {.principal = walk->one->ask.principal,
                               .host = walk->one->ca->host,
                               .logon = decision->local ? CS_LOGON_LOCAL : CS_LOGON_NETWORK};
    if (as_com && decision->as_system)
        ask.logon = CS_LOGON_SERVICE;
    if (cs_token_of(walk->one->lab, walk->one->arena, &ask, &walk->token, &ignored) != CS_OK)
        return false;
    walk->ask.token = walk->token;
    return true;
}

/* ----------------------------------------------------------- DCOM descriptors */

static const struct dcom_gate {
    const char *gate;
    enum cs_dcom_scope scope, fallback; /* the machine's default where an AppID has none */
} dcom_gates[] = {
    {"launch-limit", CS_DCOM_LAUNCH_LIMIT, CS_DCOM_LAUNCH_LIMIT},
    {"launch-permission", CS_DCOM_LAUNCH_PERMISSION, CS_DCOM_LAUNCH_DEFAULT},
    {"access-limit", CS_DCOM_ACCESS_LIMIT, CS_DCOM_ACCESS_LIMIT},
    {"access-permission", CS_DCOM_ACCESS_PERMISSION, CS_DCOM_ACCESS_DEFAULT},
};

/* A stopped service must be launched besides being activated. */
static uint32_t com_rights(const struct walk *walk, bool launch)
{
    const struct cs_service *certsvc =
        cs_service_find(walk->one->lab, walk->one->ca->host, CS_STR("CertSvc"));
    bool stopped = certsvc && certsvc->state != CS_SERVICE_RUNNING;
    uint32_t first = walk->decision->local ? CS_COM_LOCAL : CS_COM_REMOTE;
    uint32_t activate = walk->decision->local ? CS_COM_ACTIVATE_LOCAL : CS_COM_ACTIVATE_REMOTE;
    if (!launch)
        return first;
    return stopped ? activate | first : activate;
}

static bool find_dcom(struct walk *walk, const struct dcom_gate *gate)
{
    const struct enroll_case *one = walk->one;
    struct cs_dcom_sd sds[2];
    bool launch = cs_dcom_scope_kind(gate->scope) == CS_SCOPE_IS_LAUNCH;
    if (!cs_dcom_sds(one->lab, one->arena, one->ca->host, gate->scope, sds) &&
        !cs_dcom_sds(one->lab, one->arena, one->ca->host, gate->fallback, sds))
        return false;
    if (!sds[0].known || sds[0].broken || !make_token(walk, true))
        return false;
    walk->sd = cs_com_widen(one->arena, &sds[0].sd, launch ? CS_COM_LAUNCH : CS_COM_ACCESS);
    walk->ask.desired = com_rights(walk, launch);
    walk->vocab = launch ? &cs_rights_launch : &cs_rights_access;
    walk->source = sds[0].source;
    return true;
}

/* ------------------------------------------------------ the CA's and templates' */

static bool decode(struct walk *walk, struct cs_str bytes)
{
    struct cs_error ignored;
    return bytes.length && make_token(walk, false) &&
           cs_sd_decode(walk->one->arena, bytes, &walk->sd, &ignored) == CS_OK;
}

static bool find_ca(struct walk *walk)
{
    const struct enroll_case *one = walk->one;
    const struct cs_reg_value *value = cs_registry_get(
        one->lab, one->ca->host, cs_ca_key(one->arena, one->ca), CS_STR("Security"));
    walk->ask.desired = CS_CA_ENROLL;
    walk->vocab = &cs_rights_ca;
    walk->source = "registry";
    return value && decode(walk, value->data);
}

static bool find_template(struct walk *walk)
{
    struct cs_error ignored;
    if (cs_guid_parse(cs_str_of(cs_guid_enroll), &walk->types[0], &ignored) != CS_OK)
        return false;
    walk->ask.desired = CS_DS_CONTROL_ACCESS;
    walk->ask.object_types = walk->types;
    walk->ask.object_type_count = 1;
    walk->vocab = &cs_rights_ds;
    walk->source = "directory, asked for Enroll";
    return decode(walk, walk->one->template_->sd);
}

static bool find(struct walk *walk, const struct cs_gate *gate)
{
    for (size_t i = 0; i < CS_COUNT(dcom_gates); i++)
        if (enroll_gate_is(gate, dcom_gates[i].gate))
            return find_dcom(walk, &dcom_gates[i]);
    if (enroll_gate_is(gate, "ca-security"))
        return find_ca(walk);
    return enroll_gate_is(gate, "template-security") && find_template(walk);
}

/* --------------------------------------------------------------------- words */

static struct cs_str path_words(const struct walk *walk, int index)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 4096);
    struct cs_value path = cs_token_path(walk->one->lab, walk->one->arena, walk->token, index);
    for (size_t i = 0; path.kind == CS_LIST && i < path.list.count; i++)
        cs_buf_addf(&buf, "%s%.*s", i ? " > " : "", CS_STR_ARG(path.list.at[i].text));
    struct cs_str words = cs_str_copy(walk->one->arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return words;
}

static void say_step(void *context, const struct cs_step *step)
{
    const struct walk *walk = context;
    const struct cs_ace *ace = &walk->sd.dacl->aces[step->ace];
    struct cs_str text = cs_ace_format(walk->one->arena, ace);
    struct cs_str name = ace->opaque ? CS_STR("?") : enroll_sid_name(walk->one, &ace->sid);
    struct cs_call *call = walk->one->call;
    cs_call_say(call, "%*s%2d  %.*s  %.*s: ", 22, "", step->ace, CS_STR_ARG(text),
                CS_STR_ARG(name));
    bool decides = step->what == CS_STEP_GRANTS || step->what == CS_STEP_DENIES;
    if (!decides) {
        cs_call_say(call, "%s\n", step->why ? step->why : "no match");
        return;
    }
    struct cs_str rights = cs_rights_format(walk->one->arena, walk->vocab, step->bits);
    cs_call_say(call, "%s %.*s", step->what == CS_STEP_GRANTS ? "grants" : "denies",
                CS_STR_ARG(rights));
    if (step->sid >= 0)
        cs_call_say(call, ", by %.*s", CS_STR_ARG(path_words(walk, step->sid)));
    cs_call_say(call, "%s\n", step->left ? "" : "; nothing is left to ask");
}

void enroll_say_trail(const struct enroll_case *one, const struct cs_decision *decision,
                      size_t index)
{
    struct walk walk = {.one = one, .decision = decision};
    if (!find(&walk, decision->gates[index]))
        return;
    cs_call_say(one->call, "%*slist (%s):\n", 22, "", walk.source);
    (void)cs_access_trail(&walk.sd, &walk.ask, say_step, &walk);
}
