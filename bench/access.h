/* access.h - what access.c and its Samba half know of each other. */
#ifndef BENCH_ACCESS_H
#define BENCH_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

enum { TOKENS = 4096, TOKEN_SIDS = 60, ACES = 6, DESIRED = 0x15 };

struct bench_sid {
    uint8_t authority, count;
    uint32_t sub[6];
};

struct bench_ace {
    bool denies;
    uint32_t mask;
    struct bench_sid sid;
};

/* Samba's own structures of the same descriptor and tokens. */
void samba_prepare(const struct bench_ace *aces, const struct bench_sid (*tokens)[TOKEN_SIDS]);
bool samba_check(unsigned token);
/* Checks from 0 to `count`, over the tokens in turn; returns how many were granted. */
uint64_t samba_run(uint64_t count);

#endif
