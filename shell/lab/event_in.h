/*
 * event_in.h - the wording of an event.  Room: lab, internal.
 */
#ifndef CERTSH_LAB_EVENT_IN_H
#define CERTSH_LAB_EVENT_IN_H

#include <certsh/event.h>

struct csi_event_text {
    enum cs_event_kind kind;
    enum cs_windows since; /* this wording is of that version and newer */
    uint32_t id;
    char log;      /* 'A' Application, 'S' System */
    char severity; /* 'E' error, 'W' warning, 'I' information */
    const char *source;
    const char *text, *text_ja; /* text_ja NULL: English there too */
};

/* The wording of a kind at a Windows version; never NULL. */
const struct csi_event_text *csi_event_text(enum cs_event_kind kind, enum cs_windows windows);
/* "error", "エラー". */
const char *csi_event_type(char severity, bool japanese);

#endif
