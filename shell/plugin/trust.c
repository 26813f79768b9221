/* trust.c - who could have written this? (see trust.h).  Room: plugin. */
#define _XOPEN_SOURCE 700
#include "plugin/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static cs_status refuse(const char *what, const char *path, const char *place, bool owner,
                        struct cs_error *err)
{
    const char *whose = owner ? "belongs to somebody else" : "can be written by others";
    if (strcmp(path, place) == 0)
        cs_fail(err, CS_NEEDS, "%s '%s' is not trusted: it %s", what, path, whose);
    else
        cs_fail(err, CS_NEEDS, "%s '%s' is not trusted: '%s' %s", what, path, place, whose);
    if (owner)
        return cs_error_hint(err, "to trust it: chown %ld '%s'", (long)geteuid(), place);
    return cs_error_hint(err, "to trust it: chmod go-w '%s'", place);
}

/* One step of the way; `above` when it is a folder over what is asked. */
static cs_status check_place(const char *what, const char *path, const char *place, bool above,
                             struct cs_error *err)
{
    struct stat info;
    if (stat(place, &info) != 0)
        return cs_fail(err, errno == ENOENT ? CS_NOT_FOUND : CS_IO, "cannot open %s '%s': %s", what,
                       path, strerror(errno));
    if (info.st_uid != 0 && info.st_uid != geteuid())
        return refuse(what, path, place, true, err);
    bool others = info.st_mode & (S_IWGRP | S_IWOTH);
    bool sticky = above && S_ISDIR(info.st_mode) && info.st_mode & S_ISVTX;
    return others && !sticky ? refuse(what, path, place, false, err) : CS_OK;
}

cs_status csi_trust_path(const char *what, const char *path, struct cs_error *err)
{
    char *whole = realpath(path, NULL);
    if (!whole)
        return cs_fail(err, errno == ENOENT ? CS_NOT_FOUND : CS_IO, "cannot open %s '%s': %s", what,
                       path, strerror(errno));
    char *place = strdup(whole);
    cs_bug_if(!place);
    cs_status status = check_place(what, whole, place, false, err);
    for (char *slash; status == CS_OK && (slash = strrchr(place, '/'));) {
        slash[slash == place] = '\0'; /* the root stays "/" */
        status = check_place(what, whole, place, true, err);
        if (slash == place)
            break;
    }
    free(place);
    free(whole);
    return status;
}
