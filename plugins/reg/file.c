/*
 * file.c - reg export and reg import: a key to a .reg file, and a .reg file to a host.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "reg.h"

enum { FILE_MAX = 64 << 20 };

/* --------------------------------------------------------------------- export */

static cs_status write_file(struct reg *reg, struct cs_str bytes)
{
    const char *path = cs_str_c(reg->arena, reg->file);
    FILE *file = fopen(path, reg->force ? "wb" : "wbx");
    if (!file && errno == EEXIST)
        return reg_would_ask(reg,
                             cs_str_printf(reg->arena,
                                           "File %.*s already exists. Overwrite (Yes/No)?",
                                           CS_STR_ARG(reg->file)),
                             "/y");
    if (!file)
        return cs_fail(reg->err, CS_IO, "cannot write '%s': %s", path, strerror(errno));
    bool written = fwrite(bytes.at, 1, bytes.length, file) == bytes.length;
    if (fclose(file) != 0 || !written)
        return cs_fail(reg->err, CS_IO, "cannot write '%s': %s", path, strerror(errno));
    return CS_OK;
}

cs_status reg_export(struct reg *reg)
{
    struct reg_values values = reg_collect(reg, true);
    int64_t count = 0;
    if (values.count == 0)
        return reg_missing(reg);
    for (size_t i = 0; i < values.count; i++)
        count += values.at[i]->type != CS_REG_KEY;
    cs_status status = write_file(reg, cs_reg_file_write(reg->arena, values.at, values.count));
    if (status != CS_OK)
        return status;
    reg_say_done(reg);
    return CS_ROW(reg->call, reg->err, cs_value_str(reg->file),
                  cs_value_str(reg_shown_key(reg, reg->key)), cs_value_int(count));
}

/* --------------------------------------------------------------------- import */

static cs_status read_all(struct reg *reg, FILE *file, struct cs_str *bytes)
{
    struct cs_buf buf;
    char block[1 << 14];
    size_t got;
    cs_buf_init(&buf, FILE_MAX);
    while ((got = fread(block, 1, sizeof block, file)) > 0 && !cs_buf_full(&buf))
        cs_buf_add(&buf, block, got);
    bool failed = ferror(file) != 0, full = cs_buf_full(&buf);
    *bytes = cs_str_copy(reg->arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    if (full)
        return cs_fail(reg->err, CS_LIMIT, "'%.*s' is larger than %d MiB", CS_STR_ARG(reg->file),
                       FILE_MAX >> 20);
    return failed ? cs_fail(reg->err, CS_IO, "cannot read '%.*s'", CS_STR_ARG(reg->file)) : CS_OK;
}

static cs_status read_file(struct reg *reg, struct cs_str *bytes)
{
    FILE *file = fopen(cs_str_c(reg->arena, reg->file), "rb");
    if (!file) {
        reg_fail(reg, CS_NOT_FOUND, 2,
                 "Error opening the file. There may be a disk or file system error.");
        return cs_error_hint(reg->err, "'%.*s': %s", CS_STR_ARG(reg->file), strerror(errno));
    }
    cs_status status = read_all(reg, file, bytes);
    fclose(file);
    return status;
}

static const struct cs_importer *reader(struct reg *reg)
{
    const struct cs_importer *const *list;
    size_t count = cs_shell_importers(cs_call_shell(reg->call), &list);
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i]->name, "reg") == 0)
            return list[i];
    return NULL;
}

static cs_status give_report(struct reg *reg, const struct cs_import *import)
{
    size_t count;
    const struct cs_import_report *report = cs_import_reports(import, &count);
    for (size_t i = 0; i < count; i++) {
        cs_status status =
            CS_ROW(reg->call, reg->err, cs_value_str(report[i].file), cs_value_str(reg->host->name),
                   cs_value_int((int64_t)report[i].read), report[i].warnings);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

cs_status reg_import(struct reg *reg)
{
    struct cs_str bytes;
    const struct cs_importer *importer = reader(reg);
    if (!importer)
        return cs_fail(reg->err, CS_NOT_FOUND, "no plugin here reads .reg files");
    cs_status status = read_file(reg, &bytes);
    if (status != CS_OK)
        return status;
    struct cs_import *import = cs_import_new(reg->lab, reg->arena, reg->host->record.id);
    cs_import_set_merge(import);
    status = cs_import_file(import, importer, reg->file, bytes, reg->err);
    if (status == CS_OK)
        status = cs_import_finish(import, NULL, reg->err);
    if (status != CS_OK)
        return status;
    reg_say_done(reg);
    return give_report(reg, import);
}
