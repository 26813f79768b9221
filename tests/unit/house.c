/* house.c - a small lab in C (see house.h). */
#include "house.h"

#include <string.h>

static struct cs_error err;

#define must(call) ck_assert_msg((call) == CS_OK, "%s (%s)", err.text, err.where)

static struct cs_sid sid_of(const char *text)
{
    struct cs_sid sid = {0};
    if (text)
        must(cs_sid_parse(cs_str_of(text), &sid, &err));
    return sid;
}

cs_id house_group(struct house *house, enum cs_scope scope, cs_id domain, cs_id host,
                  const char *name, const char *sid)
{
    cs_id id = 0;
    struct cs_principal p = {.kind = CS_GROUP,
                             .scope = scope,
                             .security = true,
                             .domain = domain,
                             .host = host,
                             .sid = sid_of(sid),
                             .name = cs_str_of(name)};
    must(cs_principal_put(house->lab, &p, &id, &err));
    return id;
}

static cs_id account(struct house *house, enum cs_principal_kind kind, const char *name,
                     uint32_t primary)
{
    cs_id id = 0;
    struct cs_principal p = {.kind = kind,
                             .domain = house->corp,
                             .primary = primary,
                             .uac = primary == 516 ? CS_UAC_DC : 0,
                             .name = cs_str_of(name)};
    p.dns = kind == CS_COMPUTER ? cs_str_printf(house->arena, "%s.corp.example", name) : CS_STR("");
    if (kind == CS_USER) {
        p.mail = p.upn = cs_str_printf(house->arena, "%s@corp.example", name);
    }
    must(cs_principal_put(house->lab, &p, &id, &err));
    return id;
}

static void right(struct house *house, cs_id host, enum cs_role role, const char *name)
{
    struct cs_str sids[8];
    struct cs_right_grant grant = {.host = host, .name = cs_str_of(name), .sids = {sids, 0}};
    struct cs_str rest = cs_str_of(cs_default_right(role, cs_str_of(name)));
    while (rest.length) {
        ptrdiff_t comma = cs_str_find(rest, ',');
        size_t length = comma < 0 ? rest.length : (size_t)comma;
        sids[grant.sids.count++] = cs_str_span(rest.at, length);
        rest = cs_str_from(rest, comma < 0 ? length : length + 1);
    }
    must(cs_right_put(house->lab, &grant, NULL, &err));
}

void house_sd(struct house *house, cs_id host, struct cs_str key, const char *name,
              const char *sddl)
{
    struct cs_sd sd;
    struct cs_str bytes;
    struct cs_source source = {0};
    must(cs_sddl_parse(house->arena, cs_str_of(sddl), NULL, &sd, &err));
    must(cs_sd_encode_registry(house->arena, &sd, &bytes, &err));
    must(cs_registry_set(house->lab, host, key, cs_str_of(name), CS_REG_BINARY, bytes, source,
                         &err));
}

void house_grant(struct house *house, cs_id host, const char *right, const char *sid)
{
    struct cs_str sids[] = {cs_str_of(sid)};
    struct cs_right_grant change = *cs_right_find(house->lab, host, cs_str_of(right));
    change.sids = (struct cs_strs){sids, sid[0] ? 1 : 0};
    must(cs_right_put(house->lab, &change, NULL, &err));
}

const char *house_sddl(struct house *house, cs_id host, struct cs_str key, const char *name)
{
    const struct cs_reg_value *value = cs_registry_get(house->lab, host, key, cs_str_of(name));
    struct cs_sd sd;
    struct cs_str text;
    if (!value || cs_sd_decode(house->arena, value->data, &sd, &err) != CS_OK)
        return "";
    must(cs_sddl_format(house->arena, &sd, NULL, &text, &err));
    return cs_str_c(house->arena, text);
}

void house_number(struct house *house, cs_id host, struct cs_str key, const char *name,
                  uint32_t number)
{
    must(cs_registry_set_number(house->lab, host, key, cs_str_of(name), number, &err));
}

void house_text(struct house *house, cs_id host, struct cs_str key, const char *name,
                const char *text)
{
    must(cs_registry_set_text(house->lab, host, key, cs_str_of(name), cs_str_of(text), &err));
}

/* The values that setup writes in every version; limits and defaults where there are any. */
static void ole(struct house *house, cs_id host, enum cs_windows windows)
{
    for (int scope = CS_DCOM_LAUNCH_LIMIT; scope <= CS_DCOM_LAUNCH_DEFAULT; scope++) {
        const char *sddl = cs_default_dcom(windows, (enum cs_dcom_scope)scope);
        if (sddl)
            house_sd(house, host, CS_KEY_OLE, cs_dcom_scope_value((enum cs_dcom_scope)scope), sddl);
    }
    must(cs_registry_set_text(house->lab, host, CS_KEY_OLE, CS_STR("EnableDCOM"), CS_STR("Y"),
                              &err));
}

static cs_id machine(struct house *house, const char *name, enum cs_role role,
                     enum cs_windows windows, cs_id its_account, const char *sid)
{
    cs_id id = 0;
    struct cs_host host = {.name = cs_str_of(name),
                           .dns = cs_str_printf(house->arena, "%s.corp.example", name),
                           .domain = house->corp,
                           .account = its_account,
                           .role = role,
                           .windows = windows,
                           .edition = CS_STR("Enterprise Edition"),
                           .language = CS_STR("en"),
                           .complete = true};
    if (sid)
        host.machine = sid_of(sid);
    must(cs_host_put(house->lab, &host, &id, &err));
    ole(house, id, windows);
    right(house, id, role, "SeNetworkLogonRight");
    right(house, id, role, "SeDenyNetworkLogonRight");
    return id;
}

static cs_id template_(struct house *house, const char *name, const char *display, uint32_t schema,
                       uint32_t names)
{
    cs_id id = 0;
    struct cs_sd sd;
    struct cs_template record = {.forest = CS_STR("corp.example"),
                                 .name = cs_str_of(name),
                                 .display = cs_str_of(display),
                                 .schema = schema,
                                 .name_flags = names};
    struct cs_str sddl = cs_default_template_security(house->arena, record.name,
                                                      &cs_domain_get(house->lab, house->corp)->sid);
    must(cs_sddl_parse(house->arena, sddl, NULL, &sd, &err));
    must(cs_sd_encode(house->arena, &sd, &record.sd, &err));
    must(cs_template_put(house->lab, &record, &id, &err));
    return id;
}

static void authority(struct house *house)
{
    static const struct cs_str published[] = {
        {"User", 4}, {"Machine", 7}, {"DirectoryEmailReplication", 25}};
    const struct cs_host *host = cs_host_get(house->lab, house->ca_host);
    struct cs_ca ca = {.name = CS_STR("CORP-CA"),
                       .dns = host->dns,
                       .host = house->ca_host,
                       .templates = {published, CS_COUNT(published)},
                       .templates_known = true};
    must(cs_ca_put(house->lab, &ca, &house->ca, &err));
    const struct cs_sid *domain = &cs_domain_get(house->lab, house->corp)->sid;
    struct cs_str sddl = cs_default_ca_security(house->arena, domain, domain);
    struct cs_str key = cs_ca_key(house->arena, &ca);
    house_sd(house, house->ca_host, key, "Security", cs_str_c(house->arena, sddl));
    house_number(house, house->ca_host, CS_KEY_CERTSVC, "SetupStatus", 0x4001);
    for (int scope = CS_DCOM_LAUNCH_PERMISSION; scope < CS_DCOM_SCOPE_COUNT; scope++)
        house_sd(house, house->ca_host, CS_KEY_CERTSRV_REQUEST,
                 cs_dcom_scope_value((enum cs_dcom_scope)scope),
                 cs_default_dcom(host->windows, (enum cs_dcom_scope)scope));
    struct cs_service service = {.host = house->ca_host,
                                 .name = CS_STR("CertSvc"),
                                 .display = CS_STR("Certificate Services"),
                                 .state = CS_SERVICE_RUNNING,
                                 .start = CS_START_AUTO};
    must(cs_service_put(house->lab, &service, &house->service, &err));
    struct cs_certsvc_update did;
    must(cs_certsvc_update(house->lab, house->ca_host, &did, &err));
}

static void directory(struct house *house)
{
    struct cs_domain domain = {.dns = CS_STR("corp.example"),
                               .netbios = CS_STR("CORP"),
                               .forest = CS_STR("corp.example"),
                               .sid = sid_of("S-1-5-21-1-2-3")};
    must(cs_domain_put(house->lab, &domain, &house->corp, &err));
    cs_id corp = house->corp;
    house->admins =
        house_group(house, CS_SCOPE_GLOBAL, corp, 0, "Domain Admins", "S-1-5-21-1-2-3-512");
    house->users =
        house_group(house, CS_SCOPE_GLOBAL, corp, 0, "Domain Users", "S-1-5-21-1-2-3-513");
    house->computers =
        house_group(house, CS_SCOPE_GLOBAL, corp, 0, "Domain Computers", "S-1-5-21-1-2-3-515");
    house->controllers =
        house_group(house, CS_SCOPE_GLOBAL, corp, 0, "Domain Controllers", "S-1-5-21-1-2-3-516");
    cs_id admins = house_group(house, CS_SCOPE_BUILTIN, corp, 0, "Administrators", "S-1-5-32-544");
    must(cs_member_add(house->lab, admins, house->admins, &err));
    house->alice = account(house, CS_USER, "alice", 513);
    house->bob = account(house, CS_USER, "bob", 513);
    house->dc01_account = account(house, CS_COMPUTER, "DC01$", 516);
    house->dc02_account = account(house, CS_COMPUTER, "DC02$", 516);
    house->srv01_account = account(house, CS_COMPUTER, "SRV01$", 515);
    house->ws01_account = account(house, CS_COMPUTER, "WS01$", 515);
}

static void local_groups(struct house *house, cs_id host)
{
    cs_id admins = house_group(house, CS_SCOPE_BUILTIN, 0, host, "Administrators", "S-1-5-32-544");
    must(cs_member_add(house->lab, admins, house->admins, &err));
}

struct house house_make(enum cs_windows servers, bool member)
{
    struct house house = {.lab = cs_lab_new(), .arena = cs_arena_new()};
    enum cs_windows clients = servers >= CS_WINDOWS_VISTA ? CS_WINDOWS_10 : CS_WINDOWS_XP_SP2;
    cs_lab_set_clock(house.lab, 1164877200);
    directory(&house);
    house.dc01 = machine(&house, "DC01", CS_ROLE_DC, servers, house.dc01_account, NULL);
    house.dc02 = machine(&house, "DC02", CS_ROLE_DC, servers, house.dc02_account, NULL);
    house.srv01 =
        machine(&house, "SRV01", CS_ROLE_MEMBER, servers, house.srv01_account, "S-1-5-21-9-9-9");
    house.ws01 =
        machine(&house, "WS01", CS_ROLE_WORKSTATION, clients, house.ws01_account, "S-1-5-21-8-8-8");
    local_groups(&house, house.srv01);
    house.user = template_(&house, "User", "User", 1, 0xa6000000u);
    house.machine = template_(&house, "Machine", "Computer", 1, CS_NAME_SAN_REQUIRE_DNS);
    house.der = template_(&house, "DirectoryEmailReplication", "Directory Email Replication", 2,
                          CS_NAME_SAN_REQUIRE_DNS);
    house.ca_host = member ? house.srv01 : house.dc01;
    authority(&house);
    cs_lab_seal(house.lab, NULL);
    return house;
}

void house_free(struct house *house)
{
    cs_lab_free(house->lab);
    cs_arena_free(house->arena);
}

struct cs_decision house_ask(struct house *house, cs_id principal, cs_id template_id)
{
    struct cs_question *ask = cs_arena_alloc(house->arena, sizeof(*ask));
    *ask = (struct cs_question){.principal = principal, .template_ = template_id, .ca = house->ca};
    struct cs_decision decision;
    must(cs_enroll_check(house->lab, house->arena, ask, true, &decision, &err));
    return decision;
}

struct cs_enrollment house_request(struct house *house, const struct cs_question *ask)
{
    struct cs_enrollment enrollment;
    must(cs_enroll_request(house->lab, house->arena, ask, &enrollment, &err));
    return enrollment;
}

const struct cs_gate_answer *house_gate(const struct cs_decision *decision, const char *gate)
{
    for (size_t i = 0; i < decision->count; i++)
        if (strcmp(decision->gates[i]->name, gate) == 0)
            return &decision->answers[i];
    ck_abort_msg("no gate '%s'", gate);
}

const char *house_first(const struct cs_decision *decision)
{
    return decision->first < 0 ? "" : decision->gates[decision->first]->name;
}

struct last_event {
    cs_id host;
    uint32_t id;
    const struct cs_event *found;
};

static bool note_event(void *context, const struct cs_record *record)
{
    struct last_event *last = context;
    const struct cs_event *event = (const struct cs_event *)record;
    if (event->host == last->host && event->event_id == last->id)
        last->found = event;
    return true;
}

const struct cs_event *house_event(struct house *house, cs_id host, uint32_t id)
{
    struct last_event last = {.host = host, .id = id};
    cs_record_each(house->lab, CS_NOUN_EVENT, note_event, &last);
    return last.found;
}

bool house_has(struct cs_str text, const char *part)
{
    size_t length = strlen(part);
    for (size_t i = 0; i + length <= text.length; i++)
        if (memcmp(text.at + i, part, length) == 0)
            return true;
    return false;
}
