/*
 * torture.c - kill -9 in the middle of work: what had returned is there, and nothing is broken.
 *
 *     torture CERTSH KILLS [SEED]
 *
 * A session of certsh works on a lab file: groups, members, registry values, requests, imports,
 * undo and redo, one after the other through a pipe, each followed by a mark that is printed when
 * it has returned.  At a random moment the process is killed.  Then the file is opened again:
 * `lab check` must pass, and the history must be exactly that of the commands whose mark was
 * seen, or of one more, the one that was under way.  The values in the registry must be those of
 * the history.  Every now and then the snapshot beside the file is cut or scribbled over as well.
 *
 * Works in the current folder, which is its own.  Prints counts; exit code 1 at the first lie.
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 160, TITLE = 80, FRESH_AFTER = 12, CROWD = 6000 };

static const char *certsh;
static uint64_t state;

static uint64_t roll(void) /* splitmix64 */
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "torture: ");
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

/* -------------------------------------------------------------------- model */

/* The history as it should be: titles, the last ones undone. */
struct history {
    uint32_t count, active;
    char (*titles)[TITLE];
};

static uint32_t numbers; /* every name is new */

static struct history copy_of(const struct history *from)
{
    struct history h = *from;
    h.titles = malloc((from->count + 1) * TITLE);
    memcpy(h.titles, from->titles, from->count * TITLE);
    return h;
}

static void push(struct history *h, const char *title)
{
    h->count = h->active + 1;
    h->titles = realloc(h->titles, (h->count + 1) * TITLE);
    memset(h->titles[h->active], 0, TITLE);
    memcpy(h->titles[h->active++], title, strlen(title));
}

static bool same(const struct history *a, const struct history *b)
{
    return a->count == b->count && a->active == b->active &&
           (!a->count || !memcmp(a->titles, b->titles, a->count * TITLE));
}

static void write_import(uint32_t number)
{
    char name[40];
    snprintf(name, sizeof name, "i%u.ldif", number);
    FILE *file = fopen(name, "w");
    fprintf(file, "dn: DC=corp,DC=example\nobjectClass: domain\ndc: corp\n\n");
    for (uint32_t i = 0; i < 40; i++)
        fprintf(file,
                "dn: CN=i%u-%u,OU=F,DC=corp,DC=example\nobjectClass: user\n"
                "sAMAccountName: i%u-%u\nobjectSid: S-1-5-21-2903220117-1406820452-3125437890-%u\n"
                "userAccountControl: 512\nprimaryGroupID: 513\n\n",
                number, i, number, i, 100000 + number * 40 + i);
    if (fclose(file))
        fail("cannot write %s", name);
}

/* The next command, and what it does to the history. */
static void next_command(struct history *h, char *out)
{
    uint64_t die = roll() % 20;
    uint32_t n;
    int used = 0;
    const char *last = h->active ? h->titles[h->active - 1] : "";
    if (die < 2 && h->active > 2) {
        n = 1 + (uint32_t)(roll() % 3);
        snprintf(out, TITLE, "lab undo %u", n);
        h->active -= n < h->active ? n : h->active;
        return;
    }
    if (die < 4 && h->active < h->count) {
        snprintf(out, TITLE, "lab redo");
        h->active++;
        return;
    }
    if (die < 8 && sscanf(last, "net localgroup T%u /add%n", &n, &used) == 1 && used)
        snprintf(out, TITLE, "net localgroup T%u CORP\\alice /add", n);
    else if (die < 9)
        write_import(n = ++numbers), snprintf(out, TITLE, "lab import i%u.ldif", n);
    else if (die < 12)
        snprintf(out, TITLE, "enroll request CORP\\alice User");
    else if (die < 16)
        n = ++numbers,
        snprintf(out, TITLE, "reg add HKLM\\SOFTWARE\\Torture /v V%u /d %u /f", n, n);
    else
        snprintf(out, TITLE, "net localgroup T%u /add", ++numbers);
    push(h, out);
}

/* ------------------------------------------------------------------ children */

struct child {
    pid_t id;
    int in, out;
};

static struct child start(const char *const *words)
{
    int to[2], from[2];
    if (pipe(to) || pipe(from))
        fail("no pipe");
    fflush(NULL);
    pid_t id = fork();
    if (id == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[0]), close(to[1]), close(from[0]), close(from[1]);
        execv(certsh, (char *const *)(uintptr_t)words);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    return (struct child){id, to[1], from[0]};
}

/* All that it prints until the end or `deadline` milliseconds; at that moment it is killed. */
static char *listen(const struct child *child, double ms)
{
    size_t size = 0, room = 1 << 16;
    char *text = malloc(room);
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (bool killed = false;;) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        double gone = (double)(now.tv_sec - begin.tv_sec) * 1e3 +
                      (double)(now.tv_nsec - begin.tv_nsec) * 1e-6;
        if (!killed && gone >= ms) {
            kill(child->id, SIGKILL);
            killed = true;
        }
        double left = ms - gone;
        struct timespec rest = {0, (long)(left < 1 ? left * 1e6 : 999999)};
        struct pollfd ready = {.fd = child->out, .events = POLLIN};
        if (!killed && left < 1 && left > 0)
            nanosleep(&rest, NULL);
        else if (!killed && !poll(&ready, 1, (int)left))
            continue;
        if (size + 4096 > room)
            text = realloc(text, room *= 2);
        ssize_t n = read(child->out, text + size, 4095);
        if (n <= 0)
            break;
        size += (size_t)n;
    }
    text[size] = '\0';
    return text;
}

/* What a command line prints; it has to exit with 0. */
static char *ask_for(const char *line, int *code)
{
    const char *const words[] = {certsh, "--no-rc", "-l", "f.lab", "-f", "csv", "-c", line, NULL};
    struct child child = start(words);
    close(child.in);
    char *text = listen(&child, 60e3);
    int status;
    close(child.out);
    waitpid(child.id, &status, 0);
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return text;
}

/* The same; it has to exit with 0. */
static char *ask(const char *line)
{
    int code;
    char *text = ask_for(line, &code);
    if (code)
        fail("%s: code %d\n%s", line, code, text);
    return text;
}

/* ------------------------------------------------------------------ checking */

static bool has_check = true; /* is there a command lab check? */

static struct {
    uint32_t kills, commands, late, fresh, scribbles;
} counts;

/* A line of csv "number,time,user,title,ops,undone"; titles have no commas. */
static struct history history_now(void)
{
    struct history h = {0};
    char *text = ask("lab history"), *rest = text, *line;
    strtok_r(text, "\r\n", &rest);
    while ((line = strtok_r(NULL, "\r\n", &rest))) {
        char title[TITLE] = "", undone[8] = "";
        if (sscanf(line, "%*[^,],%*[^,],%*[^,],%79[^,],%*[^,],%7[a-z]", title, undone) != 2)
            fail("no line of a history: %s", line);
        h.titles = realloc(h.titles, (h.count + 1) * TITLE);
        memset(h.titles[h.count], 0, TITLE);
        memcpy(h.titles[h.count++], title, strlen(title));
        h.active += undone[0] == 'n';
    }
    free(text);
    return h;
}

/* Registry values are those of the changes that count. */
static void check_values(const struct history *h)
{
    uint32_t wanted = 0, found = 0;
    for (uint32_t i = 0; i < h->active; i++)
        wanted += !strncmp(h->titles[i], "reg add", 7);
    if (!wanted)
        return;
    char *text = ask("reg query HKLM\\SOFTWARE\\Torture");
    for (uint32_t i = 0; i < h->active; i++) {
        uint32_t n;
        char name[24];
        if (sscanf(h->titles[i], "reg add HKLM\\SOFTWARE\\Torture /v V%u", &n) != 1)
            continue;
        snprintf(name, sizeof name, ",V%u,", n);
        found += strstr(text, name) != NULL;
    }
    uint32_t lines = 0;
    for (const char *c = text; (c = strstr(c, ",REG_SZ,")); c++)
        lines++;
    if (found != wanted || lines != wanted)
        fail("%u values wanted, %u there, %u in all\n%s", wanted, found, lines, text);
    free(text);
}

/* Sometimes; true when it has. */
static bool scribble(void)
{
    struct stat st;
    if (roll() % 4 || stat("f.lab.snap", &st) || !st.st_size)
        return false;
    int fd = open("f.lab.snap", O_RDWR);
    unsigned char byte = (unsigned char)roll();
    off_t at = (off_t)(roll() % (uint64_t)st.st_size);
    if (roll() % 2 ? ftruncate(fd, at) : pwrite(fd, &byte, 1, at) != 1)
        fail("cannot scribble");
    close(fd);
    counts.scribbles++;
    return true;
}

/* A snapshot that was scribbled over may be told, once: it is made again. */
static void check_lab(bool scribbled)
{
    int code = 0;
    if (!has_check)
        return;
    if (scribbled) {
        char *text = ask_for("lab check", &code);
        if (code == 2 && !strstr(text, "the snapshot of the directory is whole,no"))
            fail("lab check: %s", text);
        free(text);
    }
    free(ask("lab check"));
}

/* -------------------------------------------------------------------- a kill */

/* The last mark that was printed: how many commands have returned. */
static uint32_t marks_in(const char *text)
{
    uint32_t seen = 0, n;
    for (const char *at = text; (at = strstr(at, "@@")); at += 2)
        if (sscanf(at, "@@%u@@", &n) == 1 && n > seen)
            seen = n;
    return seen;
}

static char *script_of(struct history *steps)
{
    char *script = malloc(STEPS * (TITLE + 40)), *at = script;
    for (uint32_t i = 0; i < STEPS; i++) {
        char command[TITLE];
        steps[i + 1] = copy_of(&steps[i]);
        next_command(&steps[i + 1], command);
        at += sprintf(at, "%s\nprint('@@%u@@')\n", command, i + 1);
    }
    return script;
}

/* One session, killed after `ms`; what is there then is the history it leaves. */
static struct history session(const struct history *before, double ms)
{
    const char *const words[] = {certsh, "--no-rc", "-l", "f.lab", NULL};
    struct history steps[STEPS + 1] = {copy_of(before)};
    char *script = script_of(steps);
    struct child child = start(words);
    size_t length = strlen(script);
    if (write(child.in, script, length) != (ssize_t)length)
        fail("the session takes no commands");
    close(child.in);
    char *text = listen(&child, ms);
    waitpid(child.id, NULL, 0);
    close(child.out);
    uint32_t returned = marks_in(text);
    check_lab(scribble());
    struct history now = history_now();
    bool exact = same(&now, &steps[returned]);
    if (!exact && !(returned < STEPS && same(&now, &steps[returned + 1])))
        fail("%u commands returned; the history has %u of %u, and should have %u of %u\n%s",
             returned, now.active, now.count, steps[returned].active, steps[returned].count,
             strlen(text) > 900 ? text + strlen(text) - 900 : text);
    check_values(&now);
    counts.commands += returned;
    counts.late += !exact;
    counts.kills++;
    for (uint32_t i = 0; i <= STEPS; i++)
        free(steps[i].titles);
    free(text);
    free(script);
    return now;
}

/* So many that the directory is mapped from its snapshot. */
static void write_crowd(void)
{
    FILE *file = fopen("crowd.ldif", "w");
    fprintf(file, "dn: DC=corp,DC=example\nobjectClass: domain\ndc: corp\n\n");
    for (uint32_t i = 0; i < CROWD; i++)
        fprintf(file,
                "dn: CN=c%u,OU=F,DC=corp,DC=example\nobjectClass: user\nsAMAccountName: c%u\n"
                "objectSid: S-1-5-21-2903220117-1406820452-3125437890-%u\n"
                "userAccountControl: 512\nprimaryGroupID: 513\n\n",
                i, i, 20000 + i);
    if (fclose(file))
        fail("cannot write crowd.ldif");
}

static void begin_afresh(struct history *h)
{
    static const char *const names[] = {"f.lab", "f.lab-wal", "f.lab-shm", "f.lab.snap",
                                        "f.lab.snap.new"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    free(h->titles);
    *h = (struct history){0};
    const char *const words[] = {certsh, "--no-rc", "--lab-name", "modern",
                                 "-l",   "f.lab",   "-c",         "lab import crowd.ldif",
                                 NULL};
    struct child child = start(words);
    close(child.in);
    free(listen(&child, 60e3));
    close(child.out);
    waitpid(child.id, NULL, 0);
    push(h, "lab import crowd.ldif");
    counts.fresh++;
}

/* How long a session takes that nobody kills. */
static double span_of(struct history *h)
{
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    struct history left = session(h, 600e3);
    clock_gettime(CLOCK_MONOTONIC, &to);
    free(h->titles);
    *h = left;
    return (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) * 1e-6;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: torture CERTSH KILLS [SEED]\n", stderr);
        return 64;
    }
    certsh = argv[1];
    uint32_t kills = (uint32_t)atol(argv[2]);
    state = argc > 3 ? strtoull(argv[3], NULL, 0) : (uint64_t)time(NULL);
    fprintf(stderr, "torture: seed %llu\n", (unsigned long long)state);
    signal(SIGPIPE, SIG_IGN);
    struct history h = {0};
    int code;
    write_crowd();
    begin_afresh(&h);
    free(ask_for("lab check", &code));
    has_check = code != 64;
    double span = span_of(&h);
    counts.kills = counts.commands = counts.late = 0;
    while (counts.kills < kills) {
        if (counts.kills % FRESH_AFTER == FRESH_AFTER - 1)
            begin_afresh(&h);
        struct history left = session(&h, (double)(roll() % 10000) / 1e4 * span);
        free(h.titles);
        h = left;
    }
    printf("%u kills, %u commands had returned and were there, %u times one more was; %u files, "
           "%u snapshots scribbled over\n",
           counts.kills, counts.commands, counts.late, counts.fresh, counts.scribbles);
    free(h.titles);
    return 0;
}
