/*
 * json_path.h - a stream of JSON, seen as values at paths.
 *
 * The interesting paths are declared in a table ("data/Members/ObjectIdentifier"); arrays do not
 * show in a path.  What lies elsewhere costs nothing but its scanning: files of gigabytes pass
 * through with the memory of one object.
 */
#ifndef IMPORT_SHARPHOUND_JSON_PATH_H
#define IMPORT_SHARPHOUND_JSON_PATH_H

#include <certsh/arena.h>
#include <certsh/status.h>
#include <certsh/str.h>

/* A path and the caller's number for it, not 0. */
struct json_path {
    const char *path;
    int field;
};

struct json_visitor {
    const struct json_path *paths;
    size_t count;
    void *context;
    /* Is that path worth looking for in this file? */
    bool (*wants)(const void *context, int field);
    /* A text, number ("12"), "true" or "false" at a path; null is nothing.  False stops. */
    bool (*value)(void *context, int field, struct cs_str text);
    /* An object at a path is over. */
    bool (*end)(void *context, int field);
    /* A list at a path is over, be it empty. */
    void (*list)(void *context, int field);
};

/* Where the text comes from, piece by piece. */
struct json_source {
    void *context;
    /* The next piece, empty at the end; it lives until the next call. */
    cs_status (*next)(void *context, struct cs_str *piece, struct cs_error *err);
    struct cs_error *err; /* of `next` */
    cs_status status;     /* what it said last */
};

/* A text that is there whole, as a source. */
struct json_source json_source_of(struct cs_str *bytes);

/* Where the reading stopped: byte offset and line, both for errors. */
struct json_place {
    size_t offset;
    uint32_t line;
};

/* CS_SYNTAX: no JSON, with what is wrong in err->text.  CS_CHECK: the visitor stopped it, or the
 * source, whose status tells. */
cs_status json_visit(struct cs_arena *arena, struct json_source *source,
                     const struct json_visitor *visitor, struct json_place *place,
                     struct cs_error *err);

#endif
