/* pipe.c - `| program`, `> file`, `>> file` at the end of a command line.  Room: front. */
#define _POSIX_C_SOURCE 200809L
#include "front.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "command/caps.h"
#include "command/shell_internal.h"

static bool is_sign(struct cs_str line, const struct csi_word *word)
{
    return line.at[word->at] == '|' || line.at[word->at] == '>';
}

static cs_status lacks_target(const struct csi_word *word, struct cs_error *err)
{
    return cs_fail_at(err, CS_USAGE, word->at, "'%.*s' needs a program or a file after it",
                      CS_STR_ARG(word->text));
}

/* `> file`: the word after the sign, or what is written onto it; nothing may follow. */
static cs_status file_target(struct cs_arena *arena, const struct csi_word *words, size_t count,
                             size_t sign, struct csi_pipe *out, struct cs_error *err)
{
    bool glued = words[0].text.length > sign;
    if (!glued && count < 2)
        return lacks_target(&words[0], err);
    size_t taken = glued ? 1 : 2;
    if (count > taken)
        return cs_fail_at(err, CS_USAGE, words[taken].at, "'%.*s' after the file is too much",
                          CS_STR_ARG(words[taken].text));
    out->target = cs_str_c(arena, glued ? cs_str_from(words[0].text, sign) : words[1].text);
    return CS_OK;
}

static cs_status split_at(struct cs_arena *arena, struct cs_str line, const struct csi_word *words,
                          size_t count, struct csi_pipe *out, struct cs_error *err)
{
    out->line = cs_str_trim(cs_str_span(line.at, words[0].at));
    if (line.at[words[0].at] == '>') {
        bool adds = cs_str_starts(words[0].text, CS_STR(">>"));
        out->kind = adds ? CSI_ADD_TO_FILE : CSI_TO_FILE;
        return file_target(arena, words, count, adds ? 2 : 1, out, err);
    }
    struct cs_str program = cs_str_trim(cs_str_from(line, words[0].at + 1));
    if (!program.length)
        return lacks_target(&words[0], err);
    out->kind = CSI_TO_PROGRAM;
    out->target = cs_str_c(arena, program);
    return CS_OK;
}

cs_status csi_pipe_split(struct cs_arena *arena, struct cs_str line, struct csi_pipe *out,
                         struct cs_error *err)
{
    struct csi_word *words = NULL;
    size_t count = 0;
    *out = (struct csi_pipe){.line = line};
    cs_status status = csi_words_split(arena, line, true, &words, &count, err);
    for (size_t i = 0; status == CS_OK && i < count; i++)
        if (is_sign(line, &words[i]))
            return split_at(arena, line, &words[i], count - i, out, err);
    return status;
}

/* A lab file is somebody's lab, perhaps the one that is open: no output goes there. */
static bool is_lab_file(const char *path)
{
    char magic[16] = "";
    struct stat about;
    FILE *file = stat(path, &about) == 0 && S_ISREG(about.st_mode) ? fopen(path, "rb") : NULL;
    size_t size = file ? fread(magic, 1, sizeof magic, file) : 0;
    if (file)
        fclose(file);
    return size == sizeof magic && memcmp(magic, "SQLite format 3", sizeof magic) == 0;
}

cs_status csi_pipe_open(const struct csi_pipe *pipe, FILE **out, struct cs_error *err)
{
    *out = stdout;
    if (pipe->kind == CSI_NO_PIPE)
        return CS_OK;
    unsigned needs = pipe->kind == CSI_TO_PROGRAM ? CSI_PROCESS : CSI_FILE_WRITE;
    if (needs & ~csi_caps_granted(csi_front_current->shell))
        return csi_caps_refuse(csi_front_current->shell, "'|' or '>'", needs, err);
    if (pipe->kind != CSI_TO_PROGRAM && is_lab_file(pipe->target)) {
        cs_fail(err, CS_EXISTS, "'%s' is a lab file, and is not written over", pipe->target);
        return cs_error_hint(err, "choose another name, or remove it first");
    }
    fflush(stdout);
    if (pipe->kind == CSI_TO_PROGRAM) {
        signal(SIGPIPE, SIG_IGN); /* `| head` may leave early, and that is no failure */
        *out = popen(pipe->target, "w");
    } else {
        *out = fopen(pipe->target, pipe->kind == CSI_TO_FILE ? "w" : "a");
    }
    if (!*out)
        return cs_fail(err, CS_IO, "'%s' cannot be opened: %s", pipe->target, strerror(errno));
    return CS_OK;
}

static cs_status close_file(const struct csi_pipe *pipe, FILE *out, bool written,
                            struct cs_error *err)
{
    int problem = errno;
    if (fclose(out) == 0 && written)
        return CS_OK;
    return cs_fail(err, CS_IO, "'%s' cannot be written: %s", pipe->target,
                   strerror(written ? errno : problem));
}

cs_status csi_pipe_close(const struct csi_pipe *pipe, FILE *out, bool written, int *code,
                         struct cs_error *err)
{
    if (pipe->kind == CSI_NO_PIPE)
        return written ? CS_OK
                       : cs_fail(err, CS_IO, "the output cannot be written: %s", strerror(errno));
    if (pipe->kind != CSI_TO_PROGRAM)
        return close_file(pipe, out, written, err);
    int ended = pclose(out);
    signal(SIGPIPE, SIG_DFL);
    if (*code == 0 && ended != 0)
        *code = 1;
    return CS_OK;
}
