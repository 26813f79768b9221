/*
 * value.h - the one variant that crosses every boundary: arguments, rows, JSON, Lua.
 *
 * A value is small and is passed by copy; text, lists and objects borrow from whatever arena
 * they were made in.  SIDs, names and SDDL travel as text; codes as "0x80070005" and times as
 * ISO 8601 text once they leave the program.
 *
 *     struct cs_value row[] = {cs_value_text(name), cs_value_int(3), cs_value_null()};
 *
 * Floor: value.
 */
#ifndef CERTSH_VALUE_H
#define CERTSH_VALUE_H

#include <certsh/arena.h>
#include <certsh/status.h>
#include <certsh/str.h>

enum cs_kind {
    CS_NULL,
    CS_BOOL,
    CS_INT,
    CS_REAL,
    CS_TEXT,
    CS_CODE, /* an HRESULT or Win32 code; JSON "0x80070005" */
    CS_TIME, /* seconds since 1970-01-01 UTC; JSON "2006-11-30T09:00:00Z" */
    CS_LIST,
    CS_OBJECT,
    CS_REF /* a record of the lab: an argument that named one; text is its name */
};

struct cs_value;
struct cs_member;

struct cs_list {
    const struct cs_value *at;
    size_t count;
};
struct cs_object {
    const struct cs_member *at; /* in order of addition */
    size_t count;
};

struct cs_value {
    enum cs_kind kind;
    uint32_t id; /* CS_REF: the record */
    union {
        bool boolean;
        int64_t integer; /* CS_INT, CS_TIME, CS_CODE */
        double real;
        struct cs_str text; /* CS_TEXT, CS_REF */
        struct cs_list list;
        struct cs_object object;
    };
};

struct cs_member {
    struct cs_str name;
    struct cs_value value;
};

CS_API struct cs_value cs_value_null(void);
CS_API struct cs_value cs_value_bool(bool boolean);
CS_API struct cs_value cs_value_int(int64_t integer);
CS_API struct cs_value cs_value_real(double real);
CS_API struct cs_value cs_value_code(uint32_t code);
CS_API struct cs_value cs_value_time(int64_t seconds);
/* What a lab's clock showed: null within 1970, where a clock goes that nobody has set. */
CS_API struct cs_value cs_value_clock(int64_t seconds);
/* Text borrowed as it is; a NULL pointer gives null. */
CS_API struct cs_value cs_value_text(const char *text);
CS_API struct cs_value cs_value_str(struct cs_str text);
CS_API struct cs_value cs_value_ref(uint32_t id, struct cs_str name);
/* printf in `arena`. */
CS_API struct cs_value cs_value_printf(struct cs_arena *arena, const char *format, ...)
    CS_PRINTF(2, 3);
/* A list of `count` values, copied into `arena`. */
CS_API struct cs_value cs_value_list(struct cs_arena *arena, const struct cs_value *items,
                                     size_t count);
CS_API struct cs_value cs_value_object(struct cs_arena *arena, const struct cs_member *members,
                                       size_t count);
/* A whole copy, deep, in `arena`. */
CS_API struct cs_value cs_value_copy(struct cs_arena *arena, const struct cs_value *value);
CS_API bool cs_value_equal(const struct cs_value *a, const struct cs_value *b);

/* Member of an object by name; NULL when absent or no object.  Borrowed from `object`. */
CS_API const struct cs_value *cs_value_get(const struct cs_value *object, const char *name);

/* A growing list in an arena. */
struct cs_list_maker {
    struct cs_arena *arena;
    struct cs_value *at;
    size_t count, room;
};
CS_API void cs_list_add(struct cs_list_maker *maker, struct cs_value value);
CS_API struct cs_value cs_list_value(const struct cs_list_maker *maker);

/* One cell for people: null as "", lists joined with ", ", codes in hex.  In `arena`. */
CS_API struct cs_str cs_value_show(struct cs_arena *arena, const struct cs_value *value);

struct cs_time_text {
    char text[72]; /* room for any year */
};
/* "2006-11-30T09:00:00Z" */
CS_API const char *cs_time_format(int64_t seconds, struct cs_time_text *out);

#endif
