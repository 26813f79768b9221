/*
 * condition_value.h - what the operands of a condition are worth, and relations of two.
 *
 * Room: domain, internal.
 */
#ifndef CERTSH_DOMAIN_CONDITION_VALUE_H
#define CERTSH_DOMAIN_CONDITION_VALUE_H

#include "access_in.h"
#include "condition_in.h"

/* An operand: a truth already found, or what a token says, its attribute looked up. */
struct csi_value {
    enum { CSI_VALUE_TRUTH, CSI_VALUE_NULL, CSI_VALUE_LITERAL, CSI_VALUE_CLAIM } kind;
    enum csi_truth truth;
    struct csi_token token;
    struct csi_claim claim;
};

/* One element of a value, whatever it came from. */
struct csi_element {
    enum {
        CSI_ELEMENT_INT,
        CSI_ELEMENT_UINT,
        CSI_ELEMENT_TEXT,
        CSI_ELEMENT_SID,
        CSI_ELEMENT_OCTETS
    } kind;
    int64_t number;
    struct cs_str bytes;
};

/* Walks the elements of a value; csi_next_token's bytes, or the index of a claim's value. */
struct csi_walk {
    const struct csi_value *value;
    struct cs_str tokens;
    size_t index;
    bool broken;
};

enum csi_truth csi_truth_of(bool yes);
enum csi_truth csi_opposite(enum csi_truth truth);

struct csi_walk csi_walk_of(const struct csi_value *value);
/* False at the end; `broken` tells whether that is one. */
bool csi_next_element(struct csi_walk *walk, struct csi_element *element);
bool csi_element_is_number(const struct csi_element *element);

/* UTF-16 without regard to case; the sign is the order. */
int csi_compare_text(struct cs_str a, struct cs_str b);

/* An operator from == to Not_Any_of; unknown where an operand has no value. */
enum csi_truth csi_relation(uint8_t code, const struct csi_value *a, const struct csi_value *b);

#endif
