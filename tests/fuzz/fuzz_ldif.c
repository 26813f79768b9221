/* fuzz_ldif.c - LDIF: lines, folding, base64, and all that an entry can mean. */
#include "fuzz.h"
#include "fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    laws_of_reader(cs_str_span((const char *)data, size));
    return 0;
}
