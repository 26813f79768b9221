/* toy.h - a small plugin whose commands show what the command floor does, for tests. */
#ifndef CERTSH_TESTS_TOY_H
#define CERTSH_TESTS_TOY_H

#include <certsh/plugin.h>

extern const struct cs_plugin toy_plugin;

/* A shell that has it; yours, free with cs_shell_free. */
struct cs_shell *toy_shell(void);

#endif
