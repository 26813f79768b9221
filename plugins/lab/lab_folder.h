/*
 * lab_folder.h - the files of a folder, in order of their names.
 */
#ifndef LAB_FOLDER_H
#define LAB_FOLDER_H

#include <certsh/status.h>
#include <certsh/str.h>

struct lab_path {
    struct cs_str name;
    bool found; /* in a folder, not named: what is of no kind is left out and told */
};
struct lab_paths {
    struct cs_arena *arena;
    struct lab_path *at;
    size_t count, room;
};

/* Add `name`, or if it is a folder all files in it and below; hidden ones are left out. */
CS_MUST_CHECK cs_status lab_paths_add(struct lab_paths *paths, struct cs_str name,
                                      struct cs_error *err);

#endif
