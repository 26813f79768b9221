/*
 * wild.h - random labs for the laws about everybody: forests as no administrator would have them.
 *
 *     struct wild wild = wild_make(&dice);       a house (house.h), grown wild
 *     wild_edit(&wild, &dice);                   one more change, an undo among them
 *     wild_free(&wild);
 *
 * One domain, or a second of the forest, one over a forest trust and one over an external; groups
 * of every scope with members that no rule would allow, cycles among them; odd primary groups;
 * lists and rights that name any of them; sessions and restarts before and after edits.
 */
#ifndef CERTSH_TESTS_WILD_H
#define CERTSH_TESTS_WILD_H

#include "dice.h"
#include "house.h"

enum { WILD_DOMAINS = 4, WILD_MOST = 64 };

struct wild {
    struct house house;
    cs_id domains[WILD_DOMAINS];
    cs_id groups[WILD_MOST], people[WILD_MOST];
    size_t group_count, people_count;
};

struct wild wild_make(struct dice *dice);
void wild_edit(struct wild *wild, struct dice *dice);
void wild_free(struct wild *wild);

#endif
