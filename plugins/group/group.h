/* group.h - what the files of the plugin `group` share. */
#ifndef PLUGIN_GROUP_H
#define PLUGIN_GROUP_H

#include <certsh/plugin.h>

struct cs_value group_sid(struct cs_arena *arena, const struct cs_sid *sid);
/* Whose it is: its domain by NetBIOS name, or its machine; null for neither. */
struct cs_value group_authority(const struct cs_lab *lab, const struct cs_principal *group);
/* "security" or "distribution". */
struct cs_value group_category(const struct cs_principal *group);

cs_status group_list(struct cs_call *call, struct cs_error *err);
cs_status group_show(struct cs_call *call, struct cs_error *err);
cs_status group_new(struct cs_call *call, struct cs_error *err);
cs_status group_delete(struct cs_call *call, struct cs_error *err);
cs_status group_add(struct cs_call *call, struct cs_error *err);
cs_status group_remove(struct cs_call *call, struct cs_error *err);

extern const struct cs_type group_type_scope, group_type_category;

#endif
