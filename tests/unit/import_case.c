/* import_case.c - see import_case.h. */
#include "import_case.h"

struct cs_lab *lab;
struct cs_arena *arena;
struct cs_error err;

void set_up_import(void)
{
    lab = cs_lab_new();
    arena = cs_arena_new();
}

void tear_down_import(void)
{
    cs_lab_free(lab);
    cs_arena_free(arena);
}
