/* fuzz_reader.c - see fuzz_reader.h. */
#include "fuzz_reader.h"

#include <stdio.h>
#include <stdlib.h>

#include <certsh/import.h>
#include <certsh/plugin.h>

extern const struct cs_plugin cs_plugin; /* the one that is linked in */

static void check(bool holds, const char *law)
{
    if (holds)
        return;
    fprintf(stderr, "law broken: %s\n", law);
    abort();
}

static size_t things(const struct cs_lab *lab)
{
    size_t count = cs_principal_end(lab);
    for (int noun = CS_NOUN_DOMAIN; noun < CS_NOUN_START; noun++)
        count += cs_record_count(lab, (enum cs_noun)noun);
    return count;
}

static cs_status import_bytes(struct cs_lab *lab, struct cs_arena *arena, struct cs_str bytes,
                              struct cs_error *err)
{
    struct cs_import *import = cs_import_new(lab, arena, 0);
    cs_id host = 0;
    size_t count;
    cs_status status = cs_import_file(import, &cs_plugin.importers[0], CS_STR("input"), bytes, err);
    if (status == CS_OK)
        status = cs_import_finish(import, &host, err);
    check(cs_import_reports(import, &count) != NULL && count >= 1, "there is a report");
    return status;
}

void laws_of_reader(struct cs_str bytes)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_lab *lab = cs_lab_new();
    struct cs_error err = {0};
    size_t before = things(lab), done = 0;
    int sure = cs_plugin.importers[0].probe(CS_STR("input"), bytes);
    check(sure >= 0 && sure <= 100, "a guess is a percentage");
    cs_lab_begin(lab, CS_STR("import"));
    if (import_bytes(lab, arena, bytes, &err) == CS_OK) {
        cs_lab_commit(lab, NULL);
        size_t after = things(lab);
        if (cs_lab_change_count(lab)) {
            check(cs_lab_undo(lab, 1, &done, &err) == CS_OK, "what came in can go");
            check(cs_lab_redo(lab, 1, &done, &err) == CS_OK, "and come back");
            check(things(lab) == after, "as it was");
        }
    } else {
        cs_lab_rollback(lab);
        check(err.text[0] != 0, "a refusal has a reason");
        check(things(lab) == before, "what is refused leaves nothing");
    }
    cs_lab_free(lab);
    cs_arena_free(arena);
}
