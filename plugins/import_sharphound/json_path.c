/* json_path.c - paths as a tree, walked along with yajl's events (see json_path.h). */
#include "json_path.h"

#include <string.h>
#include <strings.h>

#include <yajl/yajl_parse.h>

enum { DEPTH_MAX = 64, PIECE = 65536, WHY_MAX = 100 };

/* A step of the paths.  The steps below it stand in a table by their length and ends, in which
 * every key of a file is looked up; most are in none. */
enum { SLOTS = 64 };
struct node {
    struct cs_str name;
    int field;
    struct node **slots;
};

struct frame {
    const struct node *node; /* NULL: nothing below is asked for */
    const struct node *next; /* of the key that was read last */
    bool array;
};

struct walk {
    const struct json_visitor *visitor;
    struct frame frames[DEPTH_MAX];
    int depth;
    const struct node *root;
    bool too_deep;
};

/* ----------------------------------------------------------------- the tree */

static bool same(struct cs_str a, struct cs_str b)
{
    return a.length == b.length && strncasecmp(a.at, b.at, a.length) == 0;
}

/* Where the step of that name is, or would be; not every collector writes "Members" so. */
static struct node **slot_of(const struct node *node, struct cs_str name)
{
    const unsigned char *text = (const unsigned char *)name.at;
    unsigned at = 0;
    if (name.length)
        at = (unsigned)name.length * 5 + (text[0] | 0x20u) * 3 + (text[name.length - 1] | 0x20u);
    while (node->slots[at % SLOTS] && !same(node->slots[at % SLOTS]->name, name))
        at++;
    return &node->slots[at % SLOTS];
}

static struct node *child_of(struct cs_arena *arena, struct node *node, struct cs_str name)
{
    if (!node->slots)
        node->slots = cs_arena_alloc(arena, SLOTS * sizeof *node->slots);
    struct node **slot = slot_of(node, name);
    if (!*slot)
        *slot = cs_arena_alloc(arena, sizeof **slot);
    (*slot)->name = name;
    return *slot;
}

static struct node *plant(struct cs_arena *arena, const struct json_visitor *visitor)
{
    struct node *root = cs_arena_alloc(arena, sizeof *root);
    for (size_t i = 0; i < visitor->count; i++) {
        if (!visitor->wants(visitor->context, visitor->paths[i].field))
            continue;
        struct cs_str rest = cs_str_of(visitor->paths[i].path);
        struct node *node = root;
        while (rest.length) {
            ptrdiff_t slash = cs_str_find(rest, '/');
            struct cs_str step = cs_str_span(rest.at, slash < 0 ? rest.length : (size_t)slash);
            node = child_of(arena, node, step);
            rest = cs_str_from(rest, slash < 0 ? rest.length : step.length + 1);
        }
        node->field = visitor->paths[i].field;
    }
    return root;
}

/* ---------------------------------------------------------------- the events */

static const struct node *here(const struct walk *walk)
{
    if (!walk->depth)
        return walk->root;
    const struct frame *top = &walk->frames[walk->depth - 1];
    return top->array ? top->node : top->next;
}

static int push(struct walk *walk, bool array)
{
    const struct node *node = here(walk);
    if (walk->depth == DEPTH_MAX) {
        walk->too_deep = true;
        return 0;
    }
    walk->frames[walk->depth++] = (struct frame){.node = node, .array = array};
    return 1;
}

static int start_map(void *context)
{
    return push(context, false);
}

static int start_array(void *context)
{
    return push(context, true);
}

static int end_array(void *context)
{
    struct walk *walk = context;
    const struct node *node = walk->frames[--walk->depth].node;
    if (node && node->field)
        walk->visitor->list(walk->visitor->context, node->field);
    return 1;
}

static int end_map(void *context)
{
    struct walk *walk = context;
    const struct node *node = walk->frames[--walk->depth].node;
    return !node || !node->field || walk->visitor->end(walk->visitor->context, node->field);
}

static int map_key(void *context, const unsigned char *key, size_t length)
{
    struct walk *walk = context;
    struct frame *top = &walk->frames[walk->depth - 1];
    const struct node *node = top->node;
    top->next = node && node->slots ? *slot_of(node, cs_str_span((const char *)key, length)) : NULL;
    return 1;
}

static int give(const struct walk *walk, struct cs_str text)
{
    const struct node *node = here(walk);
    return !node || !node->field || walk->visitor->value(walk->visitor->context, node->field, text);
}

static int text_event(void *context, const unsigned char *text, size_t length)
{
    return give(context, cs_str_span((const char *)text, length));
}

static int number_event(void *context, const char *text, size_t length)
{
    return give(context, cs_str_span(text, length));
}

static int boolean_event(void *context, int value)
{
    return give(context, value ? CS_STR("true") : CS_STR("false"));
}

static int null_event(void *context)
{
    (void)context;
    return 1;
}

/* -------------------------------------------------------------------- visit */

static cs_status next_slice(void *context, struct cs_str *piece, struct cs_error *err)
{
    struct cs_str *rest = context;
    (void)err;
    *piece = cs_str_span(rest->at, rest->length < PIECE ? rest->length : PIECE);
    *rest = cs_str_from(*rest, piece->length);
    return CS_OK;
}

struct json_source json_source_of(struct cs_str *bytes)
{
    return (struct json_source){.context = bytes, .next = next_slice};
}

/* Step over `length` bytes of a piece. */
static void pass(struct json_place *place, struct cs_str piece, size_t length)
{
    const char *at = piece.at, *end = piece.at + length;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
        place->line++;
        at++;
    }
    place->offset += length;
}

/* yajl's words without its picture of the text. */
static cs_status failed(yajl_handle yajl, const struct walk *walk, yajl_status status,
                        struct cs_error *err)
{
    if (walk->too_deep)
        return cs_fail(err, CS_SYNTAX, "nested deeper than %d", DEPTH_MAX);
    if (status == yajl_status_client_canceled)
        return CS_CHECK;
    unsigned char *words = yajl_get_error(yajl, 0, NULL, 0);
    struct cs_str why = cs_str_trim(cs_str_of((const char *)words));
    if (cs_str_starts(why, CS_STR("parse error: ")))
        why = cs_str_from(why, 13);
    if (cs_str_starts(why, CS_STR("lexical error: ")))
        why = cs_str_from(why, 15);
    if (why.length > WHY_MAX)
        why.length = WHY_MAX;
    cs_fail(err, CS_SYNTAX, "%.*s", CS_STR_ARG(why));
    yajl_free_error(yajl, words);
    return CS_SYNTAX;
}

/* All pieces, up to one that is no JSON; `place` goes along. */
static yajl_status feed(yajl_handle yajl, struct json_source *source, struct json_place *place)
{
    yajl_status status = yajl_status_ok;
    struct cs_str piece;
    while ((source->status = source->next(source->context, &piece, source->err)) == CS_OK &&
           piece.length) {
        status = yajl_parse(yajl, (const unsigned char *)piece.at, piece.length);
        pass(place, piece, status == yajl_status_ok ? piece.length : yajl_get_bytes_consumed(yajl));
        if (status != yajl_status_ok)
            return status;
    }
    return source->status == CS_OK ? yajl_complete_parse(yajl) : yajl_status_client_canceled;
}

cs_status json_visit(struct cs_arena *arena, struct json_source *source,
                     const struct json_visitor *visitor, struct json_place *place,
                     struct cs_error *err)
{
    static const yajl_callbacks events = {null_event,   boolean_event, NULL,      NULL,
                                          number_event, text_event,    start_map, map_key,
                                          end_map,      start_array,   end_array};
    struct walk walk = {.visitor = visitor, .root = plant(arena, visitor)};
    yajl_handle yajl = yajl_alloc(&events, NULL, &walk);
    if (!yajl)
        return cs_fail(err, CS_MEMORY, "out of memory");
    *place = (struct json_place){.line = 1};
    yajl_status status = feed(yajl, source, place);
    cs_status result = status == yajl_status_ok ? CS_OK : failed(yajl, &walk, status, err);
    yajl_free(yajl);
    return result;
}
