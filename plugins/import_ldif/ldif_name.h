/*
 * ldif_name.h - the names of attributes, as they begin the lines of an LDIF file.
 *
 * Most lines repeat the name of the line before (member, member, ...), and records mostly repeat
 * their names in the same order; so a name is looked at only when it is neither.
 */
#ifndef IMPORT_LDIF_NAME_H
#define IMPORT_LDIF_NAME_H

#include <string.h>

#include "ldif_line.h"

/* What a name is to the reader itself. */
enum ldif_kind { LDIF_ATTRIBUTE, LDIF_DN, LDIF_CHANGETYPE, LDIF_CONTROL };

/* The part of a line before the colon, cut at its options. */
struct ldif_name {
    struct cs_str whole, bare, options;
    uint64_t start, mask; /* its first letters and the colon, and where in a word they are */
    unsigned after;       /* the number of the name that came after it the last time */
    enum ldif_kind kind;
};

enum { LDIF_SEEN = 64 };

struct ldif_names {
    struct ldif_name now;             /* of the last line */
    struct ldif_name seen[LDIF_SEEN]; /* in the order in which they came first */
    unsigned count, at;               /* where `now` is among them */
};

void ldif_names_begin(struct ldif_names *names);
/* No line is said to repeat the last one: its text may go. */
void ldif_names_forget(struct ldif_names *names);
/* A name that is neither the last one nor the one after it; false when the line has none. */
bool ldif_names_cut(struct ldif_names *names, const struct ldif_lines *lines, struct cs_str line);

/* Does the line begin with that name, letter by letter? */
bool ldif_name_begins(const struct ldif_name *name, struct cs_str line);

/* The same; "member" is asked for millions of times. */
static inline bool ldif_name_repeats(const struct ldif_name *name, struct cs_str line)
{
    uint64_t word;
    if (line.length < sizeof word)
        return ldif_name_begins(name, line);
    memcpy(&word, line.at, sizeof word);
    return (word & name->mask) == name->start &&
           (name->whole.length < sizeof word || ldif_name_begins(name, line));
}

/* Take the name of a line into `now`; false when it has none. */
static inline bool ldif_names_take(struct ldif_names *names, const struct ldif_lines *lines,
                                   struct cs_str line)
{
    if (ldif_name_repeats(&names->now, line))
        return true;
    unsigned guess = names->seen[names->at].after;
    if (!ldif_name_repeats(&names->seen[guess], line))
        return ldif_names_cut(names, lines, line);
    names->now = names->seen[names->at = guess];
    return true;
}

#endif
