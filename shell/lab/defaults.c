/*
 * defaults.c - what a Windows version has of its own accord: DCOM security, flags, rights.
 *
 * The source of built-in labs, of resets (certsvc, setup) and of --assume defaults.  FACTS 1.6
 * has the dumps behind the descriptors.  Not confirmed there, and chosen here alone:
 *   - the order of the entries in 2003 SP1's limits;
 *   - Administrators in DefaultAccessPermission (a dump has them, the documentation does not;
 *     statement K2 of KB 903220 gives them remote access by default);
 *   - the entries of 2019 and newer, taken to be those of 2016;
 *   - InterfaceFlags before 2012 (0x41).
 *
 * Room: lab.
 */
#include <certsh/ca.h>

#define HEAD     "O:BAG:BAD:"
#define DCOM_562 "S-1-5-32-562" /* Distributed COM Users: no alias in SDDL */
#define APP_CAPABILITY                                                                             \
    "S-1-15-3-1024-2405443489-874036122-4286035555-1823921565-1746547431-2453885448-3625952902-"   \
    "991631256"

static const struct {
    const char *name, *value;
    enum cs_com_kind_of_scope kind;
} scopes[CS_DCOM_SCOPE_COUNT] = {
    [CS_DCOM_LAUNCH_LIMIT] = {"launch-limit", "MachineLaunchRestriction", CS_SCOPE_IS_LAUNCH},
    [CS_DCOM_ACCESS_LIMIT] = {"access-limit", "MachineAccessRestriction", CS_SCOPE_IS_ACCESS},
    [CS_DCOM_LAUNCH_DEFAULT] = {"launch-default", "DefaultLaunchPermission", CS_SCOPE_IS_LAUNCH},
    [CS_DCOM_ACCESS_DEFAULT] = {"access-default", "DefaultAccessPermission", CS_SCOPE_IS_ACCESS},
    [CS_DCOM_LAUNCH_PERMISSION] = {"launch-permission", "LaunchPermission", CS_SCOPE_IS_LAUNCH},
    [CS_DCOM_ACCESS_PERMISSION] = {"access-permission", "AccessPermission", CS_SCOPE_IS_ACCESS},
};

const char *cs_dcom_scope_name(enum cs_dcom_scope scope)
{
    return scopes[scope].name;
}

bool cs_dcom_scope_find(struct cs_str name, enum cs_dcom_scope *scope)
{
    for (int i = 0; i < CS_DCOM_SCOPE_COUNT; i++) {
        if (!cs_str_same(name, cs_str_of(scopes[i].name)))
            continue;
        *scope = (enum cs_dcom_scope)i;
        return true;
    }
    return false;
}

const char *cs_dcom_scope_value(enum cs_dcom_scope scope)
{
    return scopes[scope].value;
}

enum cs_com_kind_of_scope cs_dcom_scope_kind(enum cs_dcom_scope scope)
{
    return scopes[scope].kind;
}

/* Oldest first: a version has the row of the newest `since` that is not newer than it. */
static const struct era {
    enum cs_windows since;
    const char *sddl[CS_DCOM_SCOPE_COUNT];
} eras[] = {
    {CS_WINDOWS_2000,
     {
         [CS_DCOM_LAUNCH_DEFAULT] = HEAD "(A;;CC;;;BA)(A;;CC;;;IU)(A;;CC;;;SY)",
         [CS_DCOM_ACCESS_DEFAULT] = HEAD "(A;;CC;;;PS)(A;;CC;;;SY)",
         [CS_DCOM_LAUNCH_PERMISSION] = HEAD "(A;;CC;;;WD)",
         [CS_DCOM_ACCESS_PERMISSION] = HEAD "(A;;CC;;;WD)",
     }},
    {CS_WINDOWS_XP_SP2,
     {
         [CS_DCOM_LAUNCH_LIMIT] = HEAD "(A;;CCDCLCSWRP;;;BA)(A;;CCDCSW;;;WD)",
         [CS_DCOM_ACCESS_LIMIT] = HEAD "(A;;CCDCLC;;;WD)(A;;CCDC;;;AN)",
     }},
    {CS_WINDOWS_2003_SP1,
     {
         [CS_DCOM_LAUNCH_LIMIT] =
             HEAD "(A;;CCDCLCSWRP;;;BA)(A;;CCDCSW;;;WD)(A;;CCDCLCSWRP;;;" DCOM_562 ")",
         [CS_DCOM_ACCESS_LIMIT] = HEAD "(A;;CCDCLC;;;WD)(A;;CCDCLC;;;AN)(A;;CCDCLC;;;" DCOM_562 ")",
     }},
    {CS_WINDOWS_VISTA,
     {
         [CS_DCOM_LAUNCH_LIMIT] = HEAD "(A;;CCDCSW;;;WD)(A;;CCDCLCSWRP;;;BA)"
                                       "(A;;CCDCLCSWRP;;;LU)(A;;CCDCLCSWRP;;;" DCOM_562 ")",
         [CS_DCOM_ACCESS_LIMIT] = HEAD "(A;;CCDCLC;;;WD)(A;;CCDCLC;;;LU)"
                                       "(A;;CCDCLC;;;" DCOM_562 ")(A;;CCDCLC;;;AN)",
     }},
    {CS_WINDOWS_8,
     {
         [CS_DCOM_LAUNCH_LIMIT] = HEAD "(A;;CCDCSW;;;WD)(A;;CCDCLCSWRP;;;BA)(A;;CCDCLCSWRP;;;LU)"
                                       "(A;;CCDCLCSWRP;;;" DCOM_562 ")(A;;CCDCSW;;;AC)",
         [CS_DCOM_ACCESS_LIMIT] = HEAD "(A;;CCDCLC;;;WD)(A;;CCDCLC;;;LU)"
                                       "(A;;CCDCLC;;;" DCOM_562 ")(A;;CCDCLC;;;AN)(A;;CCDC;;;AC)",
     }},
    {CS_WINDOWS_10,
     {
         [CS_DCOM_LAUNCH_LIMIT] =
             HEAD "(A;;CCDCSW;;;WD)(A;;CCDCLCSWRP;;;BA)(A;;CCDCLCSWRP;;;LU)"
                  "(A;;CCDCLCSWRP;;;" DCOM_562 ")(A;;CCDCSW;;;AC)(A;;CCDCSW;;;" APP_CAPABILITY ")",
         [CS_DCOM_ACCESS_LIMIT] =
             HEAD "(A;;CCDCLC;;;WD)(A;;CCDCLC;;;LU)(A;;CCDCLC;;;" DCOM_562 ")(A;;CCDC;;;AN)"
                  "(A;;CCDC;;;AC)(A;;CCDC;;;" APP_CAPABILITY ")",
     }},
};

/* The same in every version that knows the new rights. */
static const char *const since_sp1[CS_DCOM_SCOPE_COUNT] = {
    [CS_DCOM_LAUNCH_DEFAULT] = HEAD "(A;;CCDCLCSWRP;;;BA)(A;;CCDCLCSWRP;;;IU)(A;;CCDCLCSWRP;;;SY)",
    [CS_DCOM_ACCESS_DEFAULT] = HEAD "(A;;CCDCLC;;;PS)(A;;CCDC;;;SY)(A;;CCDCLC;;;BA)",
    [CS_DCOM_LAUNCH_PERMISSION] = HEAD "(A;;CCSWRP;;;WD)", /* K6, K7 */
    [CS_DCOM_ACCESS_PERMISSION] = HEAD "(A;;CCDCLC;;;WD)", /* K5 */
};

const char *cs_default_dcom(enum cs_windows windows, enum cs_dcom_scope scope)
{
    if (windows == CS_WINDOWS_UNKNOWN)
        return NULL;
    if (!cs_windows_info(windows)->limits)
        return eras[0].sddl[scope];
    if (since_sp1[scope])
        return since_sp1[scope];
    const char *sddl = NULL;
    for (size_t i = 0; i < CS_COUNT(eras) && eras[i].since <= windows; i++)
        sddl = eras[i].sddl[scope];
    return sddl;
}

uint32_t cs_default_interface_flags(enum cs_windows windows)
{
    return windows >= CS_WINDOWS_2012 ? 0x641 : 0x41;
}

/* FACTS 10 and 7.1; an empty text is "nobody". */
static const struct {
    const char *right, *member, *dc;
} rights[] = {
    {"SeNetworkLogonRight", "S-1-1-0,S-1-5-32-544,S-1-5-32-545,S-1-5-32-551",
     "S-1-1-0,S-1-5-11,S-1-5-9,S-1-5-32-544,S-1-5-32-554"},
    {"SeDenyNetworkLogonRight", "", ""},
    {"SeInteractiveLogonRight", "S-1-5-32-544,S-1-5-32-545,S-1-5-32-551",
     "S-1-5-32-544,S-1-5-32-548,S-1-5-32-549,S-1-5-32-550,S-1-5-32-551"},
    {"SeDenyInteractiveLogonRight", "", ""},
    {"SeBatchLogonRight", "S-1-5-32-544,S-1-5-32-551", "S-1-5-32-544,S-1-5-32-551"},
    {"SeDenyBatchLogonRight", "", ""},
    {"SeServiceLogonRight", "S-1-5-20", "S-1-5-20"},
    {"SeDenyServiceLogonRight", "", ""},
};

const char *cs_default_right(enum cs_role role, struct cs_str right)
{
    for (size_t i = 0; i < CS_COUNT(rights); i++) {
        if (cs_str_same(right, cs_str_of(rights[i].right)))
            return role == CS_ROLE_DC ? rights[i].dc : rights[i].member;
    }
    return NULL;
}

/* certsrv.h */
static const struct cs_flag setup_flags[] = {
    {0x1, "SETUP_SERVER_FLAG"},
    {0x2, "SETUP_CLIENT_FLAG"},
    {0x4, "SETUP_SUSPEND_FLAG"},
    {0x8, "SETUP_REQUEST_FLAG"},
    {0x10, "SETUP_ONLINE_FLAG"},
    {0x20, "SETUP_DENIED_FLAG"},
    {0x40, "SETUP_CREATEDB_FLAG"},
    {0x80, "SETUP_ATTEMPT_VROOT_CREATE"},
    {0x100, "SETUP_FORCECRL_FLAG"},
    {0x200, "SETUP_UPDATE_CAOBJECT_SVRTYPE"},
    {0x400, "SETUP_SERVER_UPGRADED_FLAG"},
    {0x800, "SETUP_W2K_SECURITY_NOT_UPGRADED_FLAG"},
    {0x1000, "SETUP_SECURITY_CHANGED"},
    {CS_SETUP_DCOM_SECURITY_UPDATED, "SETUP_DCOM_SECURITY_UPDATED_FLAG"},
    {0x4000, "SETUP_SERVER_IS_UP_TO_DATE_FLAG"},
};

static const struct cs_flag interface_flags[] = {
    {0x1, "IF_LOCKICERTREQUEST"},           {0x2, "IF_NOREMOTEICERTREQUEST"},
    {0x4, "IF_NOLOCALICERTREQUEST"},        {0x8, "IF_NORPCICERTREQUEST"},
    {0x10, "IF_NOREMOTEICERTADMIN"},        {0x20, "IF_NOLOCALICERTADMIN"},
    {0x40, "IF_NOREMOTEICERTADMINBACKUP"},  {0x80, "IF_NOLOCALICERTADMINBACKUP"},
    {0x100, "IF_NOSNAPSHOTBACKUP"},         {0x200, "IF_ENFORCEENCRYPTICERTREQUEST"},
    {0x400, "IF_ENFORCEENCRYPTICERTADMIN"}, {0x800, "IF_ENABLEEXITKEYRETRIEVAL"},
    {0x1000, "IF_ENABLEADMINASAUDITOR"},    {0x2000, "IF_ENABLEPRESIGNSUPPORT"},
};

const struct cs_flag *cs_setup_flags(size_t *count)
{
    *count = CS_COUNT(setup_flags);
    return setup_flags;
}

const struct cs_flag *cs_interface_flags(size_t *count)
{
    *count = CS_COUNT(interface_flags);
    return interface_flags;
}
