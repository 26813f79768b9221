/*
 * names.h - what Windows calls well-known groups in other languages.
 */
#ifndef IMPORT_NET_NAMES_H
#define IMPORT_NET_NAMES_H

#include <certsh/sid.h>

/* The SID of a name as Windows prints it in some language, any case; NULL when not known. */
const char *name_sid(struct cs_str name);

#endif
