/*
 * wrong_abi.c - a plugin built against another shape of the structs: the loader must name
 * both ABI numbers and load nothing of it.
 */
#include <certsh/plugin.h>

CS_API const struct cs_plugin cs_plugin = {
    .abi = CS_PLUGIN_ABI + 41,
    .plugin_size = sizeof(struct cs_plugin),
    .name = "wrong_abi",
    .version = "1.0",
    .brief = "was built for another certsh",
};
