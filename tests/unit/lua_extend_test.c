/*
 * lua_extend_test.c - gates, importers and report writers that a Lua plugin brings.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include <certsh/plugin.h>

#include "command/shell_internal.h"
#include "lua_case.h"

static struct lua_case *at;

static void open_case(void)
{
    at = lua_case_open("kb903220-dc");
}

static void close_case(void)
{
    lua_case_close(at);
}

#define PLUGIN(extension)                                                                          \
    "certsh.plugin{name = 'site', version = '1', brief = 'x', " extension "}\n"

static const char *const gate_chunks[] = {
    /* a refusal with all that an answer may hold, and the decision's code */
    PLUGIN("gates = {{name = 'site-hours', brief = 'x', check = function(caller)\n"
           "  assert(caller.principal.name == 'CORP\\\\alice' and caller.template.name == "
           "'User')\n"
           "  assert(caller.ca_host.name == 'DC01' and not caller.is_local and "
           "caller.is_running)\n"
           "  assert(caller.from.name == 'WS01' and caller.sids['S-1-1-0'])\n"
           "  return {verdict = 'denied', code = 0x800706BA, why = 'closed', via = {'a', "
           "'b'}}\n"
           "end}}") "local d = lab:check('alice', 'User')\n"
                    "local g = d.gates[13]\n"
                    "assert(d.verdict == 'denied' and d.code == '0x800706ba', d.code)\n"
                    "assert(g.gate == 'site-hours' and g.why == 'closed' and #g.via == 2)",
    /* nothing is allowed; unknown names what is missing */
    PLUGIN("gates = {{name = 'a', brief = 'x', check = function() end}, {name = 'b', "
           "brief = 'x',\n"
           "check = function() return {verdict = 'unknown', missing = {'the hour'}} "
           "end}}") "local d = lab:check('alice', 'User')\n"
                    "assert(d.verdict == 'unknown' and d.gates[13].verdict == "
                    "'allowed')\n"
                    "assert(d.missing[1] == 'the hour')",
    /* a gate looks and changes nothing, and says so as an error */
    PLUGIN("gates = {{name = 'a', brief = 'x', check = function(c) c.lab:restart('DC01') "
           "end}}") "local fine, e = pcall(lab.check, lab, 'alice', 'User')\n"
                    "assert(not fine and e.status == 'needs', tostring(e))",
    PLUGIN("gates = {{name = 'a', brief = 'x', check = function() return {verdict = "
           "'maybe'} end}}") "local fine, e = pcall(lab.check, lab, 'alice', 'User')\n"
                             "assert(not fine and tostring(e):find 'maybe', tostring(e))",
    PLUGIN("gates = {{name = 'a', brief = 'x', check = function() coroutine.yield() "
           "end}}") "local fine, e = pcall(coroutine.wrap(function() "
                    "lab:check('alice', 'User') end))\n"
                    "assert(not fine and tostring(e):find 'yield', tostring(e))",
    /* another lab than the shell's, whose handles die with the question */
    "local kept\n" PLUGIN(
        "gates = {{name = 'a', brief = 'x', check = function(c)\n"
        "kept = c.principal end}}") "certsh.inside(certsh.open('modern'), function()\n"
                                    "  assert(certsh.lab:check('alice', "
                                    "'User').gates[13].gate == 'a') end)\n"
                                    "assert(not pcall(function() return kept.name "
                                    "end))",
};

START_TEST(gates_in_lua)
{
    lua_case_run(at, gate_chunks[_i]);
}
END_TEST

/* Everybody at once, by the column and without: the same answer. */
START_TEST(gates_in_lua_answer_for_everybody)
{
    static const char plugin[] =
        "certsh.plugin{name = 'site', version = '1', brief = 'x', gates = {{name = 'no-users',\n"
        "brief = 'x', check = function(c)\n"
        "  if c.sids['S-1-5-11'] and c.principal.kind == 'user' then\n"
        "    return {verdict = 'not-granted'} end\n"
        "end, %s}}}\n";
    static const char *const columns[] = {"column = function() return {'S-1-5-11'} end", ""};
    char chunk[600];
    snprintf(chunk, sizeof chunk, plugin, columns[_i]);
    lua_case_run(at, chunk);
    struct cs_lab *lab = cs_shell_lab(at->shell);
    struct cs_arena *arena = cs_arena_new();
    struct cs_who who;
    struct cs_error err = {0};
    struct cs_question ask = {.template_ = cs_template_find(lab, CS_STR(""), CS_STR("User")),
                              .ca = cs_ca_find(lab, CS_STR("CORP-CA"))};
    ck_assert_msg(cs_enroll_who(lab, arena, &ask, &who, &err) == CS_OK, "%s", err.text);
    size_t refused = 0;
    for (size_t i = 0; i < who.count; i++)
        if (who.parts[i].gate >= 0 && who.parts[i].verdict == CS_NOT_GRANTED &&
            strcmp(cs_gate_at(lab, (size_t)who.parts[i].gate)->name, "no-users") == 0)
            refused += who.parts[i].size;
    ck_assert_uint_eq(refused, 3); /* alice, bob, Administrator */
    cs_arena_free(arena);
}
END_TEST

/* ------------------------------------------------------------------- importers */

static const char importer[] =
    "certsh.plugin{name = 'site', version = '1', brief = 'x', importers = {{name = 'list',\n"
    "  brief = 'x', probe = function(name, head) return head:match '^#list' and 80 or 0 end,\n"
    "  read = function(import, text)\n"
    "    local n = 0\n"
    "    for line in text:gmatch '[^\\n]+' do n = n + 1\n"
    "      if line:match '^value' then import:registry{key = [[HKLM\\SOFTWARE\\Site]], name = "
    "'A',\n"
    "        value = tonumber(line:match '%d+'), line = n}\n"
    "      elseif line == 'bad' then import:bad('this line is bad', n)\n"
    "      elseif line == 'skip' then import:skip('not for us', 'x', n)\n"
    "      elseif line == 'crash' then error 'crashed'\n"
    "      elseif line == 'keep' then kept = import end\n"
    "    end end}}}";

static cs_status import_text(const char *text, struct cs_error *err)
{
    const struct cs_importer *const *list;
    struct cs_str name = CS_STR("x.list"), bytes = cs_str_of(text);
    ck_assert_uint_eq(cs_shell_importers(at->shell, &list), 1);
    ck_assert_int_eq(cs_importer_probe(list[0], name, bytes), 80);
    ck_assert_int_eq(cs_importer_probe(list[0], name, CS_STR("other")), 0);
    struct cs_lab *lab = cs_shell_lab(at->shell);
    struct cs_arena *arena = cs_arena_new();
    struct cs_import *import = cs_import_new(lab, arena, cs_shell_host(at->shell));
    cs_status status = cs_import_file(import, list[0], name, bytes, err);
    if (status == CS_OK) {
        cs_id host = 0;
        cs_lab_begin(lab, CS_STR("import"));
        status = cs_import_finish(import, &host, err);
        ck_assert_int_eq(cs_lab_commit(lab, err), CS_OK);
    }
    cs_arena_free(arena);
    return status;
}

START_TEST(importers_in_lua)
{
    struct cs_error err = {0};
    lua_case_run(at, importer);
    ck_assert_msg(import_text("#list\nvalue 42\nskip\nkeep\n", &err) == CS_OK, "%s", err.text);
    lua_case_run(at, "assert(lab:host('DC01'):registry([[HKLM\\SOFTWARE\\Site]], 'A') == 42)\n"
                     "local fine, e = pcall(kept.warn, kept, 'x')\n"
                     "assert(not fine and e.status == 'state', tostring(e))");
}
END_TEST

START_TEST(importers_in_lua_fail_cleanly)
{
    struct cs_error err = {0};
    lua_case_run(at, importer);
    ck_assert_int_eq(import_text("#list\nvalue 1\nbad\n", &err), CS_SYNTAX);
    ck_assert_str_eq(err.where, "x.list:3");
    ck_assert_int_eq(import_text("#list\ncrash\n", &err), CS_SCRIPT);
    ck_assert_ptr_nonnull(strstr(err.text, "crashed"));
    lua_case_run(at, "assert(not lab:host('DC01'):registry([[HKLM\\SOFTWARE\\Site]], 'A'))");
}
END_TEST

/* --------------------------------------------------------------------- formats */

START_TEST(formats_in_lua)
{
    static const struct cs_field fields[] = {{"name", &cs_type_text, "x"},
                                             {"size", &cs_type_int, "x"}};
    const struct cs_command command = {.name = "thing list", .result = {fields, 2}};
    const struct cs_value one[] = {cs_value_text("a"), cs_value_int(3)};
    const struct cs_value two[] = {cs_value_text("b"), cs_value_null()};
    const struct cs_value *const rows[] = {one, two};
    struct cs_arena *arena = cs_arena_new();
    struct cs_error err = {0};
    struct cs_buf out;
    lua_case_run(at, "certsh.plugin{name = 'site', version = '1', brief = 'x', formats = {{\n"
                     "name = 'lines', brief = 'x', write = function(r)\n"
                     "  local t = {r.command .. ':' .. table.concat(r.fields, ',')}\n"
                     "  for _, row in ipairs(r.rows) do t[#t + 1] = row.name .. '=' .. "
                     "tostring(row.size) end\n"
                     "  return table.concat(t, ' ') end},\n"
                     "{name = 'broken', brief = 'x', write = function() return {} end}}}");
    ck_assert_ptr_null(csi_registry_format(at->shell, CS_STR("nix")));
    struct cs_report report = {csi_registry_format(at->shell, CS_STR("lines")), &command, rows, 2,
                               arena};
    ck_assert_ptr_nonnull(report.format);
    cs_buf_init(&out, 1000);
    ck_assert_int_eq(report.format->write(&report, &out, &err), CS_OK);
    ck_assert_str_eq(out.at, "thing list:name,size a=3 b=nil");
    report.format = csi_registry_format(at->shell, CS_STR("broken"));
    ck_assert_int_eq(report.format->write(&report, &out, &err), CS_INVALID);
    cs_buf_clear(&out);
    ck_assert_int_eq(cs_shell_set(at->shell, CS_STR("format"), CS_STR("lines"), &err), CS_OK);
    cs_arena_free(arena);
}
END_TEST

static cs_status put_to_buf(struct cs_output *output, struct cs_str text, struct cs_error *err)
{
    (void)err;
    cs_buf_add_str(output->shell, text);
    return CS_OK;
}

/* "lines" streams and keeps what it needs in its `out`; "stops" fails at its second row. */
static const char streams[] =
    "certsh.plugin{name = 'site', version = '1', brief = 'x', formats = {{\n"
    "name = 'lines', brief = 'x',\n"
    "begin = function(out) out.total = 0\n"
    "  return out.command .. ' ' .. table.concat(out.fields, ',') .. ' ' .. out.types.size\n"
    "    .. ' ' .. out.width .. tostring(out.utf8) .. tostring(out.terminal) end,\n"
    "row = function(out, row) assert(out.rows == out.total) out.total = out.total + 1\n"
    "  if row.size then return (' %s=%d'):format(row.name, row.size) end end,\n"
    "finish = function(out)\n"
    "  return (' %d %s %d %s'):format(out.rows, tostring(out.failed), out.columns 'h\\u{e4}',\n"
    "    out.show{'a', 'b'}) end},\n"
    "{name = 'bare', brief = 'x', row = function(_, row) return row.name end},\n"
    "{name = 'stops', brief = 'x', row = function(out, row)\n"
    "  if out.rows == 1 then error 'enough' end return row.name end},\n"
    "{name = 'wrong', brief = 'x', row = function() return {} end}}}";

static const struct {
    const char *format;
    cs_status row;
    const char *text;
} streamed[] = {{"lines", CS_OK, "thing list name,size number 70truefalse a=3 2 false 2 a, b"},
                {"bare", CS_OK, "ab"},
                {"stops", CS_SCRIPT, "a"},
                {"wrong", CS_INVALID, ""}};

START_TEST(streaming_formats_in_lua)
{
    static const struct cs_field fields[] = {{"name", &cs_type_text, "x"},
                                             {"size", &cs_type_int, "x"}};
    const struct cs_command command = {.name = "thing list", .result = {fields, 2}};
    const struct cs_value one[] = {cs_value_text("a"), cs_value_int(3)};
    const struct cs_value two[] = {cs_value_text("b"), cs_value_null()};
    struct cs_error err = {0};
    struct cs_buf out;
    lua_case_run(at, streams);
    const struct cs_format *format = csi_registry_format(at->shell, cs_str_of(streamed[_i].format));
    cs_buf_init(&out, 1000);
    struct cs_output output = {.format = format,
                               .command = &command,
                               .put = put_to_buf,
                               .width = 70,
                               .utf8 = true,
                               .shell = &out};
    ck_assert_int_eq(format->begin(&output, &err), CS_OK);
    cs_status status = format->row(&output, one, &err);
    output.rows = 1;
    if (status == CS_OK)
        status = format->row(&output, two, &err);
    ck_assert_int_eq(status, streamed[_i].row);
    output.rows = 2;
    output.failed = status != CS_OK;
    ck_assert_int_eq(format->finish(&output, &err), CS_OK);
    ck_assert_str_eq(out.at ? out.at : "", streamed[_i].text);
    cs_buf_clear(&out);
}
END_TEST

static const struct cs_value *place;
static size_t rows_seen;

static cs_status see_place(struct cs_sink *sink, const struct cs_value *values,
                           struct cs_error *err)
{
    (void)sink, (void)err;
    place = place ? place : values;
    ck_assert_ptr_eq(values, place);
    rows_seen++;
    return CS_OK;
}

/* A row that is given lies where the last one lay: millions take the memory of one. */
START_TEST(rows_of_lua_take_one_place)
{
    struct cs_sink sink = {.row = see_place};
    struct cs_error err = {0};
    int code = 0;
    place = NULL;
    rows_seen = 0;
    lua_case_run(at, "certsh.command{name = 'many', brief = 'x', result = {{'n', 'text', 'x'}},\n"
                     "run = function(call) for i = 1, 5000 do call:row{n = 'row ' .. i} end end}");
    ck_assert_int_eq(cs_shell_run(at->shell, CS_STR("many"), &sink, &code, &err), CS_OK);
    ck_assert_uint_eq(rows_seen, 5000);
}
END_TEST

Suite *lua_extend_suite(void);
Suite *lua_extend_suite(void)
{
    Suite *suite = suite_create("lua_extend");
    TCase *extend = tcase_create("extend");
    tcase_add_checked_fixture(extend, open_case, close_case);
    tcase_add_loop_test(extend, gates_in_lua, 0, (int)CS_COUNT(gate_chunks));
    tcase_add_loop_test(extend, gates_in_lua_answer_for_everybody, 0, 2);
    tcase_add_test(extend, importers_in_lua);
    tcase_add_test(extend, importers_in_lua_fail_cleanly);
    tcase_add_test(extend, formats_in_lua);
    tcase_add_test(extend, rows_of_lua_take_one_place);
    tcase_add_loop_test(extend, streaming_formats_in_lua, 0, (int)CS_COUNT(streamed));
    suite_add_tcase(suite, extend);
    return suite;
}
