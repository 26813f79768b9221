/*
 * sandbox.c - `certsh --sandbox SCRIPT`: a stranger's script with the lab and nothing else.
 *
 * The script runs in a child of its own.  What it finds is an environment without files,
 * processes and network (shell/lua/lua_env.c), and its commands are held to the lab (caps.h).
 * Below that the system holds the child to its budget, whatever it is doing, in Lua, in a
 * function of C or in a finalizer: a clock in the parent, and the child's own limits of time and
 * memory.  It may open no descriptor either, but where the lab is a file, which commits to it.
 *
 * The child prepares (lab, plugins, script) outside the budget, then says 'r' into a pipe and
 * begins; 'm' says that it wanted more memory; the pipe's end is its end.  Room: front.
 */
#define _XOPEN_SOURCE 700
#include "front.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command/caps.h"
#include "command/shell_internal.h"

#if defined(__SANITIZE_ADDRESS__)
#define SHADOWED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHADOWED 1
#endif
#endif
#ifndef SHADOWED
#define SHADOWED 0 /* the sanitizer's shadow memory would count */
#endif

/* -------------------------------------------------------------------- budget */

cs_status csi_budget_read(const char *text, struct csi_budget *budget, struct cs_error *err)
{
    *budget = (struct csi_budget){5.0, 256};
    if (!text)
        return CS_OK;
    char *end;
    double seconds = strtod(text, &end);
    uint64_t mib = 0;
    bool fine = end > text && *end == ',' && seconds > 0 && seconds <= 86400 &&
                cs_str_number(cs_str_of(end + 1), 1 << 20, &mib) && mib > 0;
    if (!fine) {
        cs_fail(err, CS_INVALID, "'%s' is no budget: SECONDS,MIB is wanted", text);
        return cs_error_hint(err, "the default is --budget 5,256");
    }
    *budget = (struct csi_budget){seconds, (size_t)mib};
    return CS_OK;
}

/* --------------------------------------------------------------------- child */

struct child {
    struct csi_front *front;
    struct csi_budget budget;
    int say; /* the pipe to the parent */
    bool ended;
};

static struct child *running; /* for the end of the process */

static void limit(int what, rlim_t soft, rlim_t hard)
{
    struct rlimit value = {soft, hard};
    (void)!setrlimit(what, &value);
}

/* Address space in use now; 0 when the system does not tell. */
static rlim_t space_used(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%lu", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void limit_memory(size_t mib)
{
    const rlim_t spare = 16 << 20, used = space_used(); /* what is not Lua's: rows, texts, output */
    const rlim_t most = used + spare + ((rlim_t)mib << 20);
    if (used && !SHADOWED)
        limit(RLIMIT_AS, most, most);
}

static void limit_time(double seconds)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    rlim_t most =
        (rlim_t)usage.ru_utime.tv_sec + (rlim_t)usage.ru_stime.tv_sec + 2 + (rlim_t)seconds;
    limit(RLIMIT_CPU, most, most + 1);
    alarm((unsigned)seconds + 2); /* should the parent be gone */
}

/* The script is compiled and about to run: from here on the budget counts. */
static void start(void *context)
{
    const struct child *child = context;
    tzset();
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_NPROC, 0, 0);
    limit_memory(child->budget.mib);
    limit_time(child->budget.seconds);
    if (!child->front->options.lab && !SHADOWED) /* the leak checker reads /proc */
        limit(RLIMIT_NOFILE, 0, 0);
    (void)!write(child->say, "r", 1);
}

static void over(void *context)
{
    const struct child *child = context;
    fflush(stdout);
    (void)!write(child->say, "m", 1);
    _exit(1);
}

/* C that found no memory ends the process: that is the budget, too. */
static void at_end(void)
{
    if (running && !running->ended)
        over(running);
}

/* Plugins are code in files, and later none can be opened. */
static void load_plugins(struct cs_shell *shell)
{
    struct cs_error err;
    for (size_t i = 0; i < shell->plugin_count; i++)
        if (!shell->plugins[i].plugin)
            (void)!csi_registry_load(shell, &shell->plugins[i], &err);
}

static cs_status prepare(struct child *child, struct cs_error *err)
{
    struct csi_front *front = child->front;
    const struct csi_confine confine = {child->budget.mib << 20, start, over, child};
    cs_status status = csi_front_open(front, err);
    if (status == CS_OK)
        status = cs_shell_need_lab(front->shell, err);
    if (status == CS_OK)
        status = csi_front_need_lua(front, err);
    if (status != CS_OK)
        return status;
    load_plugins(front->shell);
    return csi_lua_confine(front->lua, &confine, err);
}

static int run_script(struct csi_front *front)
{
    int code = front->options.action_count ? csi_script_actions(front) : 0;
    if (!front->options.script || code != 0 || cs_shell_quitting(front->shell, NULL))
        return code;
    return csi_script_file(front);
}

static int run_child(struct child *child)
{
    struct cs_error err = {0};
    struct csi_front *front = child->front;
    cs_status status = prepare(child, &err);
    if (status != CS_OK) {
        csi_front_tell(front, &err);
        return cs_status_exit(status);
    }
    running = child;
    atexit(at_end);
    int code = run_script(front);
    if (csi_lua_over(front->lua))
        over(child);
    csi_front_close(front); /* finalizers count, too */
    child->ended = true;
    return fflush(stdout) == 0 ? code : code ? code : 1;
}

/* -------------------------------------------------------------------- parent */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Wait for what the child says; false when the time is over. */
static bool hear(int from, double end, char *said)
{
    struct pollfd poll_ = {.fd = from, .events = POLLIN};
    for (;;) {
        double left = end - now();
        int got = poll(&poll_, 1, end > 0 ? (left > 0 ? (int)(left * 1000) + 1 : 0) : -1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            return false;
        ssize_t size = read(from, said, 1);
        if (size == 0)
            *said = '\0';
        if (size >= 0)
            return true;
    }
}

enum ending { ENDED, OUT_OF_TIME, OUT_OF_MEMORY };

static enum ending watch(pid_t child, int from, const struct csi_budget *budget)
{
    double end = 0;
    char said = 0;
    enum ending ending = ENDED;
    while (hear(from, end, &said) && said) {
        if (said == 'r')
            end = now() + budget->seconds;
        if (said == 'm')
            ending = OUT_OF_MEMORY;
    }
    if (said) { /* the time is over, and it still runs */
        kill(child, SIGKILL);
        ending = OUT_OF_TIME;
    }
    return ending;
}

static cs_status judge(enum ending ending, int state, const struct csi_budget *budget,
                       struct cs_error *err)
{
    int signal_ = WIFSIGNALED(state) ? WTERMSIG(state) : 0;
    if (ending == OUT_OF_MEMORY) {
        cs_fail(err, CS_MEMORY, "the script went past its budget: more than %zu MiB of memory",
                budget->mib);
        return cs_error_hint(err, "another budget: --budget SECONDS,MIB");
    }
    if (ending == OUT_OF_TIME || signal_ == SIGXCPU || signal_ == SIGALRM) {
        cs_fail(err, CS_STATE, "the script went past its budget: more than %g s of time",
                budget->seconds);
        return cs_error_hint(err, "another budget: --budget SECONDS,MIB");
    }
    if (signal_)
        return cs_fail(err, CS_STATE, "the sandbox was ended by signal %d", signal_);
    return CS_OK;
}

static int watch_child(struct csi_front *front, pid_t child, int from,
                       const struct csi_budget *budget)
{
    struct cs_error err = {0};
    int state = 0;
    enum ending ending = watch(child, from, budget);
    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        ;
    cs_status status = judge(ending, state, budget, &err);
    if (status == CS_OK)
        return WEXITSTATUS(state);
    csi_front_tell(front, &err);
    return cs_status_exit(status);
}

static cs_status check(const struct csi_options *options, struct csi_budget *budget,
                       struct cs_error *err)
{
    if (!options->script && !options->action_count) {
        cs_fail(err, CS_USAGE, "'--sandbox' needs a script to run");
        return cs_error_hint(err, "certsh --sandbox SCRIPT [ARG...]");
    }
    return csi_budget_read(options->budget, budget, err);
}

int csi_sandbox(struct csi_front *front)
{
    struct child child = {.front = front};
    struct cs_error err = {0};
    int ends[2];
    cs_status status = check(&front->options, &child.budget, &err);
    if (status == CS_OK && pipe(ends) != 0)
        status = cs_fail(&err, CS_IO, "the sandbox cannot be made: %s", strerror(errno));
    pid_t id = status == CS_OK ? fork() : -1;
    if (status == CS_OK && id < 0)
        status = cs_fail(&err, CS_IO, "the sandbox cannot be made: %s", strerror(errno));
    if (status != CS_OK) {
        csi_front_tell(front, &err);
        return cs_status_exit(status);
    }
    if (id == 0) {
        close(ends[0]);
        child.say = ends[1];
        exit(run_child(&child));
    }
    close(ends[1]);
    int code = watch_child(front, id, ends[0], &child.budget);
    close(ends[0]);
    return code;
}
