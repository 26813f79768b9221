/*
 * sharp_zip.c - zips of SharpHound, by libzip.
 *
 * A zip is somebody else's word about sizes: how many members, how large each and all of them,
 * and how much larger than packed are limited, so that a bomb ends as an error.
 */
#include "sharp_zip.h"

#include <zip.h>

enum { MEMBERS_MAX = 10000, RATIO_MAX = 400, RATIO_FROM = 16 << 20, PIECE = 1 << 20 };
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

/* The bytes of one member; what it holds beyond its word is an error, too. */
static cs_status unpack(const struct cs_import *import, zip_file_t *file, const zip_stat_t *info,
                        struct cs_buf *bytes, struct cs_error *err)
{
    static char piece[PIECE];
    cs_buf_init(bytes, (size_t)info->size + 1);
    for (;;) {
        zip_int64_t got = zip_fread(file, piece, sizeof piece);
        if (got < 0)
            return bad(import, err, info->name, "the packed data is damaged");
        if (got == 0)
            break;
        cs_buf_add(bytes, piece, (size_t)got);
        if (cs_buf_full(bytes))
            return bad(import, err, info->name, "it is larger than the zip says");
    }
    if (bytes->length != info->size)
        return bad(import, err, info->name, "it is smaller than the zip says");
    return CS_OK;
}

static cs_status one_member(const struct cs_import *import, zip_t *zip, const zip_stat_t *info,
                            sharp_member_fn *member, void *context, struct cs_error *err)
{
    struct cs_buf bytes = {0};
    zip_file_t *file = zip_fopen_index(zip, info->index, 0);
    if (!file)
        return bad(import, err, info->name, zip_strerror(zip));
    cs_status status = unpack(import, file, info, &bytes, err);
    zip_fclose(file);
    if (status == CS_OK)
        status = member(context, cs_str_of(info->name), cs_buf_str(&bytes), err);
    cs_buf_clear(&bytes);
    return status;
}

static cs_status each(const struct cs_import *import, zip_t *zip, sharp_member_fn *member,
                      void *context, struct cs_error *err)
{
    zip_int64_t count = zip_get_num_entries(zip, 0);
    uint64_t total = 0;
    if (count > MEMBERS_MAX)
        return cs_fail(err, CS_LIMIT, "the zip has %lld members, which is too many",
                       (long long)count);
    for (zip_int64_t i = 0; i < count; i++) {
        zip_stat_t info;
        if (zip_stat_index(zip, (zip_uint64_t)i, 0, &info) != 0)
            return bad(import, err, "", zip_strerror(zip));
        if (cs_str_ends(cs_str_of(info.name), CS_STR("/")))
            continue;
        total += info.size;
        cs_status status = refuse(import, &info, total, err);
        if (status == CS_OK)
            status = one_member(import, zip, &info, member, context, err);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

cs_status sharp_zip_each(const struct cs_import *import, struct cs_str bytes,
                         sharp_member_fn *member, void *context, struct cs_error *err)
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
    cs_status status = each(import, zip, member, context, err);
    zip_discard(zip);
    zip_error_fini(&why);
    return status;
}
