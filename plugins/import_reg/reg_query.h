/*
 * reg_query.h - what `reg query KEY /s` prints.
 */
#ifndef IMPORT_REG_QUERY_H
#define IMPORT_REG_QUERY_H

#include <certsh/plugin.h>

/* Does a text begin with a key as reg query writes it? */
bool reg_query_begins(struct cs_str text);
cs_status reg_query_read(struct cs_import *import, struct cs_str text, struct cs_error *err);

#endif
