/* trail.h - every step of a list that a gate walked (see trail.c). */
#ifndef ENROLL_TRAIL_H
#define ENROLL_TRAIL_H

#include "enroll.h"

/* Say every ACE of the gate's descriptor and what it did; nothing at gates without one. */
void enroll_say_trail(const struct enroll_case *one, const struct cs_decision *decision,
                      size_t index);

#endif
