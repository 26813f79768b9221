/* suites_domain.h - the suites of the domain floor. */
#ifndef CERTSH_TESTS_SUITES_DOMAIN_H
#define CERTSH_TESTS_SUITES_DOMAIN_H

#include <check.h>

Suite *sid_suite(void);
Suite *rights_suite(void);
Suite *sd_suite(void);
Suite *sddl_suite(void);
Suite *condition_suite(void);
Suite *token_suite(void);
Suite *access_suite(void);
Suite *com_suite(void);
Suite *windows_suite(void);

#endif
