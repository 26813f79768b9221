/*
 * sharp_zip.c - zips of SharpHound, by libzip.
 *
 * A zip is somebody else's word about sizes: how many members, how large each and all of them,
 * and how much larger than packed are limited, so that a bomb ends as an error.
 */
#include "sharp_zip.h"

#include <zip.h>

enum { MEMBERS_MAX = 10000, RATIO_MAX = 400, RATIO_FROM = 16 << 20, PIECE = 1 << 18 };
static const uint64_t size_max = (uint64_t)8 << 30;

static cs_status bad(const struct cs_import *import, struct cs_error *err, const char *member,
                     const char *why)
{
    cs_import_bad(import, 0, err, "%s%s%.160s", member, *member ? ": " : "", why);
    return cs_error_hint(err, "nothing was imported.  Was the file cut?  Copy it again, or unpack "
                              "it and import the folder");
}

static cs_status refuse(const struct cs_import *import, const zip_stat_t *info, uint64_t total,
                        struct cs_error *err)
{
    if (info->encryption_method != ZIP_EM_NONE) {
        cs_import_bad(import, 0, err, "%.160s is protected by a password", info->name);
        return cs_error_hint(err, "nothing was imported.  Unpack it (7z x -pPASSWORD FILE) and "
                                  "import the folder");
    }
    bool bomb =
        info->size > RATIO_FROM && info->comp_size && info->size / info->comp_size > RATIO_MAX;
    if (total <= size_max && !bomb)
        return CS_OK;
    cs_fail(err, CS_LIMIT, "%.160s unpacks to %llu bytes, which is too much", info->name,
            (unsigned long long)info->size);
    return cs_error_hint(err, "nothing was imported.  If it is honest, unpack it and import the "
                              "folder");
}

/* --------------------------------------------------------------- one member */

struct sharp_member {
    const struct cs_import *import;
    zip_t *zip;
    zip_stat_t info;
    zip_file_t *file; /* NULL when it is not open */
    uint64_t got;     /* bytes so far */
};

struct cs_str sharp_member_name(const struct sharp_member *member)
{
    return cs_str_of(member->info.name);
}

static void close_member(struct sharp_member *member)
{
    if (member->file)
        zip_fclose(member->file);
    member->file = NULL;
}

/* The next bytes; a member that holds more or less than its word is an error. */
static cs_status next_piece(void *context, struct cs_str *piece, struct cs_error *err)
{
    static char bytes[PIECE];
    struct sharp_member *member = context;
    zip_int64_t got = zip_fread(member->file, bytes, sizeof bytes);
    if (got < 0)
        return bad(member->import, err, member->info.name, "the packed data is damaged");
    member->got += (uint64_t)got;
    if (member->got > member->info.size)
        return bad(member->import, err, member->info.name, "it is larger than the zip says");
    if (!got && member->got < member->info.size)
        return bad(member->import, err, member->info.name, "it is smaller than the zip says");
    *piece = cs_str_span(bytes, (size_t)got);
    if (member->got == (uint64_t)got && cs_str_starts(*piece, CS_STR("\xef\xbb\xbf")))
        *piece = cs_str_from(*piece, 3);
    return CS_OK;
}

cs_status sharp_member_open(struct sharp_member *member, struct json_source *source,
                            struct cs_error *err)
{
    close_member(member);
    member->got = 0;
    member->file = zip_fopen_index(member->zip, member->info.index, 0);
    if (!member->file)
        return bad(member->import, err, member->info.name, zip_strerror(member->zip));
    *source = (struct json_source){.context = member, .next = next_piece, .err = err};
    return CS_OK;
}

/* ----------------------------------------------------------------- all of them */

static cs_status each(const struct cs_import *import, zip_t *zip, sharp_member_fn *fn,
                      void *context, struct cs_error *err)
{
    struct sharp_member member = {.import = import, .zip = zip};
    zip_int64_t count = zip_get_num_entries(zip, 0);
    uint64_t total = 0;
    if (count > MEMBERS_MAX)
        return cs_fail(err, CS_LIMIT, "the zip has %lld members, which is too many",
                       (long long)count);
    for (zip_int64_t i = 0; i < count; i++) {
        if (zip_stat_index(zip, (zip_uint64_t)i, 0, &member.info) != 0)
            return bad(import, err, "", zip_strerror(zip));
        if (cs_str_ends(sharp_member_name(&member), CS_STR("/")))
            continue;
        total += member.info.size;
        cs_status status = refuse(import, &member.info, total, err);
        if (status == CS_OK)
            status = fn(context, &member, err);
        close_member(&member);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

cs_status sharp_zip_each(const struct cs_import *import, struct cs_str bytes, sharp_member_fn *fn,
                         void *context, struct cs_error *err)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(bytes.at, bytes.length, 0, &why);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why) : NULL;
    if (!zip) {
        cs_status status = bad(import, err, "", zip_error_strerror(&why));
        if (source)
            zip_source_free(source);
        zip_error_fini(&why);
        return status;
    }
    cs_status status = each(import, zip, fn, context, err);
    zip_discard(zip);
    zip_error_fini(&why);
    return status;
}
