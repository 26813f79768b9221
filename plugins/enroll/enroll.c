/*
 * enroll - the question this shell is for: may this principal get a certificate here, and if
 * not, at which gate, why, and what is the smallest change that helps?
 *
 *     enroll check CORP\DC02$ DirectoryEmailReplication      every gate, with its evidence
 *     enroll request CORP\alice User                         do it; events are logged
 *     enroll who Machine --not                               everybody who cannot
 *     enroll fix CORP\DC02$ DirectoryEmailReplication        changes that help, best first
 *     enroll summary                                         one screen about one CA
 *
 * The gates themselves are the lab's (certsh/gate.h); this plugin asks them and finds words.
 * A fix is never looked up in a table.  There is a declared set of actions (candidate.c); each
 * is done in a what-if that is always rolled back, then each pair, until some help; everybody
 * is asked before and after, and what helps is ranked.  What Windows refuses (a wrong scope, a
 * second membership) is refused in the what-if as well, and so never offered.
 *
 * Files: ask (the question), check, pattern (causes that have a name), request, who; for a fix
 * change, edit and list (what a change is and does), candidate, dcom and ca (what could help),
 * trial, sets and search (what does), crowd and rank (which is best), words, render and effect
 * (what is told), syntax and as_* (how it is written for Windows), fix; summary.
 */
#include "effect.h"

static const struct cs_param check_params[] = {
    {"principal", &cs_type_principal, "who asks"},
    {"template", &cs_type_template, "for which template"},
    {"ca", &cs_type_ca, "at which CA (the current host's, else the only one)", CS_OPTION},
    {"from", &cs_type_host, "from which host (a computer from itself)", CS_OPTION},
    {"full", &cs_type_bool, "with every step of every list", CS_FLAG},
};

static const struct cs_type syntax_type = {
    .name = "syntax",
    .json = "string",
    .brief = "cmd, powershell, reg, ldif or ansible",
    .choices = enroll_syntax_names,
};

static const char *const reasons[] = {"gate", NULL};
static const struct cs_type reason_type = {
    .name = "reason", .json = "string", .brief = "gate", .choices = reasons};

static const struct cs_command commands[] = {
    {
        .name = "enroll check",
        .brief = "ask every gate between a principal and a certificate",
        .detail = "All gates are asked, also those behind one that refuses.  Exit code 0 when "
                  "allowed, 2 when refused, 4 when a fact is missing.  --full shows every entry "
                  "of every list that was walked, and says what the model leaves out.",
        .run = enroll_check,
        .params = {check_params, CS_COUNT(check_params)},
        .result = CS_FIELDS({"gate", &cs_type_text, "which gate"},
                            {"verdict", &cs_type_verdict, "allowed, denied, not-granted, unknown"},
                            {"code", &cs_type_code, "what the client would see, or null"},
                            {"why", &cs_type_text, "one line"},
                            {"ace", &cs_type_text, "the deciding ACE in SDDL, or null"},
                            {"via", &cs_type_list, "membership path to the SID it matched"},
                            {"list", &cs_type_text, "the descriptor that was asked, or null"},
                            {"path", &cs_type_list, "the membership path with scopes"},
                            {"detail", &cs_type_list, "further lines for people"},
                            {"missing", &cs_type_list, "facts nobody gave, and what gives them"},
                            {"assumed", &cs_type_list, "defaults that the answer rests on"},
                            {"token", &cs_type_text, "how old the caller's token is"}),
        .examples = CS_EXAMPLES({"enroll check CORP\\alice User", "alice can"},
                                {"enroll check CORP\\DC02$ DirectoryEmailReplication",
                                 "the article's classic: a domain controller cannot"}),
        .see = "enroll fix,enroll who,token show,dcom show",
    },
    {
        .name = "enroll request",
        .brief = "request a certificate, as the client would",
        .detail = "A computer's request is auto-enrolment (its failure is event 13 on its host), a "
                  "user's is manual; --auto and --manual say otherwise.  What the CA's policy "
                  "decides behind the gates is the disposition.",
        .run = enroll_request,
        .params = CS_PARAMS({"principal", &cs_type_principal, "who asks"},
                            {"template", &cs_type_template, "for which template"},
                            {"ca", &cs_type_ca, "at which CA", CS_OPTION},
                            {"from", &cs_type_host, "from which host", CS_OPTION},
                            {"auto", &cs_type_bool, "as auto-enrolment", CS_FLAG},
                            {"manual", &cs_type_bool, "as a request by hand", CS_FLAG}),
        .result = CS_FIELDS({"verdict", &cs_type_verdict, "of the gates"},
                            {"code", &cs_type_code, "of the failure, or null"},
                            {"disposition", &cs_type_text, "issued, pending, denied, failed"},
                            {"serial", &cs_type_text, "of the certificate, or null"},
                            {"message", &cs_type_text, "what the client shows"}),
        .examples = CS_EXAMPLES({"enroll request CORP\\alice User", "get one"}),
        .see = "event list,enroll check",
        .flags = CS_COMMAND_WRITES,
    },
    {
        .name = "enroll who",
        .brief = "tell who can enrol for a template, and who cannot",
        .detail = "Every user and computer of the lab is asked, and told in groups: everybody "
                  "with one verdict from one gate, counts first, then names as far as they fit; "
                  "--names gives them all.  --by gate adds what each gate says.  The rows are one "
                  "a principal; with --count and with --by gate one a group, without a principal; "
                  "with --by gate --names one a principal, group by group.",
        .run = enroll_who,
        .params = CS_PARAMS({"template", &cs_type_template, "for which template"},
                            {"ca", &cs_type_ca, "at which CA", CS_OPTION},
                            {"not", &cs_type_bool, "only those who cannot", CS_FLAG},
                            {"by", &reason_type, "group by what refuses", CS_OPTION},
                            {"names", &cs_type_bool, "name everybody", CS_FLAG},
                            {"count", &cs_type_bool, "count instead of list", CS_FLAG}),
        .result = CS_FIELDS({"principal", &cs_type_text, "who; null with --count"},
                            {"sid", &cs_type_sid, "its SID; null with --count"},
                            {"kind", &cs_type_text, "user or computer; null with --count"},
                            {"verdict", &cs_type_verdict, "allowed, denied, not-granted, unknown"},
                            {"gate", &cs_type_text, "the first gate that does not allow, or null"},
                            {"count", &cs_type_int, "of a group how many; else null"}),
        .examples = CS_EXAMPLES({"enroll who DirectoryEmailReplication --not", "who cannot"},
                                {"enroll who User --not --by gate", "what keeps them out?"},
                                {"enroll who User --count", "how many, by gate"}),
        .see = "enroll check,enroll summary",
    },
    {
        .name = "enroll fix",
        .brief = "find the smallest change that lets a principal enrol",
        .detail =
            "Changes are found by trying: every single one of a declared set of actions is done "
            "in a what-if, then every pair, and so on until some help.  Everybody is asked "
            "before and after, and those that help are ranked by how many others they let in, "
            "then by what else they give, by their steps and by the way back.  A membership is "
            "judged as everybody will have it after the next start.\n\n"
            "For a group, a change must help every member; whom it leaves out is told.\n\n"
            "With --apply the change of that rank is done, restarts included.  With --as it is "
            "written for Windows, with --undo the way back.  Exit code 0 also when nothing was "
            "to fix, 2 when nothing helps.",
        .run = enroll_fix,
        .params = CS_PARAMS({"principal", &cs_type_principal, "who should be able to; a group"},
                            {"template", &cs_type_template, "for which template"},
                            {"rank", &cs_type_int, "only the change of this rank", CS_OPTIONAL},
                            {"ca", &cs_type_ca, "at which CA", CS_OPTION},
                            {"from", &cs_type_host, "from which host", CS_OPTION},
                            {"apply", &cs_type_int, "do it: the change of that rank, else the best",
                             CS_OPTION | CS_OPTIONAL},
                            {"as", &syntax_type, "write it for Windows", CS_OPTION},
                            {"undo", &cs_type_bool, "write what takes it back", CS_FLAG},
                            {"names", &cs_type_bool, "name all it lets in", CS_FLAG}),
        .result = CS_FIELDS(
            {"rank", &cs_type_int, "1 is the best"},
            {"change", &cs_type_text, "what to do, in words"},
            {"newly_allowed", &cs_type_list, "others who can enrol after it and could not before"},
            {"newly_denied", &cs_type_list, "others who could before and cannot after it"},
            {"commands", &cs_type_list, "what to type"},
            {"undo", &cs_type_list, "what takes it back"},
            {"then", &cs_type_list, "restarts and logons it needs"},
            {"left_out", &cs_type_list, "members of the group who stay refused"}),
        .examples = CS_EXAMPLES(
            {"enroll fix CORP\\DC02$ DirectoryEmailReplication", "what helps a domain controller?"},
            {"enroll fix CORP\\DC02$ DirectoryEmailReplication --apply 2", "do the second"},
            {"enroll fix \"CORP\\Domain Controllers\" DomainController --as powershell",
             "what helps all of them, as a script"}),
        .see = "enroll check,lab undo",
        .flags = CS_COMMAND_WRITES,
    },
    {
        .name = "enroll summary",
        .brief = "tell on one screen who cannot enrol at a CA, why, and what helps",
        .detail = "Computers are asked for the machine templates the CA publishes, users for the "
                  "user templates; who gets through to one of them is well.  The others are "
                  "grouped by gate and cause, each group with the one change that helps most of "
                  "it and lets in fewest others.  Disabled accounts are left out.",
        .run = enroll_summary,
        .params = CS_PARAMS({"ca", &cs_type_ca, "which CA", CS_OPTION}),
        .result = CS_FIELDS({"kind", &cs_type_text, "computer or user"},
                            {"verdict", &cs_type_verdict, "of the group"},
                            {"gates", &cs_type_list, "the gates that do not allow"},
                            {"cause", &cs_type_text, "why"},
                            {"count", &cs_type_int, "how many it is about"},
                            {"principals", &cs_type_list, "who"},
                            {"change", &cs_type_text, "the smallest single change, or null"},
                            {"helps", &cs_type_int, "how many of the group it helps"},
                            {"newly_allowed", &cs_type_list, "others it lets in"},
                            {"then", &cs_type_list, "restarts and logons it needs"}),
        .examples = CS_EXAMPLES({"enroll summary", "how is the current CA?"}),
        .see = "enroll who,enroll fix",
        .flags = CS_COMMAND_WRITES,
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "enroll",
    .version = "1.0",
    .brief = "who can enrol, why not, and what helps",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
