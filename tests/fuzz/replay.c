/*
 * replay.c - a main for fuzz targets without libFuzzer: runs them on files and on the files of
 * folders, which is what ctest does with the committed corpus.  No input at all is a failure.
 */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { LARGEST = 1 << 20, PATH_ROOM = 4096 };

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    unsigned char *data = malloc(LARGEST);
    size_t size = data ? fread(data, 1, LARGEST, file) : 0;
    fclose(file);
    /* exactly as large as the input, so that a sanitizer sees a step beyond it */
    unsigned char *exact = data ? realloc(data, size ? size : 1) : NULL;
    if (!exact)
        exit(1);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 1;
}

static int run_folder(const char *path)
{
    char inside[PATH_ROOM];
    int count = 0;
    DIR *folder = opendir(path);
    if (!folder) {
        perror(path);
        exit(1);
    }
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        count += run_file(inside);
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; i++) {
        struct stat st;
        count += stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode) ? run_folder(argv[i])
                                                                : run_file(argv[i]);
    }
    printf("%d inputs\n", count);
    return count == 0;
}
