/*
 * store_holder.c - who writes a lab file just now.
 *
 * SQLite's own lock says it: the writer of a file with a write-ahead log holds byte 120 of
 * FILE-shm (sqlite.org/walformat.html, "WAL Locks"), and the system knows which process that is.
 * So there is nothing to write down, and nothing to be stale after a kill.
 *
 * The question is asked in a process of its own: closing a file drops all locks that its process
 * has on it, and SQLite's are among them.  Room: lab.
 */
#define _POSIX_C_SOURCE 200809L
#include "store_in.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WRITE_LOCK = 120 };

static pid_t ask(const char *path)
{
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = WRITE_LOCK, .l_len = 1};
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0 || fcntl(file, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
        return 0;
    return lock.l_pid;
}

static pid_t ask_aside(const char *path)
{
    int ends[2];
    pid_t holder = 0;
    if (pipe(ends) != 0)
        return 0;
    pid_t child = fork();
    if (child == 0) {
        holder = ask(path);
        _exit(write(ends[1], &holder, sizeof holder) != (ssize_t)sizeof holder);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &holder, sizeof holder) != (ssize_t)sizeof holder)
        holder = 0;
    close(ends[0]);
    if (child > 0)
        waitpid(child, NULL, 0);
    return holder;
}

/* The name of a process, where the system tells (Linux). */
static void name_process(pid_t process, char *name, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/comm", (long)process);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(name, (int)size, file))
        snprintf(name, size, "%s", "certsh?");
    if (file)
        fclose(file);
    name[strcspn(name, "\n")] = '\0';
}

static void name_user(pid_t process, char *name, size_t size)
{
    char path[64];
    struct stat about;
    snprintf(path, sizeof path, "/proc/%ld", (long)process);
    const struct passwd *user = stat(path, &about) == 0 ? getpwuid(about.st_uid) : NULL;
    snprintf(name, size, "%s", user ? user->pw_name : "");
}

bool csi_store_holder(const char *path, char *words, size_t size)
{
    char file[4096], name[32], user[32], host[64] = "";
    if (snprintf(file, sizeof file, "%s-shm", path) >= (int)sizeof file)
        return false;
    pid_t process = ask_aside(file);
    if (process <= 0)
        return false;
    name_process(process, name, sizeof name);
    name_user(process, user, sizeof user);
    gethostname(host, sizeof host - 1);
    snprintf(words, size, "process %ld (%s%s%s%s%s)", (long)process, name, user[0] ? " of " : "",
             user, host[0] ? " on " : "", host);
    return true;
}
