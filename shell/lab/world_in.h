/*
 * world_in.h - what worlds, snapshots and points share: one space of names.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_WORLD_IN_H
#define CERTSH_LAB_WORLD_IN_H

#include <string.h>

#include <certsh/world.h>

struct csi_branch;
struct csi_named;

struct csi_branch *csi_world_find(const struct cs_lab *lab, struct cs_str name);
struct csi_named *csi_named_find(const struct cs_lab *lab, struct cs_str name);
/* A good name that nothing has yet. */
cs_status csi_point_name_check(const struct cs_lab *lab, struct cs_str name, struct cs_error *err);
/* Not inside a transaction. */
cs_status csi_point_check_free(const struct cs_lab *lab, struct cs_error *err);
/* The name of the world that a line belongs to, "" the lab. */
struct cs_str csi_branch_world(const struct csi_branch *branch);

#endif
