/*
 * no_plugin.c - a shared object like any other, without the symbol cs_plugin.
 */
int no_plugin_answer(void);

__attribute__((visibility("default"))) int no_plugin_answer(void)
{
    return 42;
}
