/*
 * import_case.h - what each case of an importer's tests stands on: an empty lab to read into.
 *
 *     tcase_add_checked_fixture(tests, set_up_import, tear_down_import);
 */
#ifndef CERTSH_TESTS_IMPORT_CASE_H
#define CERTSH_TESTS_IMPORT_CASE_H

#include "import_files.h"

extern struct cs_lab *lab;
extern struct cs_arena *arena;
extern struct cs_error err; /* of the last import */

void set_up_import(void);
void tear_down_import(void);

#endif
