/*
 * lab_progress.c - a line that says how far a long import is (see lab_progress.h).
 *
 * It is written over itself and gone at the end, so that nothing of it is left among answers; it
 * is no answer itself, and goes to the terminal and nowhere else.
 */
#define _DEFAULT_SOURCE
#include "lab_progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lab_plugin.h"

enum { FIRST = 1000, STEP = 200, COLUMNS = 79 };

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* A line that is longer than the terminal's could not be taken away again. */
static int columns(void)
{
    struct winsize size = {0};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_col || size.ws_col > COLUMNS)
        return COLUMNS;
    return size.ws_col - 1;
}

static void show(struct lab_progress *progress, const char *line)
{
    char text[COLUMNS + 3];
    int width = columns();
    int length = snprintf(text, sizeof text, "\r%-*.*s\r", width, width, line);
    progress->shown = write(STDERR_FILENO, text, (size_t)length) == length;
}

static void tell(void *context, struct cs_str file, size_t read)
{
    struct lab_progress *progress = context;
    struct lab_number count;
    char line[256];
    int64_t time = now();
    bool last = file.length == 0;
    if (time - progress->begun < FIRST || (time - progress->said < STEP && !last))
        return;
    if (read)
        progress->said = time;
    if (last)
        snprintf(line, sizeof line, "putting it into the lab ...");
    else if (!read)
        snprintf(line, sizeof line, "%.*s: reading ...", CS_STR_ARG(file));
    else
        snprintf(line, sizeof line, "%.*s: %s records ...", CS_STR_ARG(file),
                 lab_grouped(read, &count));
    show(progress, line);
}

void lab_progress_begin(struct lab_progress *progress, struct cs_import *import)
{
    *progress = (struct lab_progress){.begun = now()};
    if (isatty(STDERR_FILENO))
        cs_import_set_progress(import, tell, progress);
}

void lab_progress_end(struct lab_progress *progress)
{
    if (progress->shown)
        show(progress, "");
}
