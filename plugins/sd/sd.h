/* sd.h - what the files of this plugin know of each other (see sd.c). */
#ifndef SD_PLUGIN_H
#define SD_PLUGIN_H

#include <certsh/plugin.h>

/* The descriptor of the argument `name`: SDDL or hex, aliases of the current host's domain. */
cs_status sd_argument(const struct cs_call *call, const char *name, struct cs_sd *sd,
                      struct cs_error *err);
/* "allow", "deny", "audit", ... of an ACE's type; lives forever. */
const char *sd_ace_kind(uint8_t type);
/* One SID as a name, where the lab has one. */
struct cs_str sd_sid_name(const struct cs_call *call, const struct cs_sid *sid);

/* "no DACL: everybody may everything", ...; lives forever. */
const char *sd_dacl_words(const struct cs_sd *sd);
/* How the option --as names rights; NULL where it was not given. */
cs_status sd_vocab(const struct cs_call *call, const struct cs_rights_vocab **vocab,
                   struct cs_error *err);
/* Rights in the words of `vocab`, in SDDL letters where that is NULL. */
struct cs_str sd_rights(const struct cs_call *call, const struct cs_rights_vocab *vocab,
                        uint32_t mask);

cs_status sd_show(struct cs_call *call, struct cs_error *err);
cs_status sd_check(struct cs_call *call, struct cs_error *err);
cs_status sd_lint(struct cs_call *call, struct cs_error *err);
cs_status sd_diff(struct cs_call *call, struct cs_error *err);
cs_status sd_explain(struct cs_call *call, struct cs_error *err);

#endif
