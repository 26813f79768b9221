/* recorder.c - see recorder.h. */
#include "recorder.h"

static cs_status begin(struct cs_sink *sink, const struct cs_command *command, struct cs_error *err)
{
    (void)err;
    ((struct recorder *)sink)->command = command;
    return CS_OK;
}

static cs_status row(struct cs_sink *sink, const struct cs_value *values, struct cs_error *err)
{
    struct recorder *recorder = (struct recorder *)sink;
    struct cs_arena *arena = cs_arena_new();
    (void)err;
    for (size_t i = 0; i < recorder->command->result.count; i++) {
        struct cs_str cell = cs_value_show(arena, &values[i]);
        cs_buf_addf(&recorder->text, "%s%.*s", i ? "|" : "", CS_STR_ARG(cell));
    }
    cs_buf_addc(&recorder->text, '\n');
    cs_arena_free(arena);
    return CS_OK;
}

static void words(struct cs_sink *sink, struct cs_str text)
{
    cs_buf_addf(&((struct recorder *)sink)->text, "say %.*s", CS_STR_ARG(text));
}

static void end(struct cs_sink *sink)
{
    cs_buf_adds(&((struct recorder *)sink)->text, "[end]\n");
}

void recorder_init(struct recorder *recorder)
{
    *recorder = (struct recorder){.sink = {begin, row, words, NULL, end, true, false, false, 0}};
    cs_buf_init(&recorder->text, 1 << 20);
}

void recorder_clear(struct recorder *recorder)
{
    cs_buf_clear(&recorder->text);
}

int recorder_run(struct recorder *recorder, struct cs_shell *shell, const char *line)
{
    int code = -1;
    cs_buf_cut(&recorder->text, 0);
    recorder->err = (struct cs_error){.at = -1};
    (void)!cs_shell_run(shell, cs_str_of(line), &recorder->sink, &code, &recorder->err);
    return code;
}
