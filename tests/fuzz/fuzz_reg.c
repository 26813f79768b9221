/* fuzz_reg.c - .reg files: both dialects, UTF-16 and not, and the registry they fill. */
#include "fuzz.h"
#include "fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    laws_of_reader(cs_str_span((const char *)data, size));
    return 0;
}
