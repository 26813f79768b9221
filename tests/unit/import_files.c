/* import_files.c - see import_files.h. */
#define _POSIX_C_SOURCE 200809L

#include "import_files.h"

#include <check.h>
#include <dlfcn.h>
#include <iconv.h>
#include <string.h>
#include <unistd.h>

#include <certsh/plugin.h>

struct cs_str read_pipe(struct cs_arena *arena, FILE *pipe)
{
    struct cs_buf all;
    char piece[65536];
    cs_buf_init(&all, (size_t)1 << 28);
    for (size_t got; (got = fread(piece, 1, sizeof piece, pipe)) > 0;)
        cs_buf_add(&all, piece, got);
    struct cs_str text = cs_str_copy(arena, cs_buf_str(&all));
    cs_buf_clear(&all);
    return text;
}

struct cs_str sample(struct cs_arena *arena, const char *name)
{
    char path[1024], command[1200];
    bool shared = strncmp(name, "shared/", 7) == 0;
    snprintf(path, sizeof path, "%s/%s/%s", CERTSH_SOURCE_DIR,
             shared ? "../shared/samples" : "samples", shared ? name + 7 : name);
    if (access(path, R_OK) != 0)
        return (struct cs_str){0};
    bool packed = cs_str_ends(cs_str_of(path), CS_STR(".gz"));
    snprintf(command, sizeof command, "%s '%s'", packed ? "gzip -cd" : "cat", path);
    FILE *pipe = popen(command, "r");
    ck_assert(pipe != NULL);
    struct cs_str text = read_pipe(arena, pipe);
    ck_assert_int_eq(pclose(pipe), 0);
    return text;
}

const struct cs_importer *reader(const char *plugin)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/plugins/%s.so", CERTSH_BUILD_DIR, plugin);
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(object != NULL, "%s", dlerror());
    const struct cs_plugin *found = dlsym(object, "cs_plugin");
    ck_assert(found != NULL && found->importer_count == 1);
    return &found->importers[0];
}

const struct cs_importer *surest_reader(const char *file, struct cs_str bytes)
{
    static const char *const plugins[] = {"import_ldif", "import_reg",     "import_sharphound",
                                          "import_hive", "import_inf",     "import_pol",
                                          "import_net",  "import_certutil"};
    const struct cs_importer *best = NULL;
    struct cs_str name = cs_str_of(file);
    int surest = 0;
    if (cs_str_ends(name, CS_STR(".gz")))
        name.length -= 3;
    for (size_t i = 0; i < CS_COUNT(plugins); i++) {
        const struct cs_importer *one = reader(plugins[i]);
        int sure = cs_importer_probe(one, name, bytes);
        if (sure > surest)
            best = one;
        surest = sure > surest ? sure : surest;
    }
    return best;
}

struct cs_str written_in(struct cs_arena *arena, const char *page, const char *text)
{
    size_t left = strlen(text), room = left * 2 + 2;
    char *out = cs_arena_alloc(arena, room), *to = out, *from = (char *)(uintptr_t)text;
    iconv_t way = iconv_open(page, "UTF-8");
    ck_assert_msg(way != (iconv_t)-1, "%s", page);
    ck_assert_msg(iconv(way, &from, &left, &to, &room) == 0, "%s: %s", page, text);
    iconv_close(way);
    return cs_str_span(out, (size_t)(to - out));
}

cs_status import_text(struct cs_lab *lab, struct cs_arena *arena, const char *plugin,
                      const char *file, struct cs_str text, struct cs_error *err)
{
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *import = cs_import_new(lab, arena, 0);
    cs_status status = cs_import_file(import, reader(plugin), cs_str_of(file), text, err);
    if (status == CS_OK)
        status = cs_import_finish(import, NULL, err);
    if (status == CS_OK)
        cs_lab_commit(lab, NULL);
    else
        cs_lab_rollback(lab);
    return status;
}

static unsigned next(unsigned *state)
{
    *state = *state * 1103515245u + 12345u;
    return *state >> 8;
}

struct cs_str damage(struct cs_arena *arena, struct cs_str text, unsigned seed)
{
    static const char odd[] = "\n\r :;\\\",=[]-*0\0\xff";
    char *out = cs_arena_copy(arena, text.at, text.length);
    size_t length = text.length;
    unsigned state = seed;
    for (unsigned i = next(&state) % 5 + 1; i > 0 && length > 1; i--) {
        size_t at = next(&state) % length, gap = next(&state) % 40;
        switch (next(&state) % 3) {
        case 0:
            out[at] = odd[next(&state) % (sizeof odd - 1)];
            break;
        case 1:
            out[at] = (char)next(&state);
            break;
        default:
            gap = at + gap < length ? gap : length - at;
            memmove(out + at, out + at + gap, length - at - gap);
            length -= gap;
        }
    }
    return cs_str_span(out, length);
}
