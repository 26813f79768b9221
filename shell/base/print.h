/*
 * print.h - printf into an arena, for the calls that take what varies: cs_arena_printf,
 * cs_str_printf, cs_value_printf.
 *
 * Room: base, internal.
 */
#ifndef CERTSH_BASE_PRINT_H
#define CERTSH_BASE_PRINT_H

#include <stdarg.h>

#include <certsh/arena.h>

/* The text, and where `length` is not NULL, how long it is. */
char *csi_arena_print(struct cs_arena *arena, size_t *length, const char *format, va_list args)
    CS_PRINTF(3, 0);

#endif
