/*
 * lab_diff.h - the commands of this plugin, and what they share.
 */
#ifndef LAB_DIFF_H
#define LAB_DIFF_H

#include <certsh/diff.h>
#include <certsh/gate.h>
#include <certsh/plugin.h>

/* One side of a comparison: a point of the open lab, or another lab as it is. */
struct side {
    struct cs_str name;
    struct cs_lab *lab;
    bool other; /* another lab, which is ours to free */
    struct cs_point point;
};
struct sides {
    struct side from, to;
    struct cs_visit *visit; /* of the open lab, where there is need */
};
CS_MUST_CHECK cs_status side_find(struct cs_call *call, struct cs_str name, struct side *side,
                                  struct cs_error *err);
void side_close(struct side *side);
/* Make a side's lab be at its point. */
void side_go(struct sides *sides, const struct side *side);

/* A row of the command; in words it is kept for the end. */
struct told {
    struct cs_call *call;
    struct cs_error *err;
    cs_status status;
    size_t counts[3]; /* by difference */
};
bool tell_row(void *context, const struct cs_diff_row *row);

/* Who gains and who loses `template` between two sides. */
CS_MUST_CHECK cs_status diff_decisions(struct cs_call *call, struct sides *sides,
                                       struct cs_error *err);

cs_status lab_diff(struct cs_call *call, struct cs_error *err);
cs_status world_diff(struct cs_call *call, struct cs_error *err);
cs_status lab_snapshot(struct cs_call *call, struct cs_error *err);
cs_status lab_blame(struct cs_call *call, struct cs_error *err);

#endif
