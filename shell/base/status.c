/* status.c - names of statuses, and the filling of errors (see status.h).  Room: base. */
#include <certsh/status.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_ROW(name, code, words) {#name, words, code},
static const struct {
    const char *name, *words;
    int exit;
} rows[] = {CS_STATUS_MAP(STATUS_ROW)};

/* The names in lower case, made from the map when first asked, so that there is one list. */
static char names[CS_STATUS_COUNT][16];

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

const char *cs_status_name(cs_status status)
{
    const char *upper = rows[status].name;
    for (size_t i = 0; upper[i] && i + 1 < sizeof names[0]; i++)
        names[status][i] = lower(upper[i]);
    return names[status];
}

const char *cs_status_words(cs_status status)
{
    return rows[status].words;
}

int cs_status_exit(cs_status status)
{
    return rows[status].exit;
}

cs_status cs_status_find(const char *name)
{
    for (int i = 0; i < CS_STATUS_COUNT; i++)
        if (strcmp(cs_status_name((cs_status)i), name) == 0)
            return (cs_status)i;
    return CS_STATUS_COUNT;
}

static cs_status fill(struct cs_error *err, cs_status status, int at, const char *format,
                      va_list args)
{
    if (!err)
        return status;
    *err = (struct cs_error){.status = status, .at = at};
    vsnprintf(err->text, sizeof err->text, format, args);
    return status;
}

cs_status cs_fail(struct cs_error *err, cs_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, -1, format, args);
    va_end(args);
    return status;
}

cs_status cs_fail_at(struct cs_error *err, cs_status status, size_t at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, (int)at, format, args);
    va_end(args);
    return status;
}

cs_status cs_error_hint(struct cs_error *err, const char *format, ...)
{
    if (!err)
        return CS_INTERNAL;
    va_list args;
    va_start(args, format);
    vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
    return err->status;
}

cs_status cs_error_where(struct cs_error *err, const char *format, ...)
{
    if (!err)
        return CS_INTERNAL;
    char inner[sizeof err->where];
    memcpy(inner, err->where, sizeof inner);
    va_list args;
    va_start(args, format);
    vsnprintf(err->where, sizeof err->where, format, args);
    va_end(args);
    size_t used = strlen(err->where);
    if (inner[0])
        snprintf(err->where + used, sizeof err->where - used, ", %s", inner);
    return err->status;
}

void cs_bug(const char *file, int line, const char *what)
{
    fprintf(stderr, "certsh: bug at %s:%d: %s\n", file, line, what);
    abort();
}

const char *cs_version(void)
{
    return CERTSH_VERSION;
}
