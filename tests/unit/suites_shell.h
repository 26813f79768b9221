/* suites_shell.h - the suites of the value, command and front floors. */
#ifndef CERTSH_TESTS_SUITES_SHELL_H
#define CERTSH_TESTS_SUITES_SHELL_H

#include <check.h>

Suite *value_suite(void);
Suite *json_suite(void);
Suite *words_suite(void);
Suite *bind_suite(void);
Suite *catalog_suite(void);
Suite *complete_suite(void);
Suite *grammar_suite(void);
Suite *render_suite(void);
Suite *options_suite(void);

#endif
