/*
 * dump.h - a lab as the calls that build it again.
 *
 *     cs_lab_dump(lab, write_call, context, &err);
 *
 * Each call is a name, "add_user", and named fields in order; names, fields and words are those of
 * the methods that build a lab in Lua (docs/lua.md).  What is exported as a script or as JSON, and
 * what a redaction rewrites, is this one stream; nothing of it is kept.
 *
 * Tokens have ages: a membership that is younger than its host's start does not count.  So the
 * calls tell the lab's story from the oldest start on: `moment` says from when on what follows
 * is so, first all that was there, then memberships that came and went and hosts that started.
 *
 * A principal is called by name where that means nobody else, else by its SID, S-1-5-32-x with
 * whose it is: S-1-5-32-545@WS01.  Binary values are SDDL where that gives the same bytes back,
 * else hex digits.  `told_by` says where the facts that follow come from.
 *
 * Floor: lab.
 */
#ifndef CERTSH_DUMP_H
#define CERTSH_DUMP_H

#include <certsh/lab.h>

/* Fields and their texts are borrowed for the call.  Anything but CS_OK ends the dump. */
typedef cs_status cs_dump_fn(void *context, const char *call, const struct cs_member *fields,
                             size_t count, struct cs_error *err);
CS_API CS_MUST_CHECK cs_status cs_lab_dump(const struct cs_lab *lab, cs_dump_fn *fn, void *context,
                                           struct cs_error *err);

/*
 * The other way, for what builds: what follows happens at that moment of the lab's clock, however
 * many ops it is.  The first one, in a lab without history, sets the clock.  CS_INVALID for one
 * that lies before the last.  cs_lab_moment_over lets time go on.
 */
CS_API CS_MUST_CHECK cs_status cs_lab_at_moment(struct cs_lab *lab, int64_t clock,
                                                struct cs_error *err);
CS_API void cs_lab_moment_over(struct cs_lab *lab);
/* Make what is there the beginning of the history, as a seal does, but leave starts and ages. */
CS_API void cs_lab_forget(struct cs_lab *lab);
/* Write a membership as an export says it, without asking Windows' rules. */
CS_API CS_MUST_CHECK cs_status cs_member_given(struct cs_lab *lab, cs_id group, cs_id member,
                                               bool present, struct cs_error *err);
/* Log an event as it is. */
struct cs_event;
CS_API CS_MUST_CHECK cs_status cs_event_given(struct cs_lab *lab, const struct cs_event *event,
                                              struct cs_error *err);
/* The principal that a dump calls so; 0 when it is not there. */
CS_API cs_id cs_principal_called(const struct cs_lab *lab, struct cs_str text);

#endif
