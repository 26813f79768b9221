/*
 * line.c - reading a line from a terminal; the one file that knows readline, and therefore a
 * module of its own (line_door.c opens it).
 *
 * The user's inputrc counts.  Ctrl-C throws the line away, Ctrl-D on an empty one leaves.
 * History is kept in whole blocks, with time stamps, which are what lets readline read an
 * entry of several lines back as one.  Room: front.
 */
#define _POSIX_C_SOURCE 200809L
#include "front.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

enum { HISTORY_LENGTH = 2000 };

static struct csi_front *front_of_completion;
static volatile sig_atomic_t interrupted;

/* ------------------------------------------------------------------ signals */

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

/* --------------------------------------------------------------- completion */

struct offers {
    char **at;
    size_t count, room, skip; /* skip: bytes before where readline's own word begins */
    struct cs_str typed;
};

/* readline replaces its own word only; what stands before it must be what is typed. */
static void take_offer(void *context, struct cs_str word, const char *brief)
{
    struct offers *offers = context;
    (void)brief;
    if (word.length < offers->skip)
        return;
    word = cs_str_from(word, offers->skip);
    for (size_t i = 0; i < offers->count; i++)
        if (cs_str_is(word, offers->at[i]))
            return;
    if (offers->count == offers->room) {
        offers->room = offers->room ? offers->room * 2 : 32;
        char **at = realloc(offers->at, offers->room * sizeof *at);
        if (!at)
            return;
        offers->at = at;
    }
    char *copy = strndup(word.at, word.length);
    if (copy)
        offers->at[offers->count++] = copy;
}

static void collect(struct offers *offers, const char *line, int start, int end)
{
    struct cs_shell *shell = front_of_completion->shell;
    struct cs_str whole = cs_str_span(line, (size_t)end);
    struct cs_error err;
    size_t word = 0;
    bool is_lua = csi_line_kind(shell, whole) == CSI_LINE_LUA;
    if (is_lua && csi_front_need_lua(front_of_completion, &err) == CS_OK) {
        csi_lua_complete(front_of_completion->lua, cs_str_span(line + start, (size_t)(end - start)),
                         take_offer, offers);
        rl_completion_append_character = '\0';
        return;
    }
    /* twice: the first time only tells where the word begins */
    struct offers none = {.skip = SIZE_MAX};
    cs_shell_complete(shell, whole, (size_t)end, &word, take_offer, &none);
    offers->skip = (size_t)start > word ? (size_t)start - word : 0;
    cs_shell_complete(shell, whole, (size_t)end, &word, take_offer, offers);
    if (word == 0 && end > start && front_of_completion->lua) /* it may become Lua yet */
        csi_lua_complete(front_of_completion->lua, whole, take_offer, offers);
}

static struct offers current;

static char *next_offer(const char *text, int state)
{
    static size_t next;
    (void)text;
    if (state == 0)
        next = 0;
    return next < current.count ? strdup(current.at[next++]) : NULL;
}

static char **complete(const char *text, int start, int end)
{
    current = (struct offers){0};
    rl_attempted_completion_over = 1;
    rl_completion_append_character = ' ';
    collect(&current, rl_line_buffer, start, end);
    if (current.count == 1 && strlen(current.at[0]) &&
        strchr("/=", current.at[0][strlen(current.at[0]) - 1]))
        rl_completion_append_character = '\0';
    char **matches = rl_completion_matches(text, next_offer);
    for (size_t i = 0; i < current.count; i++)
        free(current.at[i]);
    free(current.at);
    return matches;
}

/* ------------------------------------------------------------------ history */

/* Make the folders above a file, as XDG wants them: for the user alone. */
static void make_folders(const char *file)
{
    char *path = strdup(file);
    for (char *slash = path ? strchr(path + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    free(path);
}

static void remember_block(struct cs_str block)
{
    const char *file = front_of_completion->paths.history;
    if (!cs_str_trim(block).length)
        return;
    HIST_ENTRY *last = history_length ? history_get(history_base + history_length - 1) : NULL;
    if (last && cs_str_is(block, last->line))
        return;
    char *text = strndup(block.at, block.length);
    if (!text)
        return;
    add_history(text);
    free(text);
    if (file && append_history(1, file) == ENOENT) {
        make_folders(file);
        write_history(file);
    }
}

/* --------------------------------------------------------------------- lines */

/*
 * The terminal, opened once more without blocking: Ctrl-C makes the kernel throw away what was
 * typed before it, also between "there is a key" and the reading of it, and a reader that
 * blocked there would never hear of the interrupt.
 */
static int keys = -1;
static sigset_t let_through; /* the mask outside of reading: SIGINT comes in */

/* Wait for a key with SIGINT let through, so that it comes in here and nowhere else. */
static bool wait_for_key(void)
{
    fd_set input;
    FD_ZERO(&input);
    FD_SET(keys, &input);
    return pselect(keys + 1, &input, NULL, NULL, NULL, &let_through) > 0;
}

/* readline's own getc; after an interrupt what it gives does not matter. */
static int read_key(FILE *stream)
{
    unsigned char key;
    (void)stream;
    while (!interrupted) {
        ssize_t count = read(keys, &key, 1);
        if (count == 1)
            return key;
        if (count == 0 || (errno != EAGAIN && errno != EINTR))
            return EOF;
        wait_for_key();
    }
    return 0;
}

static void open_keys(void)
{
    const char *name = ttyname(STDIN_FILENO);
    keys = name ? open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
    if (keys < 0)
        keys = STDIN_FILENO;
    rl_getc_function = read_key;
}

static void open_line(struct csi_front *front)
{
    front_of_completion = front;
    setlocale(LC_CTYPE, "");
    rl_readline_name = "certsh";
    rl_attempted_completion_function = complete;
    rl_basic_word_break_characters = " \t\n";
    rl_completer_word_break_characters = " \t\n";
    rl_catch_signals = 0;
    open_keys();
    using_history();
    history_comment_char = '#';
    history_write_timestamps = 1;
    stifle_history(HISTORY_LENGTH);
    if (front->paths.history)
        read_history(front->paths.history);
}

static void close_line(void)
{
    const char *file = front_of_completion->paths.history;
    if (file)
        history_truncate_file(file, HISTORY_LENGTH);
    clear_history();
    if (keys > STDIN_FILENO)
        close(keys);
}

/* What readline gives when a line is whole; NULL at the end of the input. */
static struct {
    bool whole;
    char *line;
} taken;

static void take_line(char *line)
{
    rl_callback_handler_remove();
    taken.whole = true;
    taken.line = line;
}

static void throw_away(void)
{
    fputs("^C\n", stdout); /* first: putting the terminal back moves the cursor */
    fflush(stdout);
    rl_callback_sigcleanup();
    rl_replace_line("", 1);
    rl_callback_handler_remove();
}

static char *read_line(const char *prompt, bool *cancelled)
{
    struct sigaction action = {.sa_handler = on_interrupt}, before;
    sigset_t interrupt;
    sigemptyset(&action.sa_mask);
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, &let_through);
    sigaction(SIGINT, &action, &before);
    interrupted = 0;
    taken.whole = false;
    rl_callback_handler_install(prompt, take_line);
    while (!taken.whole && !interrupted)
        if (wait_for_key())
            rl_callback_read_char();
    *cancelled = !taken.whole;
    if (*cancelled)
        throw_away();
    sigaction(SIGINT, &before, NULL);
    sigprocmask(SIG_SETMASK, &let_through, NULL);
    if (!*cancelled && !taken.line)
        fputc('\n', stdout);
    return *cancelled ? NULL : taken.line;
}

extern CS_API const struct csi_line csi_line;
const struct csi_line csi_line = {open_line, close_line, read_line, remember_block};
