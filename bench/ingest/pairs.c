/*
 * pairs.c - whole processes, side by side.
 *
 *     pairs ROUNDS NAME COMMAND [NAME COMMAND ...]
 *
 * Each round runs every command once (words split at blanks, no shell, output thrown away) and
 * takes its processor time and peak memory from the kernel.  Printed: medians, and the median
 * of each round's ratio to the first command.  Only ratios mean anything on a shared machine.
 */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMANDS = 8, ROUNDS = 101, WORDS = 32 };

static double seconds[COMMANDS][ROUNDS], ratios[COMMANDS][ROUNDS];
static long memory[COMMANDS];

static void become(char *command)
{
    char *words[WORDS] = {0};
    int count = 0, null = open("/dev/null", O_WRONLY);
    for (char *word = strtok(command, " "); word && count < WORDS - 1; word = strtok(NULL, " "))
        words[count++] = word;
    dup2(null, STDOUT_FILENO);
    execvp(words[0], words);
    _exit(127);
}

static double run(char *command, long *peak)
{
    int status;
    struct rusage usage;
    pid_t child = fork();
    if (child == 0)
        become(command);
    if (wait4(child, &status, 0, &usage) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "pairs: failed: %s\n", command);
        exit(1);
    }
    if (usage.ru_maxrss > *peak)
        *peak = usage.ru_maxrss;
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_size);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

int main(int argc, char **argv)
{
    int rounds = argc > 3 ? atoi(argv[1]) : 0, commands = (argc - 2) / 2;
    if (rounds < 1 || rounds > ROUNDS || commands > COMMANDS)
        return fputs("pairs ROUNDS NAME COMMAND [NAME COMMAND ...]\n", stderr), 64;
    for (int r = 0; r < rounds; r++)
        for (int c = 0; c < commands; c++) {
            seconds[c][r] = run(argv[3 + 2 * c], &memory[c]);
            ratios[c][r] = seconds[c][r] / seconds[0][r];
        }
    for (int c = 0; c < commands; c++) {
        double time = median(seconds[c], rounds), ratio = median(ratios[c], rounds);
        printf("  %-28s %8.3f s  %6ld MiB  %7.2f x\n", argv[2 + 2 * c], time, memory[c] / 1024,
               ratio);
    }
    return 0;
}
