/*
 * store_case.h - what each case of a lab file's tests stands on: a folder of its own, and in it,
 * where it is asked for, a lab with a history.
 *
 *     tcase_add_checked_fixture(files, set_up_store, tear_down_store);
 *
 * must_ok, must and tells look at the `err` of the file that uses them.
 */
#ifndef CERTSH_TESTS_STORE_CASE_H
#define CERTSH_TESTS_STORE_CASE_H

#include <string.h>

#include <certsh/world.h>

#include "house.h"
#include "lab/store.h"

extern const struct csi_sqlite csi_sqlite;
extern char store_folder[64], store_path[96]; /* x.lab in the folder, and not made yet */

void set_up_store(void);
void tear_down_store(void);

#define must_ok(call)  ck_assert_msg((call) == CS_OK, "%s (%s)", err.text, err.hint)
#define must(call, as) ck_assert_msg((call) == (as), "%d: %s", err.status, err.text)
#define tells(part)    ck_assert_msg(strstr(err.text, part), "'%s' lacks '%s'", err.text, part)

/* A lab with a history, some of it undone, in the file. */
struct house store_house(void);
/* Make a principal an administrator, or none any more. */
void store_change(struct house *house, cs_id who);
/* SQL on the file, past the shell. */
void store_sql(const char *text);
/* A command of sh that must succeed. */
void store_run(const char *command);
void store_put(const char *name, const char *bytes, size_t size);

#endif
