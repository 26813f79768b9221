/*
 * dump.h - a dump that runs, and the fields of the call that is being made.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_DUMP_IN_H
#define CERTSH_LAB_DUMP_IN_H

#include <certsh/directory.h>
#include <certsh/dump.h>
#include <certsh/sd.h>

enum { CSI_DUMP_FIELDS = 32 };

struct csi_dump {
    const struct cs_lab *lab;
    struct cs_arena *arena; /* rewound after each call */
    cs_dump_fn *fn;
    void *context;
    struct cs_error *err;
    cs_status status;
    cs_tick from; /* the oldest start: what is older was so from the beginning */
    struct cs_source told;
    struct cs_member fields[CSI_DUMP_FIELDS];
    size_t count;
};

/* Fields of the next call; what is empty, false or 0 is left out. */
void csi_dump_value(struct csi_dump *dump, const char *name, struct cs_value value);
void csi_dump_text(struct csi_dump *dump, const char *name, struct cs_str text);
void csi_dump_word(struct csi_dump *dump, const char *name, const char *word);
void csi_dump_number(struct csi_dump *dump, const char *name, int64_t number);
void csi_dump_flag(struct csi_dump *dump, const char *name, bool flag);
void csi_dump_sid(struct csi_dump *dump, const char *name, const struct cs_sid *sid);
void csi_dump_ref(struct csi_dump *dump, const char *name, cs_id principal);
void csi_dump_sd(struct csi_dump *dump, const char *name, struct cs_str bytes, bool registry);
/* Give the call with its fields; false once the dump has ended. */
bool csi_dump_call(struct csi_dump *dump, const char *call);
/* Say who told the next call's fact, when that is somebody else than before. */
void csi_dump_told(struct csi_dump *dump, struct cs_source source);

/* A principal as a dump calls it; in `arena`. */
struct cs_str csi_principal_ref(const struct cs_lab *lab, struct cs_arena *arena, cs_id id);
/* SDDL of bytes when it gives them back; false when it does not. */
bool csi_sd_as_text(struct cs_arena *arena, struct cs_str bytes, bool registry,
                    struct cs_str *sddl);

/* The parts of a dump. */
void csi_dump_principal(struct csi_dump *dump, const struct cs_principal *p);
void csi_dump_records(struct csi_dump *dump, enum cs_noun noun);
struct cs_host;
void csi_dump_booted(struct csi_dump *dump, const struct cs_host *host);
void csi_dump_story(struct csi_dump *dump);

#endif
