/*
 * import_hive.c - a plugin that reads registry hives: the files SOFTWARE and SYSTEM of a machine.
 *
 * A hive is what `reg save HKLM\SOFTWARE software.hiv` writes, or what lies in System32\config
 * of a disk image.  It holds everything, so only what decisions need is taken:
 *
 *   SOFTWARE  Microsoft\Ole, Classes\AppID, Policies\Microsoft\Windows NT, the version of Windows
 *   SYSTEM    Services\CertSvc\Configuration, the machine's name and role, Lsa
 *
 * and a key that is not there is a fact, too: no policy.  Of SYSTEM's control sets the one of
 * Select\Current counts.  hivex reads the format (LGPL, fuzzed); it wants a file of its own, so
 * the bytes, which may come out of gzip, go through a temporary one.
 *
 * A hive that was not closed ("dirty": its two sequence numbers differ) lacks what still was in
 * its .LOG files, which hivex does not replay: that is told.  SAM and SECURITY hold password
 * hashes and secrets, and nothing of them is needed: they are refused.
 *
 * The number behind the file's name is the offset in the hive.
 */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hivex.h>

#include <certsh/plugin.h>

enum { DEPTH_MAX = 40, HEADER = 4096 };

struct hive {
    struct cs_import *import;
    hive_h *h;
    struct cs_error *err;
};

/* ------------------------------------------------------------------ opening */

static cs_status damaged(const struct hive *hive, size_t at, const char *what)
{
    cs_import_bad(hive->import, (uint32_t)at, hive->err, "the hive is damaged: %s", what);
    return cs_error_hint(hive->err, "nothing was imported.  Was it copied from a running machine? "
                                    " reg save HKLM\\SOFTWARE software.hiv writes a whole one");
}

static bool write_all(int file, struct cs_str bytes)
{
    while (bytes.length) {
        ssize_t wrote = write(file, bytes.at, bytes.length);
        if (wrote < 0 && errno != EINTR)
            return false;
        if (wrote > 0)
            bytes = cs_str_from(bytes, (size_t)wrote);
    }
    return true;
}

/* hivex maps the file: its name may go at once. */
static cs_status open_hive(struct hive *hive, struct cs_str bytes)
{
    char path[] = "/tmp/certsh-hive-XXXXXX";
    int file = mkstemp(path);
    if (file < 0)
        return cs_fail(hive->err, CS_IO, "no temporary file: %s", strerror(errno));
    bool written = write_all(file, bytes);
    if (written)
        hive->h = hivex_open(path, 0);
    const char *why = strerror(errno);
    close(file);
    unlink(path);
    if (!written)
        return cs_fail(hive->err, CS_IO, "no room for a temporary file: %s", why);
    char words[120];
    snprintf(words, sizeof words, "hivex cannot open it (%.80s)", why);
    return hive->h ? CS_OK : damaged(hive, 0, words);
}

/* --------------------------------------------------------------------- keys */

static hive_node_h child(const struct hive *hive, hive_node_h node, const char *name)
{
    return node ? hivex_node_get_child(hive->h, node, name) : 0;
}

/* The node of "Microsoft\\Ole" below `node`, 0 when it is not there. */
static hive_node_h find(const struct hive *hive, hive_node_h node, struct cs_str path)
{
    struct cs_arena *arena = cs_import_arena(hive->import);
    while (node && path.length) {
        ptrdiff_t slash = cs_str_find(path, '\\');
        struct cs_str step = cs_str_span(path.at, slash < 0 ? path.length : (size_t)slash);
        node = child(hive, node, cs_str_c(arena, step));
        path = cs_str_from(path, slash < 0 ? path.length : step.length + 1);
    }
    return node;
}

/* ------------------------------------------------------------------- values */

static cs_status take_value(const struct hive *hive, struct cs_str key, hive_value_h value)
{
    struct cs_arena *arena = cs_import_arena(hive->import);
    hive_type type;
    size_t length;
    char *name = hivex_value_key(hive->h, value);
    char *data = name ? hivex_value_value(hive->h, value, &type, &length) : NULL;
    cs_status status = CS_OK;
    if (!data) {
        status = damaged(hive, value, "a value cannot be read");
    } else {
        struct cs_str kept = cs_str_copy(arena, cs_str_span(data, length));
        status = cs_import_registry(hive->import, key, cs_str_copy(arena, cs_str_of(name)),
                                    (uint32_t)type, kept, (uint32_t)value, hive->err);
    }
    free(data);
    free(name);
    return status;
}

static cs_status take_values(const struct hive *hive, struct cs_str key, hive_node_h node)
{
    hive_value_h *values = hivex_node_values(hive->h, node);
    cs_status status = values ? CS_OK : damaged(hive, node, "the values of a key cannot be read");
    for (size_t i = 0; status == CS_OK && values[i]; i++)
        status = take_value(hive, key, values[i]);
    free(values);
    return status;
}

static cs_status take_tree(const struct hive *hive, struct cs_str key, hive_node_h node, int depth);

static cs_status take_child(const struct hive *hive, struct cs_str key, hive_node_h node, int depth)
{
    char *name = hivex_node_name(hive->h, node);
    if (!name)
        return damaged(hive, node, "a key has no name");
    struct cs_str below =
        cs_str_printf(cs_import_arena(hive->import), "%.*s\\%s", CS_STR_ARG(key), name);
    free(name);
    return take_tree(hive, below, node, depth + 1);
}

/* A key with all below it. */
static cs_status take_tree(const struct hive *hive, struct cs_str key, hive_node_h node, int depth)
{
    if (depth > DEPTH_MAX)
        return damaged(hive, node, "keys lie too deep");
    cs_status status = cs_import_key(hive->import, key, (uint32_t)node, hive->err);
    if (status == CS_OK)
        status = take_values(hive, key, node);
    hive_node_h *children = status == CS_OK ? hivex_node_children(hive->h, node) : NULL;
    if (status == CS_OK && !children)
        return damaged(hive, node, "the keys below a key cannot be read");
    for (size_t i = 0; status == CS_OK && children[i]; i++)
        status = take_child(hive, key, children[i], depth);
    free(children);
    return status;
}

/* --------------------------------------------------------------- what to take */

struct wanted {
    const char *path;
    bool below; /* with all below it; its absence is a fact */
};

static const struct wanted software[] = {
    {"Microsoft\\Ole", true},
    {"Classes\\AppID", true},
    {"WOW6432Node\\Classes\\AppID", true},
    {"Policies\\Microsoft\\Windows NT\\DCOM", true},
    {"Policies\\Microsoft\\Windows NT\\Rpc", true},
    {"Microsoft\\Windows NT\\CurrentVersion", false},
};
static const struct wanted set[] = {
    {"Services\\CertSvc\\Configuration", true}, {"Control\\ComputerName\\ComputerName", false},
    {"Control\\ProductOptions", false},         {"Control\\Lsa", false},
    {"Services\\Tcpip\\Parameters", false},     {"Services\\CertSvc", false},
};

static cs_status take(const struct hive *hive, const char *prefix, hive_node_h root,
                      const struct wanted *list, size_t count)
{
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < count; i++) {
        struct cs_str key =
            cs_str_printf(cs_import_arena(hive->import), "HKLM\\%s\\%s", prefix, list[i].path);
        hive_node_h node = find(hive, root, cs_str_of(list[i].path));
        if (node && list[i].below)
            status = take_tree(hive, key, node, 0);
        else if (node)
            status = take_values(hive, key, node);
        else if (list[i].below)
            cs_import_no_key(hive->import, key, 0);
    }
    return status;
}

/* ------------------------------------------------------------ kinds of hives */

static cs_status take_software(const struct hive *hive, hive_node_h root)
{
    return take(hive, "SOFTWARE", root, software, CS_COUNT(software));
}

/* "ControlSet001" of Select\Current; 1 where the hive does not say. */
static hive_node_h control_set(const struct hive *hive, hive_node_h root)
{
    char name[32] = "ControlSet001";
    hive_node_h select = child(hive, root, "Select");
    hive_value_h current = select ? hivex_node_get_value(hive->h, select, "Current") : 0;
    if (current)
        snprintf(name, sizeof name, "ControlSet%03u",
                 (unsigned)hivex_value_dword(hive->h, current) & 0xffffu);
    hive_node_h node = child(hive, root, name);
    return node ? node : child(hive, root, "CurrentControlSet");
}

static cs_status take_system(const struct hive *hive, hive_node_h root)
{
    hive_node_h node = control_set(hive, root);
    if (!node)
        return damaged(hive, 0, "the control set that Select\\Current names is not there");
    return take(hive, "SYSTEM\\CurrentControlSet", node, set, CS_COUNT(set));
}

static cs_status refuse_secrets(const struct hive *hive, hive_node_h root)
{
    (void)root;
    cs_import_bad(hive->import, 0, hive->err, "SAM and SECURITY hold passwords: not read");
    return cs_error_hint(hive->err, "local groups come from: net localgroup \"Certificate Service "
                                    "DCOM Access\" > localgroup-574.txt");
}

static cs_status refuse_user(const struct hive *hive, hive_node_h root)
{
    (void)root;
    cs_import_bad(hive->import, 0, hive->err, "this is a user's hive, not a machine's");
    return cs_error_hint(hive->err, "nothing was imported.  SOFTWARE and SYSTEM hold what counts");
}

/* A key below the root tells which hive it is; the first that fits counts. */
static const struct {
    const char *child;
    cs_status (*take)(const struct hive *hive, hive_node_h root);
} kinds[] = {
    {"Select", take_system},
    {"ControlSet001", take_system},
    {"CurrentControlSet", take_system},
    {"SAM", refuse_secrets},
    {"Policy", refuse_secrets},
    {"Environment", refuse_user},
    {"Control Panel", refuse_user},
    {"Classes", take_software},
    {"Microsoft", take_software},
    {"Policies", take_software},
};

static cs_status take_hive(const struct hive *hive)
{
    hive_node_h root = hivex_root(hive->h);
    if (!root)
        return damaged(hive, 0, "it has no root key");
    for (size_t i = 0; i < CS_COUNT(kinds); i++)
        if (child(hive, root, kinds[i].child))
            return kinds[i].take(hive, root);
    cs_import_bad(hive->import, 0, hive->err, "this hive is neither SOFTWARE nor SYSTEM");
    return cs_error_hint(hive->err, "nothing was imported.  reg save HKLM\\SOFTWARE software.hiv "
                                    "and reg save HKLM\\SYSTEM system.hiv write those");
}

/* --------------------------------------------------------------------- read */

static bool is_dirty(struct cs_str bytes)
{
    return memcmp(bytes.at + 4, bytes.at + 8, 4) != 0;
}

/* The header says how long all bins together are (at 40). */
static bool is_cut(struct cs_str bytes)
{
    uint32_t size = 0;
    for (size_t i = 4; i-- > 0;)
        size = size << 8 | (unsigned char)bytes.at[40 + i];
    return bytes.length - HEADER < size;
}

static cs_status read_hive(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct hive hive = {.import = import, .err = err};
    if (bytes.length < HEADER || !cs_str_starts(bytes, CS_STR("regf")))
        return damaged(&hive, 0, "it has no header");
    if (is_cut(bytes))
        return damaged(&hive, 0, "it is shorter than its header says");
    cs_status status = open_hive(&hive, bytes);
    if (status != CS_OK)
        return status;
    status = take_hive(&hive);
    hivex_close(hive.h);
    if (status == CS_OK && is_dirty(bytes))
        cs_import_warn(import, 0,
                       "the hive was not closed: its last changes may be in .LOG files, which are "
                       "not read");
    return status;
}

static int probe_hive(struct cs_str name, struct cs_str head)
{
    (void)name;
    return cs_str_starts(head, CS_STR("regf")) ? 100 : 0;
}

static const struct cs_importer importers[] = {{
    .name = "hive",
    .brief = "registry hives SOFTWARE and SYSTEM",
    .probe = probe_hive,
    .read = read_hive,
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "import_hive",
    .version = "1.0",
    .brief = "reads registry hives",
    .needs = "file.read file.write",
    .importers = importers,
    .importer_count = CS_COUNT(importers),
};
