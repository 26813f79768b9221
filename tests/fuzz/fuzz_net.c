/* fuzz_net.c - the reader of import_net, and what the mapping makes of it. */
#include "fuzz.h"
#include "fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    laws_of_reader(cs_str_span((const char *)data, size));
    return 0;
}
