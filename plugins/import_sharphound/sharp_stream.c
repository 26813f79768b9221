/*
 * sharp_stream.c - the fields of a file as they stream by, gathered into one object at a time.
 */
#include "json_path.h"
#include "sharp.h"

/* ---------------------------------------------------------------- gathering */

#define GROW(arena, list)                                                                          \
    ((list)->at =                                                                                  \
         cs_arena_more(arena, (list)->at, (list)->count, &(list)->room, sizeof *(list)->at),       \
     &(list)->at[(list)->count++])

static void add_text(struct cs_arena *arena, struct sharp_texts *list, struct cs_str text)
{
    *GROW(arena, list) = text;
}

static void add_ace(struct sharp_object *object, struct sharp_aces *list, enum sharp_field sid)
{
    struct sharp_ace ace = {object->field[sid], object->field[sid + 1]};
    *GROW(object->arena, list) = ace;
    object->field[sid] = object->field[sid + 1] = CS_STR("");
}

static void add_list(struct sharp_object *object, struct sharp_lists *lists, struct cs_str id,
                     struct cs_str collected)
{
    struct sharp_list list = {.id = id, .collected = sharp_true(collected)};
    list.members = object->running;
    *GROW(object->arena, lists) = list;
    object->running = (struct sharp_texts){0};
}

static void add_trust(struct sharp_object *object)
{
    struct sharp_trust *trust = GROW(object->arena, &object->trusts);
    for (int i = 0; i < SHARP_TRUST_PARTS; i++) {
        trust->part[i] = object->field[SHARP_TRUST_SID + i];
        object->field[SHARP_TRUST_SID + i] = CS_STR("");
    }
}

/* ------------------------------------------------------------------- events */

static bool refuse(struct sharp_file *file, const char *why)
{
    cs_import_bad(file->import, file->number + 1, file->err, "%s", why);
    file->status = cs_error_hint(file->err, "nothing was imported.  Files of SharpHound 4 and "
                                            "BloodHound CE are read; collect again with one");
    return false;
}

/* Lists that take texts by themselves; the rest is the last value of its path. */
static struct sharp_texts *list_of(struct sharp_object *object, int field)
{
    switch (field) {
    case SHARP_MEMBER:
        return &object->members;
    case SHARP_PUBLISHED:
        return &object->published;
    case SHARP_LOCAL_MEMBER:
    case SHARP_RIGHT_HOLDER:
    case SHARP_OLD_544_MEMBER:
    case SHARP_OLD_555_MEMBER:
    case SHARP_OLD_562_MEMBER:
    case SHARP_OLD_580_MEMBER:
        return &object->running;
    default:
        return NULL;
    }
}

static bool take_value(void *context, int field, struct cs_str text)
{
    struct sharp_file *file = context;
    struct sharp_object *object = &file->object;
    if (field == SHARP_OBJECT)
        return refuse(file, "\"data\" holds something else than objects");
    if (field == SHARP_META_TYPE || field == SHARP_META_VERSION)
        return true; /* looked at before */
    struct cs_str kept = cs_str_copy(object->arena, text);
    struct sharp_texts *list = list_of(object, field);
    if (list)
        add_text(object->arena, list, kept);
    else
        object->field[field] = kept;
    return true;
}

static void end_object(struct sharp_file *file)
{
    struct sharp_object *object = &file->object;
    file->number++;
    sharp_take(file);
    struct cs_arena *arena = object->arena;
    cs_arena_rewind(arena, (struct cs_arena_mark){0});
    *object = (struct sharp_object){.arena = arena};
}

static bool end_part(void *context, int field)
{
    struct sharp_file *file = context;
    struct sharp_object *object = &file->object;
    const struct cs_str *fields = object->field;
    switch (field) {
    case SHARP_OBJECT:
        end_object(file);
        return file->status == CS_OK;
    case SHARP_ACE:
        add_ace(object, &object->aces, SHARP_ACE_SID);
        return true;
    case SHARP_SECURITY:
        add_ace(object, &object->security, SHARP_SECURITY_SID);
        return true;
    case SHARP_LOCAL:
        add_list(object, &object->locals, fields[SHARP_LOCAL_ID], fields[SHARP_LOCAL_COLLECTED]);
        return true;
    case SHARP_RIGHT:
        add_list(object, &object->rights, fields[SHARP_RIGHT_NAME], fields[SHARP_RIGHT_COLLECTED]);
        return true;
    case SHARP_OLD_544:
        add_list(object, &object->locals, CS_STR("544"), fields[SHARP_OLD_544_COLLECTED]);
        return true;
    case SHARP_OLD_555:
        add_list(object, &object->locals, CS_STR("555"), fields[SHARP_OLD_555_COLLECTED]);
        return true;
    case SHARP_OLD_562:
        add_list(object, &object->locals, CS_STR("562"), fields[SHARP_OLD_562_COLLECTED]);
        return true;
    case SHARP_OLD_580:
        add_list(object, &object->locals, CS_STR("580"), fields[SHARP_OLD_580_COLLECTED]);
        return true;
    case SHARP_TRUST:
        add_trust(object);
        return true;
    default:
        return true;
    }
}

static void end_list(void *context, int field)
{
    struct sharp_file *file = context;
    if (field == SHARP_ENABLED_TEMPLATES)
        file->object.published_told = true;
}

/* --------------------------------------------------------------------- read */

#define SHARP_PATH(name, path) {path, SHARP_##name},
static const struct json_path paths[] = {SHARP_FIELDS(SHARP_PATH)};
#undef SHARP_PATH

/* What no number of an object places: a byte that is no JSON. */
static cs_status malformed(struct sharp_file *file, const struct json_place *place,
                           const struct cs_error *why)
{
    cs_import_bad(file->import, place->line, file->err, "no JSON at byte %zu: %s", place->offset,
                  why->text);
    return cs_error_hint(file->err, "nothing was imported.  Was the file cut?  Copy it again");
}

/* Of access lists, which every object has, only those of templates matter. */
static bool wants(const void *context, int field)
{
    const struct sharp_file *file = context;
    bool access = field == SHARP_ACE || field == SHARP_ACE_SID || field == SHARP_ACE_RIGHT;
    return !access || cs_str_same(file->type, CS_STR("certtemplates"));
}

cs_status sharp_read(struct sharp_file *file, struct json_source *source)
{
    struct json_visitor visitor = {paths,      CS_COUNT(paths), file,    wants,
                                   take_value, end_part,        end_list};
    struct json_place place = {0};
    struct cs_error why = {0};
    file->object.arena = cs_arena_new();
    if (!file->object.arena)
        return cs_fail(file->err, CS_MEMORY, "out of memory");
    cs_status status = json_visit(file->scratch, source, &visitor, &place, &why);
    cs_arena_free(file->object.arena);
    if (source->status != CS_OK)
        return source->status;
    if (status == CS_CHECK)
        return file->status;
    return status == CS_OK ? CS_OK : malformed(file, &place, &why);
}
