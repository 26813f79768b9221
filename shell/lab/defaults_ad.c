/*
 * defaults_ad.c - default security of a certification authority and of certificate templates.
 *
 * FACTS 7.2 and 10 (decoded from two real forests).  SIDs of a domain stand in full, so that
 * the text means the same wherever it is read.
 *
 * Room: lab.
 */
#include <certsh/ca.h>

enum { RID_ADMINS = 512, RID_USERS = 513, RID_COMPUTERS = 515, RID_DCS = 516, RID_EA = 519 };

static const char *domain_sid(const struct cs_sid *domain, uint32_t rid, struct cs_sid_text *out)
{
    struct cs_sid sid = cs_sid_child(domain, rid);
    return cs_sid_format(&sid, out);
}

/* Administrators, Domain and Enterprise Admins manage; Authenticated Users enrol.  A CA
 * without a domain has the local ones only. */
struct cs_str cs_default_ca_security(struct cs_arena *arena, const struct cs_sid *domain,
                                     const struct cs_sid *root)
{
    if (!domain || domain->count == 0)
        return cs_str_of("O:BAG:BAD:(A;;CCDC;;;BA)(A;;0x200;;;AU)");
    if (!root || root->count == 0)
        root = domain;
    struct cs_sid_text admins, enterprise;
    return cs_str_printf(
        arena, "O:BAG:BAD:(A;;CCDC;;;BA)(A;;CCDC;;;%s)(A;;CCDC;;;%s)(A;;0x200;;;AU)",
        domain_sid(domain, RID_ADMINS, &admins), domain_sid(root, RID_EA, &enterprise));
}

/* Who besides Domain and Enterprise Admins may enrol. */
static const struct {
    const char *name;
    uint32_t rid;         /* of the root domain */
    bool every_dc;        /* and Enterprise Domain Controllers */
    bool auto_enrollment; /* both with AutoEnroll too */
} templates[] = {
    {"User", RID_USERS, false, false},
    {"Machine", RID_COMPUTERS, false, false},
    {"Workstation", RID_COMPUTERS, false, false},
    {"DomainController", RID_DCS, true, false},
    {"DirectoryEmailReplication", RID_DCS, true, true},
    {"DomainControllerAuthentication", RID_DCS, true, true},
};

/* 0x130 for one right: read and write property, control access. */
static void add_right(struct cs_buf *buf, const char *guid, const char *sid)
{
    cs_buf_addf(buf, "(OA;;RPWPCR;%s;;%s)", guid, sid);
}

static void add_enrollees(struct cs_buf *buf, size_t row, const struct cs_sid *root)
{
    struct cs_sid_text text;
    const char *own = domain_sid(root, templates[row].rid, &text);
    add_right(buf, cs_guid_enroll, own);
    if (templates[row].every_dc)
        add_right(buf, cs_guid_enroll, "ED");
    if (!templates[row].auto_enrollment)
        return;
    add_right(buf, cs_guid_autoenroll, own);
    add_right(buf, cs_guid_autoenroll, "ED");
}

/* 0xF00FF lacks control access: full control as stored does not imply Enroll. */
static void add_plain(struct cs_buf *buf, const char *admins, const char *enterprise)
{
    cs_buf_addf(buf, "(A;;CCDCLCSWRPWPDTLOSDRCWDWO;;;%s)", admins);
    cs_buf_addf(buf, "(A;;CCDCLCSWRPWPDTLOSDRCWDWO;;;%s)", enterprise);
    cs_buf_adds(buf, "(A;;LCRPLORC;;;AU)");
}

struct cs_str cs_default_template_security(struct cs_arena *arena, struct cs_str name,
                                           const struct cs_sid *root)
{
    size_t row = 0;
    while (row < CS_COUNT(templates) && !cs_str_same(name, cs_str_of(templates[row].name)))
        row++;
    if (row == CS_COUNT(templates) || !root || root->count == 0)
        return CS_STR("");
    struct cs_sid_text admins_text, enterprise_text;
    const char *admins = domain_sid(root, RID_ADMINS, &admins_text);
    const char *enterprise = domain_sid(root, RID_EA, &enterprise_text);
    struct cs_buf buf;
    cs_buf_init(&buf, 8192);
    cs_buf_addf(&buf, "O:%sG:%sD:", enterprise, enterprise);
    add_right(&buf, cs_guid_enroll, admins);
    add_enrollees(&buf, row, root);
    add_right(&buf, cs_guid_enroll, enterprise);
    add_plain(&buf, admins, enterprise);
    struct cs_str sddl = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return sddl;
}
