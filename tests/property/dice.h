/*
 * dice.h - random choices for the laws, the same for the same seed.
 *
 *     struct dice dice = dice_new("access laws");    prints the seed
 *     if (dice_one_in(&dice, 4)) ...
 *
 * CERTSH_SEED chooses the seed; a law that fails says after which case.
 */
#ifndef CERTSH_TESTS_DICE_H
#define CERTSH_TESTS_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

struct dice dice_new(const char *whose);
uint64_t dice_roll(struct dice *dice);
uint32_t dice_below(struct dice *dice, uint32_t below);
bool dice_one_in(struct dice *dice, uint32_t n);

/* How many cases to try: all of them, or a part where a sanitizer makes each slow. */
uint32_t dice_cases(uint32_t all);

#endif
