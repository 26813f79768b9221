/*
 * parse.c - our LDIF reader by itself: every record is read, unfolded, decoded and checked, and
 * counted instead of understood.  The mapping's side of the seam is here.
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <certsh/plugin.h>

struct cs_import {
    struct cs_arena *arena;
    unsigned long entries, values, members;
};

cs_status cs_import_bad(const struct cs_import *import, uint32_t line, struct cs_error *err,
                        const char *format, ...)
{
    (void)import;
    (void)format;
    return cs_fail(err, CS_SYNTAX, "line %u", line);
}

cs_status cs_import_entry(struct cs_import *import, const struct cs_entry *entry,
                          struct cs_error *err)
{
    (void)err;
    import->entries++;
    import->values += entry->count;
    for (size_t i = 0; i < entry->count; i++)
        import->members +=
            entry->at[i].name.length == 6 && memcmp(entry->at[i].name.at, "member", 6) == 0;
    return CS_OK;
}

size_t cs_import_part(struct cs_import *import, struct cs_entry entry, struct cs_attribute *at)
{
    (void)at;
    import->values += entry.count;
    for (size_t i = 0; i < entry.count; i++)
        import->members +=
            entry.at[i].name.length == 6 && memcmp(entry.at[i].name.at, "member", 6) == 0;
    return 0;
}

void cs_import_warn(struct cs_import *import, uint32_t line, const char *format, ...)
{
    (void)import;
    (void)line;
    (void)format;
}

struct cs_arena *cs_import_arena(const struct cs_import *import)
{
    return import->arena;
}

void cs_import_asked(struct cs_import *import, struct cs_str names)
{
    (void)import;
    (void)names;
}

extern const struct cs_plugin cs_plugin;

int main(int argc, char **argv)
{
    struct stat st;
    struct cs_error err;
    int file = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    if (file < 0 || fstat(file, &st) != 0)
        return 1;
    const char *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    struct cs_import import = {.arena = cs_arena_new()};
    if (at == MAP_FAILED ||
        cs_plugin.importers->read(&import, cs_str_span(at, (size_t)st.st_size), &err) != CS_OK)
        return fprintf(stderr, "parse: %s\n", err.text), 1;
    printf("%lu %lu %lu\n", import.entries, import.values, import.members);
    return 0;
}
