/* libldap.c - the same file through OpenLDAP's reader: records and values, nothing kept. */
#include <stdio.h>
#include <string.h>

#include <lber.h>
#include <ldap.h>
#include <ldif.h>

int main(int argc, char **argv)
{
    LDIFFP *file = argc == 2 ? ldif_open(argv[1], "r") : NULL;
    unsigned long line = 0, entries = 0, values = 0, members = 0;
    char *record = NULL, *at, *text;
    int room = 0;
    if (!file)
        return 1;
    while (ldif_read_record(file, &line, &record, &room) > 0) {
        entries++;
        for (at = record; (text = ldif_getline(&at));) {
            struct berval name, value;
            int freeable;
            if (ldif_parse_line2(text, &name, &value, &freeable) != 0)
                continue;
            values += !(name.bv_len == 2 && memcmp(name.bv_val, "dn", 2) == 0);
            members += name.bv_len == 6 && memcmp(name.bv_val, "member", 6) == 0;
            if (freeable)
                ber_memfree(value.bv_val);
        }
    }
    printf("%lu %lu %lu\n", entries, values, members);
    return 0;
}
