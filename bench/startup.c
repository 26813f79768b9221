/*
 * startup.c - how long a whole process takes, side by side.
 *
 *     startup ROUNDS RUNS COMMAND-A COMMAND-B [COMMAND...]
 *
 * Each round runs every command RUNS times, taking turns, and keeps the mean of each.  Printed:
 * the median milliseconds of each command, the median over the rounds of its ratio to the first
 * command (with the spread), and the largest resident memory.  A command is split at blanks; ''
 * is an empty word.  A command that fails ends the benchmark: what is measured must work.
 */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 99, COMMANDS_MAX = 8, WORDS_MAX = 16 };

struct command {
    const char *text;
    char *words[WORDS_MAX + 1];
    double ms[ROUNDS_MAX], ratio[ROUNDS_MAX];
    long kib;
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Split at blanks; 'two words' is one. */
static void split(struct command *command, char *text)
{
    int count = 0;
    command->text = strdup(text);
    while (*text && count < WORDS_MAX) {
        char end = *text == '\'' ? '\'' : ' ';
        text += end == '\'';
        command->words[count++] = text;
        text = strchr(text, end);
        if (!text)
            break;
        *text++ = '\0';
        text += strspn(text, " ");
    }
}

static void become(const struct command *command)
{
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    execvp(command->words[0], command->words);
    _exit(127);
}

static double run(struct command *command)
{
    int status = 0;
    struct rusage usage;
    double start = now_ms();
    pid_t child = vfork();
    if (child == 0)
        become(command);
    if (wait4(child, &status, 0, &usage) != child || status != 0) {
        fprintf(stderr, "startup: fails (status %d): %s\n", status, command->text);
        exit(1);
    }
    if (usage.ru_maxrss > command->kib)
        command->kib = usage.ru_maxrss;
    return now_ms() - start;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof values[0], by_value);
    return values[count / 2];
}

static void measure(struct command *commands, int count, int rounds, int runs)
{
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < runs; i++)
            for (int c = 0; c < count; c++)
                commands[c].ms[round] += run(&commands[c]) / runs;
        for (int c = 0; c < count; c++)
            commands[c].ratio[round] = commands[c].ms[round] / commands[0].ms[round];
    }
}

static void report(struct command *commands, int count, int rounds)
{
    printf("%-34s %8s %7s %15s %9s\n", "command", "ms", "ratio", "(spread)", "peak KiB");
    for (int c = 0; c < count; c++) {
        struct command *command = &commands[c];
        double ratio = median(command->ratio, rounds);
        printf("%-34s %8.2f %6.2fx (%5.2f - %5.2f) %9ld\n", command->text,
               median(command->ms, rounds), ratio, command->ratio[0], command->ratio[rounds - 1],
               command->kib);
    }
}

int main(int argc, char **argv)
{
    static struct command commands[COMMANDS_MAX];
    int rounds = argc > 1 ? atoi(argv[1]) : 0, runs = argc > 2 ? atoi(argv[2]) : 0;
    int count = argc - 3;
    if (rounds < 1 || rounds > ROUNDS_MAX || runs < 1 || count < 2 || count > COMMANDS_MAX) {
        fprintf(stderr, "usage: startup ROUNDS RUNS COMMAND-A COMMAND-B [COMMAND...]\n");
        return 64;
    }
    for (int c = 0; c < count; c++)
        split(&commands[c], argv[c + 3]);
    measure(commands, count, 1, 3); /* warm caches; counted out */
    for (int c = 0; c < count; c++)
        commands[c].ms[0] = 0;
    measure(commands, count, rounds, runs);
    report(commands, count, rounds);
    return 0;
}
