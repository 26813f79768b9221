/*
 * diff.h - two things told apart, as rows; shared by the diffs of one history and of two labs.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_DIFF_IN_H
#define CERTSH_LAB_DIFF_IN_H

#include <certsh/diff.h>
#include <certsh/directory.h>

#include "fact.h"

struct csi_diff {
    struct cs_arena *arena;
    cs_diff_fn *fn;
    void *context;
    bool stopped;
};

/* Rows for one thing before and after; one of the two may not be there. */
void csi_diff_thing(struct csi_diff *diff, const struct csi_thing *before,
                    const struct csi_thing *after);
void csi_diff_member(struct csi_diff *diff, enum cs_difference difference, struct cs_str group,
                     struct cs_str member);

struct csi_id_list {
    cs_id *at;
    size_t count, room;
};
void csi_id_list_add(struct csi_id_list *list, cs_id id);
void csi_id_list_sort(struct csi_id_list *list); /* ascending, each once */
/* Members of a group now, ascending. */
void csi_id_list_members(struct csi_id_list *list, const struct cs_lab *lab, cs_id group);

#endif
