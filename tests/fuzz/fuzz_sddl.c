/* fuzz_sddl.c - text that may be SDDL (see ../property/laws.h for what must hold). */
#include "fuzz.h"
#include "laws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    laws_of_text(cs_str_span((const char *)data, size));
    return 0;
}
