/*
 * net.h - what the files of this plugin share: where the command acts, and how net.exe speaks.
 */
#ifndef NET_H
#define NET_H

#include <certsh/plugin.h>

/* Where a command acts: the lab, the current host, and the call's memory. */
struct net_here {
    struct cs_lab *lab;
    struct cs_arena *arena;
    const struct cs_host *host;
};
cs_status net_here(const struct cs_call *call, struct net_here *here, struct cs_error *err);

/* Message `number` of net.exe in the host's language, %1 replaced; in the call's memory. */
struct cs_str net_text(const struct net_here *here, uint32_t number, struct cs_str arg);

/* "TEXT", blank, "More help is available by typing NET HELPMSG n."  Returns `status`. */
cs_status net_fail_help(const struct net_here *here, struct cs_error *err, cs_status status,
                        uint32_t number, struct cs_str arg);
/* "System error n has occurred.", blank, the system's text.  Returns `status`. */
cs_status net_fail_system(const struct net_here *here, struct cs_error *err, cs_status status,
                          uint32_t number);
/* What the lab refused, in net.exe's words where the refusal has Windows' number. */
cs_status net_fail_lab(const struct net_here *here, struct cs_error *err);

/* A name as this host's own tools print it: its own authority's accounts are bare. */
struct cs_str net_name(const struct net_here *here, cs_id id);

/* "Alias name     NAME", "Comment        TEXT", "Members" and the rule: the top of a group page. */
void net_say_group(struct cs_call *call, const struct net_here *here, uint32_t name_label,
                   const struct cs_principal *group);
/* "Aliases for \\\\HOST" and the rule: the top of a list of groups. */
void net_say_list(struct cs_call *call, const struct net_here *here, uint32_t title);
/* /domain on a machine that is no domain controller: who will do it. */
void net_say_remote(struct cs_call *call, const struct net_here *here, bool domain);
void net_say_done(struct cs_call *call, const struct net_here *here);

/* The words of `net localgroup` and `net group`, taken apart. */
struct net_group_words {
    bool add, remove, domain, has_comment;
    bool global; /* net group: its own numbers for what the system refuses */
    bool named;  /* a group is given: `name` */
    struct cs_str name;
    struct cs_str comment;
    const struct cs_str *members;
    size_t member_count;
};
cs_status net_group_words(struct cs_call *call, struct net_group_words *words,
                          struct cs_error *err);
/* Whose groups a command means: a domain's (`domain` set), or this machine's (`machine` set). */
struct net_authority {
    cs_id domain, machine;
};
/* What the lab refused, in the words of the command: net group has numbers of its own. */
cs_status net_group_refused(const struct net_here *here, bool global, struct cs_error *err);
/* The groups a command lists, in order of their names. */
struct net_group_list {
    struct cs_principal *at;
    size_t count;
};
typedef bool net_group_fn(const struct net_here *here, struct net_authority whose,
                          const struct cs_principal *group);
struct net_group_list net_group_collect(const struct net_here *here, struct net_authority whose,
                                        net_group_fn *wanted);
cs_status net_group_list(struct cs_call *call, const struct net_here *here,
                         const struct net_group_list *list, struct cs_error *err);
/* One row: the group, its comment, a member (0: none) and what was done to it. */
cs_status net_group_row(struct cs_call *call, const struct net_here *here,
                        const struct cs_principal *group, cs_id member, const char *change,
                        struct cs_error *err);
/* Add or remove every member of `words`, giving a row each. */
cs_status net_group_change(struct cs_call *call, const struct net_here *here,
                           const struct cs_principal *group, const struct net_group_words *words,
                           struct cs_error *err);

cs_status net_start(struct cs_call *call, struct cs_error *err);
cs_status net_stop(struct cs_call *call, struct cs_error *err);
cs_status net_localgroup(struct cs_call *call, struct cs_error *err);
cs_status net_group(struct cs_call *call, struct cs_error *err);
cs_status net_helpmsg(struct cs_call *call, struct cs_error *err);

#endif
