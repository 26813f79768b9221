/*
 * forest.h - a forest to measure with: users, groups and who lists whom, in a file.
 *
 * Ids: users are 0 .. users - 1, groups users .. users + groups - 1.  An edge is (member, group);
 * those of users come first.  forest.c makes one.
 */
#ifndef CERTSH_BENCH_FOREST_H
#define CERTSH_BENCH_FOREST_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct forest {
    uint32_t users, groups;
    uint64_t user_edges, group_edges;
    const uint32_t (*edges)[2];
};

static inline double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* others share the machine */
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline long peak_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

static inline struct forest forest_open(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st)) {
        perror(path);
        exit(1);
    }
    const uint64_t *head = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    return (struct forest){(uint32_t)head[0], (uint32_t)head[1], head[2], head[3],
                           (const void *)(head + 4)};
}

/* One figure: what, how many seconds, what was answered. */
static inline void tell(const char *what, double seconds, double answer)
{
    printf("%s %.9f %.0f %ld\n", what, seconds, answer, peak_mib());
    fflush(stdout);
}

/* Six groups that hold many: by groups listed (fifty points each) and users listed. */
static inline void forest_busiest(const struct forest *f, uint32_t top[6])
{
    uint64_t *points = calloc(f->groups, sizeof *points), best[6] = {0};
    for (uint64_t i = 0; i < f->user_edges + f->group_edges; i++)
        points[f->edges[i][1] - f->users] += i < f->user_edges ? 1 : 50;
    for (int k = 0; k < 6; k++)
        top[k] = 0;
    for (uint32_t g = 0; g < f->groups; g++)
        for (int k = 0; k < 6; k++)
            if (points[g] > best[k]) {
                for (int q = 5; q > k; q--) {
                    best[q] = best[q - 1];
                    top[q] = top[q - 1];
                }
                best[k] = points[g];
                top[k] = g;
                break;
            }
    free(points);
}

/* The descriptor that is asked about: who gets 0x15?  Trustee -1 is Everyone. */
static const struct {
    int deny;
    uint32_t mask;
    int busiest;
} forest_aces[6] = {{1, 0x1f, 3}, {0, 0x1f, 0},  {0, 0x04, 1},
                    {0, 0x11, 2}, {0, 0x0b, -1}, {0, 0x1f, 4}};
enum { FOREST_DESIRED = 0x15 };

#endif
