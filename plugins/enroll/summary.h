/* summary.h - what a summary is made of (see summary.c). */
#ifndef ENROLL_SUMMARY_H
#define ENROLL_SUMMARY_H

#include "enroll.h"

enum { MOST_TEMPLATES = 64 };

struct kind {
    const char *one, *many;
    enum cs_principal_kind kind;
    const struct cs_template *templates[MOST_TEMPLATES];
    size_t count;                      /* of templates */
    size_t granted[2][MOST_TEMPLATES]; /* how many got one by it: members, domain controllers */
    bool only_ca; /* no such template is published: asked is how far they come at the CA */
    size_t asked, well, disabled;
};

/* Those with the same trouble. */
struct group {
    struct kind *kind;
    uint64_t cause, gates; /* bits: the gates that do not allow */
    enum cs_verdict_kind verdict;
    struct enroll_pattern pattern;
    struct cs_str why;
    const struct cs_template *template_; /* that the first comes nearest to */
    cs_id *members;
    size_t count, room;
    /* what helps */
    const struct enroll_change *change;
    struct enroll_fixes fixes;
    size_t helps, others;
    size_t alike;     /* how many of them the same change helps, made for each */
    bool at_ca;       /* the gates are those of the CA, not of its templates */
    bool at_template; /* behind the CA's own gates its templates refuse, too */
};

struct summary {
    struct enroll_case one;
    struct cs_error *err;
    cs_status status;
    struct kind kinds[2];
    struct group groups[64];
    size_t group_count;
    const struct cs_gate *gates[64];
    size_t gate_count, ca_gates; /* all; those before the gates of the template */
    struct cs_list_maker assumed;
};

/* How many of the first `end` gates do not allow. */
size_t enroll_summary_not_allowed(const struct cs_decision *decision, size_t end);
bool enroll_summary_is_dc(const struct cs_principal *who);
/* Is that principal one of the group? */
bool enroll_summary_holds(const struct group *group, cs_id id);
/* Find the change that helps most of it. */
void enroll_summary_fix(struct summary *summary, struct group *group);
/* Names of the gates of a group. */
struct cs_value enroll_summary_gates(const struct summary *summary, uint64_t bits);
/* "K11, a domain controller is not in ...": why a group cannot enrol. */
struct cs_str enroll_summary_cause(const struct summary *summary, const struct group *group);
/* The screen. */
void enroll_summary_say(const struct summary *summary);

#endif
