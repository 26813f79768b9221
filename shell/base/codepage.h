/*
 * codepage.h - texts of consoles and of old files: one byte a letter, or two, and no word which.
 *
 * Room: base, internal.
 */
#ifndef CERTSH_BASE_CODEPAGE_H
#define CERTSH_BASE_CODEPAGE_H

#include <certsh/str.h>

/* Bytes that are no UTF-8, read in the code page of Windows under which they look most like
 * words; false when they look like words under none. */
bool csi_str_from_codepage(struct cs_arena *arena, struct cs_str bytes, struct cs_str *text);

#endif
