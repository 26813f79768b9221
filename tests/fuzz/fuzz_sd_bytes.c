/* fuzz_sd_bytes.c - bytes that may be a descriptor (see ../property/laws.h for what must hold). */
#include "fuzz.h"
#include "laws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    laws_of_bytes(cs_str_span((const char *)data, size));
    return 0;
}
