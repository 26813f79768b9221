/*
 * pty_session.c - a person at a terminal, acted out.
 *
 *     pty_session PROGRAM SESSION.pty
 *
 * starts PROGRAM on a pseudo terminal and follows the lines of the session:
 *
 *     # a remark
 *     > host list        type this and Enter
 *     = tok\t            type this; \t \r \e \\ and \cC (Ctrl-C) are keys
 *     < CORP\Adm         wait until the screen has shown this, after what was waited for before
 *     ! nonsense         this must not have been shown since the last '<'
 *     exit 0             the program ends by itself, with this code
 *
 * Control sequences are taken out of what is shown before it is compared.  Waiting longer than
 * ten seconds is a failure that prints what was seen.
 */
#define _DEFAULT_SOURCE
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SCREEN_MAX = 1 << 18, WAIT_MS = 10000 };

struct session {
    int terminal;
    pid_t child;
    bool ended;
    int number;          /* of the line of the session file that is acted */
    size_t length, seen; /* of what was shown; and how far it was waited for */
    char shown[SCREEN_MAX];
};

static void fail(struct session *session, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n(line %d of the session)\n--- shown since the last match:\n%s\n---\n",
            session->number, session->shown + session->seen);
    kill(session->child, SIGKILL);
    exit(1);
}

/* Add what arrived, without control sequences and carriage returns. */
static void show(struct session *session, const char *bytes, size_t count)
{
    static enum { PLAIN, ESCAPE, BRACKET, TITLE } state;
    for (size_t i = 0; i < count; i++) {
        char c = bytes[i];
        if (state == PLAIN && c == '\033')
            state = ESCAPE;
        else if (state == ESCAPE)
            state = c == '[' ? BRACKET : c == ']' ? TITLE : PLAIN;
        else if (state == BRACKET)
            state = c >= '@' && c <= '~' ? PLAIN : BRACKET;
        else if (state == TITLE)
            state = c == '\a' ? PLAIN : TITLE;
        else if (c != '\r' && c != '\a' && c >= 0 && session->length + 1 < SCREEN_MAX)
            session->shown[session->length++] = c;
    }
    session->shown[session->length] = '\0';
}

/* Read what there is, waiting at most `ms`; false when nothing came. */
static bool listen_for(struct session *session, int ms)
{
    struct pollfd ready = {.fd = session->terminal, .events = POLLIN};
    char bytes[4096];
    if (session->ended || poll(&ready, 1, ms) <= 0)
        return false;
    ssize_t count = read(session->terminal, bytes, sizeof bytes);
    session->ended = count <= 0;
    if (count > 0)
        show(session, bytes, (size_t)count);
    return count > 0;
}

static void wait_for(struct session *session, const char *text)
{
    for (int waited = 0; waited <= WAIT_MS; waited += 50) {
        const char *at = strstr(session->shown + session->seen, text);
        if (at) {
            session->seen = (size_t)(at - session->shown) + strlen(text);
            return;
        }
        while (listen_for(session, 50))
            if (strstr(session->shown + session->seen, text))
                break;
        if (session->ended && !strstr(session->shown + session->seen, text))
            break;
    }
    fail(session, "not shown: %s", text);
}

static void refuse(struct session *session, const char *text)
{
    while (listen_for(session, 200))
        continue;
    if (strstr(session->shown + session->seen, text))
        fail(session, "shown, though it must not be: %s", text);
}

/* One key of "\t", "\cC", "x"; moves `text` past it. */
static char key(const char **text)
{
    static const char names[] = "trne\\", codes[] = "\t\r\n\033\\";
    char c = *(*text)++;
    if (c != '\\' || !**text)
        return c;
    c = *(*text)++;
    if (c == 'c' && **text)
        return (char)(*(*text)++ & 0x1f);
    const char *at = strchr(names, c);
    return at ? codes[at - names] : c;
}

static void type_keys(struct session *session, const char *text)
{
    while (*text) {
        char c = key(&text);
        if (write(session->terminal, &c, 1) != 1)
            fail(session, "nobody reads what is typed");
    }
}

static void type_line(struct session *session, const char *text)
{
    if (write(session->terminal, text, strlen(text)) < 0 || write(session->terminal, "\r", 1) != 1)
        fail(session, "nobody reads what is typed");
}

static void wait_exit(struct session *session, int code)
{
    int status = 0;
    for (int waited = 0; waited <= WAIT_MS; waited += 50) {
        while (listen_for(session, 50))
            continue;
        if (waitpid(session->child, &status, WNOHANG) == session->child) {
            if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
                fail(session, "exit %d expected, status 0x%x", code, (unsigned)status);
            exit(0);
        }
        if (session->ended)
            usleep(50000);
    }
    fail(session, "does not end");
}

static void step(struct session *session, const char *line)
{
    const char *text = strlen(line) > 2 ? line + 2 : "";
    session->number++;
    if (line[0] == '<')
        wait_for(session, text);
    else if (line[0] == '!')
        refuse(session, text);
    else if (line[0] == '>')
        type_line(session, text);
    else if (line[0] == '=')
        type_keys(session, text);
    else if (strncmp(line, "exit ", 5) == 0)
        wait_exit(session, atoi(line + 5));
    else if (line[0] && line[0] != '#')
        fail(session, "what does this line mean: %s", line);
}

static void become(const char *program)
{
    char home[] = "/tmp/certsh-pty-XXXXXX";
    if (!mkdtemp(home) || chdir(home) != 0)
        _exit(126);
    setenv("HOME", home, 1);
    setenv("XDG_STATE_HOME", home, 1);
    const char *config = getenv("PTY_CONFIG_HOME"); /* a session about an rc file */
    setenv("XDG_CONFIG_HOME", config ? config : home, 1);
    setenv("TERM", "xterm", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("INPUTRC", "/dev/null", 1);
    setenv("NO_COLOR", "1", 1);
    execl(program, program, (char *)NULL);
    _exit(127);
}

int main(int argc, char **argv)
{
    static struct session session;
    struct winsize size = {.ws_row = 40, .ws_col = 100};
    FILE *file = argc == 3 ? fopen(argv[2], "r") : NULL;
    char line[1024];
    if (!file) {
        fprintf(stderr, "usage: pty_session PROGRAM SESSION.pty\n");
        return 64;
    }
    session.child = forkpty(&session.terminal, NULL, NULL, &size);
    if (session.child == 0)
        become(argv[1]);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        step(&session, line);
    }
    fail(&session, "the session has no line 'exit N' at its end");
}
