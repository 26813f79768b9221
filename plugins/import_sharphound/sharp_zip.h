/*
 * sharp_zip.h - the members of a zip, one after the other, as streams and within limits.
 */
#ifndef IMPORT_SHARPHOUND_SHARP_ZIP_H
#define IMPORT_SHARPHOUND_SHARP_ZIP_H

#include <certsh/import.h>

#include "json_path.h"

/* A member being read; never held whole. */
struct sharp_member;

/* Its name; lives as long as the member. */
struct cs_str sharp_member_name(const struct sharp_member *member);
/* From its beginning (again): the source gives its pieces. */
CS_MUST_CHECK cs_status sharp_member_open(struct sharp_member *member, struct json_source *source,
                                          struct cs_error *err);

/* Call `fn` with each file in the zip. */
typedef cs_status sharp_member_fn(void *context, struct sharp_member *member, struct cs_error *err);
cs_status sharp_zip_each(const struct cs_import *import, struct cs_str bytes, sharp_member_fn *fn,
                         void *context, struct cs_error *err);

#endif
