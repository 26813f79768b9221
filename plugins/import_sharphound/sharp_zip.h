/*
 * sharp_zip.h - the members of a zip, one after the other, within limits.
 */
#ifndef IMPORT_SHARPHOUND_SHARP_ZIP_H
#define IMPORT_SHARPHOUND_SHARP_ZIP_H

#include <certsh/import.h>

/* Call `member` with each file's bytes, which live until it returns. */
typedef cs_status sharp_member_fn(void *context, struct cs_str name, struct cs_str bytes,
                                  struct cs_error *err);
cs_status sharp_zip_each(const struct cs_import *import, struct cs_str bytes,
                         sharp_member_fn *member, void *context, struct cs_error *err);

#endif
