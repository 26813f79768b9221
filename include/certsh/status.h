/*
 * status.h - how a function says that it could not.
 *
 * A function that can fail returns a cs_status and takes `struct cs_error *err` last.  On
 * failure it fills `err` and leaves its outputs untouched; on success it leaves `err` alone.
 *
 *     struct cs_error err;
 *     if (cs_sid_parse(text, &sid, &err) != CS_OK)
 *         return cs_error_where(&err, "host '%s'", host);
 *
 * An error is a plain value on the caller's stack: reporting one never allocates.  Text is
 * lower case, without a full stop, problem first, the subject quoted; `hint` is the cure.
 * A refused access check is a verdict (verdict.h), never an error.
 *
 * Exit codes are those of the program (certsh help exit-codes).
 *
 * Floor: base.
 */
#ifndef CERTSH_STATUS_H
#define CERTSH_STATUS_H

#include <stdarg.h>

#include <certsh/base.h>

/* name, exit code, words */
#define CS_STATUS_MAP(X)                                                                           \
    X(OK, 0, "ok")                                                                                 \
    X(INTERNAL, 1, "internal error")                                                               \
    X(IO, 1, "input or output error")                                                              \
    X(STATE, 1, "not possible now")                                                                \
    X(EXISTS, 1, "exists already")                                                                 \
    X(NEEDS, 1, "not allowed here")                                                                \
    X(MEMORY, 1, "out of memory")                                                                  \
    X(SCRIPT, 1, "script failed")                                                                  \
    X(CHECK, 2, "check failed")                                                                    \
    X(SYNTAX, 3, "malformed")                                                                      \
    X(INVALID, 3, "invalid value")                                                                 \
    X(NOT_FOUND, 3, "not found")                                                                   \
    X(AMBIGUOUS, 3, "ambiguous")                                                                   \
    X(LIMIT, 3, "too large")                                                                       \
    X(ABI, 3, "plugin does not fit")                                                               \
    X(UNKNOWN, 4, "undecidable for lack of facts")                                                 \
    X(USAGE, 64, "wrong use")

#define CS_STATUS_ENUM(name, code, words) CS_##name,
typedef enum { CS_STATUS_MAP(CS_STATUS_ENUM) CS_STATUS_COUNT } cs_status;
#undef CS_STATUS_ENUM

/* `at` is a byte offset in the user's input, -1 where there is none. */
struct cs_error {
    cs_status status;
    int at;
    uint32_t win32;  /* Windows' own number of the same failure, 0 where it has none */
    char text[280];  /* the problem */
    char where[200]; /* the place, gathered outward: "ole.reg:14, host 'DC01'" */
    char hint[240];  /* the cure, or empty */
};

/* Lower-case name of a status as scripts and JSON see it: "not_found".  Lives forever. */
CS_API const char *cs_status_name(cs_status status);

/* A few words for a status: "not found".  Lives forever. */
CS_API const char *cs_status_words(cs_status status);

/* The program's exit code for a status. */
CS_API int cs_status_exit(cs_status status);

/* The status of that lower-case name; CS_COUNT of them is the answer for an unknown one. */
CS_API cs_status cs_status_find(const char *name);

/* Fill `err` with `status` and a text; `err` may be NULL.  Returns `status`, for `return`. */
CS_API cs_status cs_fail(struct cs_error *err, cs_status status, const char *format, ...)
    CS_PRINTF(3, 4);

/* The same, with the byte offset in the user's input. */
CS_API cs_status cs_fail_at(struct cs_error *err, cs_status status, size_t at, const char *format,
                            ...) CS_PRINTF(4, 5);

/* Say the cure of the failure in `err`.  Returns err's status, for `return`. */
CS_API cs_status cs_error_hint(struct cs_error *err, const char *format, ...) CS_PRINTF(2, 3);

/* Put a wider place before the ones already known.  Returns err's status, for `return`. */
CS_API cs_status cs_error_where(struct cs_error *err, const char *format, ...) CS_PRINTF(2, 3);

/* Stop the program: an invariant of ours is broken.  User input never leads here. */
CS_API CS_NORETURN void cs_bug(const char *file, int line, const char *what);

#define cs_bug_if(condition) ((condition) ? cs_bug(__FILE__, __LINE__, #condition) : (void)0)

#endif
