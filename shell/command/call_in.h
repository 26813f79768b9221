/*
 * call_in.h - what a call is made of; for call.c (what a handler asks) and call_run.c (how it
 * is run).  Room: command, internal.
 */
#ifndef CERTSH_COMMAND_CALL_IN_H
#define CERTSH_COMMAND_CALL_IN_H

#include "shell_internal.h"

struct held_row {
    struct held_row *next;
    struct cs_value values[];
};

struct cs_call {
    struct cs_shell *shell;
    struct cs_arena *arena;
    const struct cs_command *command;
    struct cs_sink *sink;
    struct cs_str line;
    struct cs_str *words;
    size_t word_count;
    struct csi_bound bound;
    bool holds; /* rows and words wait for the commit */
    struct held_row *first, **last;
    struct cs_buf said;
    int code;
};

#endif
