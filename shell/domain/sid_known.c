/* sid_known.c - the well-known SIDs and the SDDL aliases (see sid.h).  Room: domain. */
#include "sid_in.h"

/* S-1-a-s and S-1-a-s-r as constants. */
#define SID1(auth, s)                                                                              \
    {                                                                                              \
        .authority = (auth), .sub = {s}, .count = 1                                                \
    }
#define SID2(auth, s, r)                                                                           \
    {                                                                                              \
        .authority = (auth), .sub = {s, r}, .count = 2                                             \
    }

const struct cs_sid cs_sid_everyone = SID1(1, 0);
const struct cs_sid cs_sid_network = SID1(5, 2);
const struct cs_sid cs_sid_interactive = SID1(5, 4);
const struct cs_sid cs_sid_anonymous = SID1(5, 7);
const struct cs_sid cs_sid_enterprise_dcs = SID1(5, 9);
const struct cs_sid cs_sid_authenticated_users = SID1(5, 11);
const struct cs_sid cs_sid_this_organization = SID1(5, 15);
const struct cs_sid cs_sid_system = SID1(5, 18);
const struct cs_sid cs_sid_administrators = SID2(5, 32, 544);
const struct cs_sid cs_sid_users = SID2(5, 32, 545);
const struct cs_sid cs_sid_certsvc_dcom_access = SID2(5, 32, 574);
const struct cs_sid cs_sid_owner_rights = SID1(3, 4);
const struct cs_sid cs_sid_principal_self = SID1(5, 10);

#define NT  "NT AUTHORITY"
#define BI  "BUILTIN"
#define APP "APPLICATION PACKAGE AUTHORITY"
#define ML  "Mandatory Label"

/*
 * MS-DTYP 2.4.2.4, in the order of cs_sid_compare (found by halving).  A Japanese Windows
 * leaves most of these names in English; the others are in the last column.
 */
static const struct cs_sid_known known[] = {
    {SID1(0, 0), NULL, "", "NULL SID", NULL},
    {SID1(1, 0), "WD", "", "Everyone", NULL},
    {SID1(2, 0), NULL, "", "LOCAL", NULL},
    {SID1(2, 1), NULL, "", "CONSOLE LOGON", "コンソール ログオン"},
    {SID1(3, 0), "CO", "", "CREATOR OWNER", NULL},
    {SID1(3, 1), "CG", "", "CREATOR GROUP", NULL},
    {SID1(3, 2), NULL, "", "CREATOR OWNER SERVER", NULL},
    {SID1(3, 3), NULL, "", "CREATOR GROUP SERVER", NULL},
    {SID1(3, 4), "OW", "", "OWNER RIGHTS", NULL},
    {SID1(5, 1), NULL, NT, "DIALUP", NULL},
    {SID1(5, 2), "NU", NT, "NETWORK", NULL},
    {SID1(5, 3), NULL, NT, "BATCH", NULL},
    {SID1(5, 4), "IU", NT, "INTERACTIVE", NULL},
    {SID1(5, 6), "SU", NT, "SERVICE", NULL},
    {SID1(5, 7), "AN", NT, "ANONYMOUS LOGON", NULL},
    {SID1(5, 8), NULL, NT, "PROXY", NULL},
    {SID1(5, 9), "ED", NT, "ENTERPRISE DOMAIN CONTROLLERS", NULL},
    {SID1(5, 10), "PS", NT, "SELF", NULL},
    {SID1(5, 11), "AU", NT, "Authenticated Users", NULL},
    {SID1(5, 12), "RC", NT, "RESTRICTED", NULL},
    {SID1(5, 13), NULL, NT, "TERMINAL SERVER USER", NULL},
    {SID1(5, 14), NULL, NT, "REMOTE INTERACTIVE LOGON", NULL},
    {SID1(5, 15), NULL, NT, "This Organization", NULL},
    {SID1(5, 17), NULL, NT, "IUSR", NULL},
    {SID1(5, 18), "SY", NT, "SYSTEM", NULL},
    {SID1(5, 19), "LS", NT, "LOCAL SERVICE", NULL},
    {SID1(5, 20), "NS", NT, "NETWORK SERVICE", NULL},
    {SID2(5, 32, 544), "BA", BI, "Administrators", NULL},
    {SID2(5, 32, 545), "BU", BI, "Users", NULL},
    {SID2(5, 32, 546), "BG", BI, "Guests", NULL},
    {SID2(5, 32, 547), "PU", BI, "Power Users", NULL},
    {SID2(5, 32, 548), "AO", BI, "Account Operators", NULL},
    {SID2(5, 32, 549), "SO", BI, "Server Operators", NULL},
    {SID2(5, 32, 550), "PO", BI, "Print Operators", NULL},
    {SID2(5, 32, 551), "BO", BI, "Backup Operators", NULL},
    {SID2(5, 32, 552), "RE", BI, "Replicator", NULL},
    {SID2(5, 32, 554), "RU", BI, "Pre-Windows 2000 Compatible Access", NULL},
    {SID2(5, 32, 555), "RD", BI, "Remote Desktop Users", NULL},
    {SID2(5, 32, 556), "NO", BI, "Network Configuration Operators", NULL},
    {SID2(5, 32, 557), NULL, BI, "Incoming Forest Trust Builders", NULL},
    {SID2(5, 32, 558), "MU", BI, "Performance Monitor Users", NULL},
    {SID2(5, 32, 559), "LU", BI, "Performance Log Users", NULL},
    {SID2(5, 32, 560), NULL, BI, "Windows Authorization Access Group", NULL},
    {SID2(5, 32, 561), NULL, BI, "Terminal Server License Servers", NULL},
    {SID2(5, 32, 562), NULL, BI, "Distributed COM Users", NULL},
    {SID2(5, 32, 568), "IS", BI, "IIS_IUSRS", NULL},
    {SID2(5, 32, 569), "CY", BI, "Cryptographic Operators", NULL},
    {SID2(5, 32, 573), "ER", BI, "Event Log Readers", NULL},
    {SID2(5, 32, 574), "CD", BI, "Certificate Service DCOM Access", NULL},
    {SID2(5, 32, 575), "RA", BI, "RDS Remote Access Servers", NULL},
    {SID2(5, 32, 576), "ES", BI, "RDS Endpoint Servers", NULL},
    {SID2(5, 32, 577), "MS", BI, "RDS Management Servers", NULL},
    {SID2(5, 32, 578), "HA", BI, "Hyper-V Administrators", NULL},
    {SID2(5, 32, 579), "AA", BI, "Access Control Assistance Operators", NULL},
    {SID2(5, 32, 580), "RM", BI, "Remote Management Users", NULL},
    {SID2(5, 32, 581), NULL, BI, "System Managed Accounts Group", NULL},
    {SID2(5, 32, 582), NULL, BI, "Storage Replica Administrators", NULL},
    {SID2(5, 32, 583), NULL, BI, "Device Owners", NULL},
    {SID2(5, 32, 584), NULL, BI, "User Mode Hardware Operators", NULL},
    {SID2(5, 32, 585), NULL, BI, "OpenSSH Users", NULL},
    {SID1(5, 33), "WR", NT, "WRITE RESTRICTED", NULL},
    {SID2(5, 64, 10), NULL, NT, "NTLM Authentication", "NTLM 認証"},
    {SID2(5, 64, 14), NULL, NT, "SChannel Authentication", NULL},
    {SID2(5, 64, 21), NULL, NT, "Digest Authentication", NULL},
    {SID2(5, 65, 1), NULL, NT, "This Organization Certificate", NULL},
    {SID2(5, 80, 0), NULL, "NT SERVICE", "ALL SERVICES", NULL},
    {SID2(5, 83, 0), NULL, "NT VIRTUAL MACHINE", "Virtual Machines", NULL},
    {{.authority = 5, .sub = {84}, .count = 6}, "UD", NT, "USER MODE DRIVERS", NULL},
    {SID2(5, 90, 0), NULL, "Window Manager", "Window Manager Group", NULL},
    {SID1(5, 113), NULL, NT, "Local account", "ローカル アカウント"},
    {SID1(5, 114), NULL, NT, "Local account and member of Administrators group",
     "ローカル アカウントと Administrators グループのメンバー"},
    {SID1(5, 1000), NULL, NT, "Other Organization", NULL},
    {SID2(15, 2, 1), "AC", APP, "ALL APPLICATION PACKAGES", NULL},
    {SID2(15, 2, 2), NULL, APP, "ALL RESTRICTED APPLICATION PACKAGES", NULL},
    {SID1(16, 0), NULL, ML, "Untrusted Mandatory Level", NULL},
    {SID1(16, 4096), "LW", ML, "Low Mandatory Level", NULL},
    {SID1(16, 8192), "ME", ML, "Medium Mandatory Level", NULL},
    {SID1(16, 8448), "MP", ML, "Medium Plus Mandatory Level", NULL},
    {SID1(16, 12288), "HI", ML, "High Mandatory Level", NULL},
    {SID1(16, 16384), "SI", ML, "System Mandatory Level", NULL},
    {SID1(16, 20480), NULL, ML, "Protected Process Mandatory Level", NULL},
    {SID1(18, 1), "AS", "", "Authentication authority asserted identity", NULL},
    {SID1(18, 2), "SS", "", "Service asserted identity", NULL},
    {SID1(18, 3), NULL, "", "Fresh public key identity", NULL},
    {SID1(18, 4), NULL, "", "Key trust identity", NULL},
    {SID1(18, 5), NULL, "", "Multi-factor authentication key property", NULL},
    {SID1(18, 6), NULL, "", "Attested key property", NULL},
};

/* Whose relative an alias is (FACTS of MS-DTYP 2.5.1.1: forest-wide groups are the root's). */
enum whose { OF_DOMAIN, OF_ROOT, OF_MACHINE };

static const struct relative {
    const char *alias;
    enum whose whose;
    uint32_t rid;
} relatives[] = {
    {"RO", OF_ROOT, 498},   {"LA", OF_MACHINE, 500}, {"LG", OF_MACHINE, 501},
    {"DA", OF_DOMAIN, 512}, {"DU", OF_DOMAIN, 513},  {"DG", OF_DOMAIN, 514},
    {"DC", OF_DOMAIN, 515}, {"DD", OF_DOMAIN, 516},  {"CA", OF_DOMAIN, 517},
    {"SA", OF_ROOT, 518},   {"EA", OF_ROOT, 519},    {"PA", OF_DOMAIN, 520},
    {"CN", OF_DOMAIN, 522}, {"AP", OF_DOMAIN, 525},  {"KA", OF_DOMAIN, 526},
    {"EK", OF_ROOT, 527},   {"RS", OF_DOMAIN, 553},
};

/* Aliases of newer Windows: read, but written in full, since most hosts do not know them. */
static const struct {
    const char *alias;
    struct cs_sid sid;
} newer[] = {{"HO", SID2(5, 32, 584)}, {"SH", SID2(5, 32, 585)}};

static const struct {
    uint32_t rid;
    const char *name;
} rid_names[] = {
    {498, "Enterprise Read-only Domain Controllers"},
    {500, "Administrator"},
    {501, "Guest"},
    {502, "krbtgt"},
    {503, "DefaultAccount"},
    {504, "WDAGUtilityAccount"},
    {512, "Domain Admins"},
    {513, "Domain Users"},
    {514, "Domain Guests"},
    {515, "Domain Computers"},
    {516, "Domain Controllers"},
    {517, "Cert Publishers"},
    {518, "Schema Admins"},
    {519, "Enterprise Admins"},
    {520, "Group Policy Creator Owners"},
    {521, "Read-only Domain Controllers"},
    {522, "Cloneable Domain Controllers"},
    {525, "Protected Users"},
    {526, "Key Admins"},
    {527, "Enterprise Key Admins"},
    {553, "RAS and IAS Servers"},
    {571, "Allowed RODC Password Replication Group"},
    {572, "Denied RODC Password Replication Group"},
};

static const struct cs_sid *sid_of(const struct cs_sddl_scope *scope, enum whose whose)
{
    if (!scope)
        return NULL;
    if (whose == OF_ROOT)
        return scope->root;
    if (whose == OF_MACHINE && scope->machine)
        return scope->machine;
    return scope->domain;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_alias(const char *alias, const char letters[2])
{
    return alias && alias[0] == upper(letters[0]) && alias[1] == upper(letters[1]);
}

static const struct cs_sid *find_fixed(const char letters[2])
{
    for (size_t i = 0; i < CS_COUNT(known); i++)
        if (is_alias(known[i].alias, letters))
            return &known[i].sid;
    for (size_t i = 0; i < CS_COUNT(newer); i++)
        if (is_alias(newer[i].alias, letters))
            return &newer[i].sid;
    return NULL;
}

static const struct relative *find_relative(const char letters[2])
{
    for (size_t i = 0; i < CS_COUNT(relatives); i++)
        if (is_alias(relatives[i].alias, letters))
            return &relatives[i];
    return NULL;
}

/* "NT AUTHORITY\SYSTEM" against its two parts. */
static bool is_full_name(struct cs_str full, const struct cs_sid_known *row, const char *name)
{
    ptrdiff_t slash = cs_str_find(full, '\\');
    if (!name || slash < 0)
        return false;
    return cs_str_same(cs_str_span(full.at, (size_t)slash), cs_str_of(row->authority)) &&
           cs_str_same(cs_str_from(full, (size_t)slash + 1), cs_str_of(name));
}

static bool has_name(const struct cs_sid_known *row, struct cs_str name)
{
    return cs_str_same(name, cs_str_of(row->name)) ||
           (row->name_ja && cs_str_same(name, cs_str_of(row->name_ja))) ||
           is_full_name(name, row, row->name) || is_full_name(name, row, row->name_ja);
}

const struct cs_sid_known *cs_sid_known_table(size_t *count)
{
    *count = CS_COUNT(known);
    return known;
}

const struct cs_sid_known *cs_sid_known_find(const struct cs_sid *sid)
{
    size_t low = 0, high = CS_COUNT(known);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = cs_sid_compare(sid, &known[middle].sid);
        if (order == 0)
            return &known[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct cs_sid_known *cs_sid_known_named(struct cs_str name)
{
    for (size_t i = 0; i < CS_COUNT(known); i++)
        if (has_name(&known[i], name))
            return &known[i];
    return NULL;
}

const char *cs_sid_rid_name(uint32_t rid)
{
    for (size_t i = 0; i < CS_COUNT(rid_names); i++)
        if (rid_names[i].rid == rid)
            return rid_names[i].name;
    return NULL;
}

enum csi_alias_answer csi_alias_find(const char letters[2], const struct cs_sddl_scope *scope,
                                     struct cs_sid *sid)
{
    const struct cs_sid *fixed = find_fixed(letters);
    const struct relative *relative = find_relative(letters);
    if (fixed) {
        *sid = *fixed;
        return CSI_ALIAS_FOUND;
    }
    if (!relative)
        return CSI_ALIAS_UNKNOWN;
    const struct cs_sid *domain = sid_of(scope, relative->whose);
    if (!domain)
        return CSI_ALIAS_NEEDS_DOMAIN;
    *sid = cs_sid_child(domain, relative->rid);
    return CSI_ALIAS_FOUND;
}

const char *csi_alias_of(const struct cs_sid *sid, const struct cs_sddl_scope *scope)
{
    const struct cs_sid_known *row = cs_sid_known_find(sid);
    if (row)
        return row->alias;
    for (size_t i = 0; scope && i < CS_COUNT(relatives); i++) {
        const struct cs_sid *domain = sid_of(scope, relatives[i].whose);
        if (domain && relatives[i].rid == cs_sid_rid(sid) && cs_sid_in(sid, domain))
            return relatives[i].alias;
    }
    return NULL;
}
