/* dice.c - see dice.h. */
#include "dice.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define SLOW_BUILD 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLOW_BUILD 1
#endif
#endif
#ifndef SLOW_BUILD
#define SLOW_BUILD 0
#endif

struct dice dice_new(const char *whose)
{
    const char *given = getenv("CERTSH_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 0) : 20061130u;
    printf("%s: seed %llu\n", whose, (unsigned long long)seed);
    return (struct dice){seed};
}

/* splitmix64 */
uint64_t dice_roll(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint32_t dice_below(struct dice *dice, uint32_t below)
{
    return (uint32_t)(dice_roll(dice) >> 32) % below;
}

bool dice_one_in(struct dice *dice, uint32_t n)
{
    return dice_below(dice, n) == 0;
}

uint32_t dice_cases(uint32_t all)
{
    return SLOW_BUILD ? all / 20 : all;
}
