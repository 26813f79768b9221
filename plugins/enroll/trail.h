/* trail.h - what a gate's answer rests on (evidence.c), and every step of its list (trail.c). */
#ifndef ENROLL_TRAIL_H
#define ENROLL_TRAIL_H

#include "enroll.h"

/* Say every ACE of the gate's descriptor and what it did; nothing at gates without one. */
void enroll_say_trail(const struct enroll_case *one, const struct cs_decision *decision,
                      size_t index);

/* The list a gate asks: "MachineLaunchRestriction of DC01 (registry)"; "" for none. */
struct cs_str enroll_list_of(const struct enroll_case *one, const struct cs_gate *gate);
/* The membership path with scopes, as a list; and as words: "CORP\\alice > ...". */
struct cs_value enroll_path_of(const struct enroll_case *one, const struct cs_gate_answer *answer);
struct cs_str enroll_path_words(const struct enroll_case *one, const struct cs_value *path);
/* How old the caller's token is: "as of the start of DC02, 2006-11-30 09:00:00". */
struct cs_str enroll_token_words(const struct enroll_case *one);

#endif
