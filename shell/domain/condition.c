/* condition.c - conditional expressions of callback ACEs: not read yet.  Room: domain. */
#include "access_in.h"
#include "sd_in.h"

cs_status csi_condition_parse(struct cs_arena *arena, struct cs_str text,
                              const struct cs_sddl_scope *scope, struct cs_str *bytes, size_t *used,
                              struct cs_error *err)
{
    (void)arena, (void)text, (void)scope, (void)bytes, (void)used;
    return cs_fail_at(err, CS_SYNTAX, 0, "conditions are not read yet");
}

bool csi_condition_format(struct cs_buf *out, struct cs_str bytes,
                          const struct cs_sddl_scope *scope)
{
    (void)out, (void)bytes, (void)scope;
    return false;
}

cs_status csi_claim_parse(struct cs_arena *arena, struct cs_str text,
                          const struct cs_sddl_scope *scope, struct cs_str *bytes, size_t *used,
                          struct cs_error *err)
{
    return csi_condition_parse(arena, text, scope, bytes, used, err);
}

bool csi_claim_format(struct cs_buf *out, struct cs_str bytes, const struct cs_sddl_scope *scope)
{
    return csi_condition_format(out, bytes, scope);
}

enum csi_truth csi_condition_eval(struct cs_str bytes, const struct cs_sd *sd,
                                  const struct cs_token *token)
{
    (void)bytes, (void)sd, (void)token;
    return CSI_UNKNOWN;
}
