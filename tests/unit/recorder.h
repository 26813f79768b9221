/*
 * recorder.h - a sink that writes down what a command gives, one line a row, for tests.
 *
 *     struct recorder recorder;
 *     recorder_init(&recorder);
 *     int code = recorder_run(&recorder, shell, "toy add a b");
 *     ck_assert_str_eq(recorder.text.at, "a|b\n");
 */
#ifndef CERTSH_TESTS_RECORDER_H
#define CERTSH_TESTS_RECORDER_H

#include <certsh/shell.h>

struct recorder {
    struct cs_sink sink;
    const struct cs_command *command;
    struct cs_buf text; /* rows, words and "[end]" */
    struct cs_error err;
};

void recorder_init(struct recorder *recorder);
void recorder_clear(struct recorder *recorder);
/* The exit code; the text is that of this run alone. */
int recorder_run(struct recorder *recorder, struct cs_shell *shell, const char *line);

#endif
