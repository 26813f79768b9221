/*
 * run_tests.c - the one program of all Check suites.
 *
 *     run_tests            every suite
 *     run_tests sid token  these
 *
 * suites.h is generated from the names of the test files, so a new foo_test.c that exports
 * `Suite *foo_suite(void)` is run without being written down anywhere.  A suite without a
 * single test fails: silence is not success.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#define X(name) Suite *name##_suite(void);
#include "suites.h"
#undef X

static const struct {
    const char *name;
    Suite *(*make)(void);
} suites[] = {
#define X(name) {#name, name##_suite},
#include "suites.h"
#undef X
};

enum { SUITES = sizeof suites / sizeof suites[0] };

/* Failures of one suite; an empty one counts as a failure. */
static int run(size_t index)
{
    SRunner *runner = srunner_create(suites[index].make());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    if (srunner_ntests_run(runner) == 0) {
        fprintf(stderr, "run_tests: suite '%s' has no tests\n", suites[index].name);
        failed++;
    }
    srunner_free(runner);
    return failed;
}

static int run_named(const char *name)
{
    for (size_t i = 0; i < SUITES; i++)
        if (strcmp(suites[i].name, name) == 0)
            return run(i);
    fprintf(stderr, "run_tests: no suite '%s'\n", name);
    return 1;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed += run_named(argv[i]);
    for (size_t i = 0; argc == 1 && i < SUITES; i++)
        failed += run(i);
    return failed == 0 ? 0 : 1;
}
