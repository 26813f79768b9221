/*
 * fuzz_condition.c - conditions of callback ACEs.  Input that begins with '(' is text; all other
 * is bytes, behind the signature that every condition has.
 */
#include <string.h>

#include "fuzz.h"
#include "laws.h"

enum { LONGEST = 60000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char bytes[LONGEST + 8] = "artx";
    if (size && data[0] == '(') {
        laws_of_condition_text(cs_str_span((const char *)data, size));
        return 0;
    }
    if (size > LONGEST)
        return 0;
    memset(bytes + 4, 0, sizeof bytes - 4);
    if (size)
        memcpy(bytes + 4, data, size);
    laws_of_condition_bytes(cs_str_span(bytes, 4 + (size + 3) / 4 * 4));
    return 0;
}
