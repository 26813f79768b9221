/*
 * diff.h - what is different between two states: of one lab's history, or of two labs.
 *
 *     cs_lab_diff(lab, arena, &then, &now, row, context, &err);
 *
 * Things are told apart by what they are called: a principal by its SID, a host by name and
 * domain, a registry value by host, key and name.  Ids, ticks, and who said a fact are no
 * difference.  A thing that came or went is one row, one that changed a row for each field; a
 * security descriptor that changed a row for each entry.  A membership is a row of its own.
 *
 * Between points of one history only what the changes between them touched is looked at.
 *
 * Floor: lab.
 */
#ifndef CERTSH_DIFF_H
#define CERTSH_DIFF_H

#include <certsh/world.h>

enum cs_difference { CS_ADDED, CS_REMOVED, CS_CHANGED };
/* "added", "removed", "changed"; lives forever. */
CS_API const char *cs_difference_name(enum cs_difference difference);

struct cs_diff_row {
    enum cs_difference difference;
    const char *noun;             /* "membership", "principal", "registry", ... */
    struct cs_str subject, field; /* field "" for the thing as a whole */
    struct cs_str before, after;  /* "" where it was not, or is not */
};
typedef bool cs_diff_fn(void *context, const struct cs_diff_row *row); /* false stops */

/* Rows in order of nouns; texts in `arena`. */
CS_API void cs_lab_diff(struct cs_lab *lab, struct cs_arena *arena, const struct cs_point *from,
                        const struct cs_point *to, cs_diff_fn *fn, void *context);
/* The same between two labs as they are now. */
CS_API void cs_lab_diff_labs(const struct cs_lab *from, const struct cs_lab *to,
                             struct cs_arena *arena, cs_diff_fn *fn, void *context);

/* The principal of `to` that is the one with `id` in `from`; 0 when it has none. */
CS_API cs_id cs_principal_same(const struct cs_lab *from, cs_id id, const struct cs_lab *to);

#endif
