/*
 * group - groups of domains and machines: list, show, make, fill.
 *
 * `net group` and `net localgroup` act as Windows' own tools do, each on its kinds of groups and
 * from where Windows lets them.  These commands are for whoever knows Get-ADGroup and
 * Add-ADGroupMember: every scope, any domain of the lab, several members at once.
 *
 *     group new CORP\PKI-Enrollees --scope universal
 *     group add PKI-Enrollees CORP\alice CORP\WS01$
 *     group show PKI-Enrollees
 *
 * Who is in a group, nested, is told by `membership list`.
 *
 * Files: show (list, show), change (new, delete, add, remove).
 */
#include "group.h"

static const char *const scopes[] = {"global",  "universal",     "domain-local",
                                     "builtin", "machine-local", NULL};
const struct cs_type group_type_scope = {
    .name = "scope",
    .json = "string",
    .brief = "global, universal, domain-local, builtin or machine-local",
    .choices = scopes,
};

static const char *const new_scopes[] = {"global", "universal", "domain-local", "machine-local",
                                         NULL};
static const struct cs_type type_new_scope = {
    .name = "scope",
    .json = "string",
    .brief = "global, universal, domain-local or machine-local",
    .choices = new_scopes,
};

static const char *const categories[] = {"security", "distribution", NULL};
const struct cs_type group_type_category = {
    .name = "category",
    .json = "string",
    .brief = "security or distribution",
    .choices = categories,
};

#define GROUP_CHANGED                                                                              \
    CS_FIELDS({"name", &cs_type_text, "DOMAIN\\name"}, {"sid", &cs_type_sid, "its SID"},           \
              {"scope", &group_type_scope, "how far it reaches"},                                  \
              {"category", &group_type_category, "only security groups enter a token"},            \
              {"change", &cs_type_text, "created or deleted"})

#define GROUP_MEMBER_CHANGED                                                                       \
    CS_FIELDS({"group", &cs_type_text, "the group"}, {"member", &cs_type_text, "who"},             \
              {"sid", &cs_type_sid, "the member's SID"},                                           \
              {"kind", &cs_type_text, "user, group, computer, well-known, foreign"},               \
              {"change", &cs_type_text, "added or removed"})

static const struct cs_command commands[] = {
    {
        .name = "group list",
        .brief = "list groups",
        .detail = "`members` counts its own members, those by primary group included.",
        .run = group_list,
        .params = CS_PARAMS({"scope", &group_type_scope, "only of this scope", CS_OPTION},
                            {"category", &group_type_category, "only these", CS_OPTION},
                            {"domain", &cs_type_text, "only of this domain", CS_OPTION}),
        .result =
            CS_FIELDS({"name", &cs_type_text, "DOMAIN\\name"}, {"sid", &cs_type_sid, "its SID"},
                      {"scope", &group_type_scope, "how far it reaches"},
                      {"category", &group_type_category, "only security groups enter a token"},
                      {"domain", &cs_type_text, "its domain or machine"},
                      {"members", &cs_type_int, "how many members of its own"}),
        .examples =
            CS_EXAMPLES({"group list --scope domain-local", "the groups that only count at home"}),
        .see = "group show,membership list,principal list",
    },
    {
        .name = "group show",
        .brief = "show one group",
        .detail = "`members` counts its own members, those by primary group included; `all` "
                  "everybody nested.  `open` says that not all members are known.",
        .run = group_show,
        .params = CS_PARAMS({"group", &cs_type_group, "which"}),
        .result =
            CS_FIELDS({"name", &cs_type_text, "DOMAIN\\name"}, {"sid", &cs_type_sid, "its SID"},
                      {"scope", &group_type_scope, "how far it reaches"},
                      {"category", &group_type_category, "only security groups enter a token"},
                      {"domain", &cs_type_text, "its domain or machine"},
                      {"dn", &cs_type_text, "distinguished name"},
                      {"comment", &cs_type_text, "what it is for"},
                      {"members", &cs_type_int, "how many members of its own"},
                      {"all", &cs_type_int, "how many, nested"},
                      {"member_of", &cs_type_list, "the groups that list it"},
                      {"open", &cs_type_bool, "are there members nobody told?"},
                      {"source", &cs_type_text, "where this is known from"}),
        .examples = CS_EXAMPLES({"group show CERTSVC_DCOM_ACCESS", "what kind of group is it?"}),
        .see = "membership list,group list",
    },
    {
        .name = "group new",
        .brief = "make a group",
        .detail = "NAME is DOMAIN\\name, HOST\\name, or a bare name for the current host's "
                  "domain.  Without --scope a domain's group is global and a machine's "
                  "machine-local.",
        .flags = CS_COMMAND_WRITES,
        .run = group_new,
        .params = CS_PARAMS({"name", &cs_type_text, "its name"},
                            {"scope", &type_new_scope, "how far it reaches", CS_OPTION},
                            {"distribution", &cs_type_bool, "for mail only", CS_FLAG},
                            {"comment", &cs_type_text, "what it is for", CS_OPTION}),
        .result = GROUP_CHANGED,
        .examples = CS_EXAMPLES({"group new CORP\\PKI-Enrollees --scope universal",
                                 "a group that counts in the whole forest"}),
        .see = "group add,group delete,net group,net localgroup",
    },
    {
        .name = "group delete",
        .brief = "delete a group",
        .detail = "Built-in groups stay (1371), and so does whatever is somebody's primary group "
                  "(1374).  A group that is made again has another SID.",
        .flags = CS_COMMAND_WRITES,
        .run = group_delete,
        .params = CS_PARAMS({"group", &cs_type_group, "which"}),
        .result = GROUP_CHANGED,
        .examples = CS_EXAMPLES({"group delete CERTSVC_DCOM_ACCESS",
                                 "what the limits say of its SID then, dcom show tells"}),
        .see = "group new",
    },
    {
        .name = "group add",
        .brief = "add members to a group",
        .detail = "All of them, or none where Windows' rules keep one out.  A computer carries a "
                  "new group of its domain only after its next start.",
        .flags = CS_COMMAND_WRITES,
        .run = group_add,
        .params = CS_PARAMS({"group", &cs_type_group, "to which"},
                            {"members", &cs_type_principal, "who", CS_MANY}),
        .result = GROUP_MEMBER_CHANGED,
        .examples = CS_EXAMPLES({"group add CERTSVC_DCOM_ACCESS \"CORP\\Domain Controllers\"",
                                 "the article's advice for domain controllers"}),
        .see = "group remove,membership list,net localgroup",
    },
    {
        .name = "group remove",
        .brief = "remove members from a group",
        .detail = "All of them, or none.  Members by primary group cannot be removed (1374).",
        .flags = CS_COMMAND_WRITES,
        .run = group_remove,
        .params = CS_PARAMS({"group", &cs_type_group, "from which"},
                            {"members", &cs_type_principal, "who", CS_MANY}),
        .result = GROUP_MEMBER_CHANGED,
        .examples = CS_EXAMPLES({"group remove CERTSVC_DCOM_ACCESS \"CORP\\Domain Users\"",
                                 "users cannot enrol any more"}),
        .see = "group add",
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "group",
    .version = "1.0",
    .brief = "groups of domains and machines",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
