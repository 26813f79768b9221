/* ldif_name.c - names of attributes, cut and remembered (see ldif_name.h). */
#include "ldif_name.h"

#include <certsh/base.h>

/* Letters, digits and what stands in options and OIDs. */
static const bool name_signs[256] = {
    ['-'] = 1, [';'] = 1, ['.'] = 1, ['='] = 1, ['*'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1,
    ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1, ['A'] = 1,
    ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1,
    ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1,
    ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1,
    ['Z'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1,
    ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1,
    ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1,
    ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

static const struct ldif_name nobody = {.start = 1}; /* no line begins so */

static enum ldif_kind kind_of(struct cs_str name)
{
    static const struct {
        struct cs_str name;
        enum ldif_kind kind;
    } kinds[] = {{{"dn", 2}, LDIF_DN},
                 {{"changetype", 10}, LDIF_CHANGETYPE},
                 {{"control", 7}, LDIF_CONTROL}};
    for (size_t i = 0; i < CS_COUNT(kinds); i++)
        if (cs_str_same(name, kinds[i].name))
            return kinds[i].kind;
    return LDIF_ATTRIBUTE;
}

static void set_start(struct ldif_name *name)
{
    char start[sizeof name->start] = {0}, mask[sizeof name->mask] = {0};
    size_t told = name->whole.length + 1; /* with its colon */
    if (told > sizeof start)
        told = sizeof start;
    memcpy(start, name->whole.at, told);
    memset(mask, 0xff, told);
    memcpy(&name->start, start, sizeof start);
    memcpy(&name->mask, mask, sizeof mask);
}

/* The name a line begins with, up to its colon; false when it has none. */
static bool cut_name(struct cs_str line, struct ldif_name *name)
{
    size_t length = 0, semicolon = 0;
    while (length < line.length && name_signs[(unsigned char)line.at[length]]) {
        if (line.at[length] == ';' && !semicolon)
            semicolon = length;
        length++;
    }
    if (!length || length == line.length || line.at[length] != ':')
        return false;
    size_t bare = semicolon ? semicolon : length;
    name->whole = ldif_slice(line, 0, length);
    name->bare = ldif_slice(line, 0, bare);
    name->options = ldif_slice(line, bare, length - bare);
    name->kind = kind_of(name->whole);
    set_start(name);
    return true;
}

bool ldif_name_begins(const struct ldif_name *name, struct cs_str line)
{
    struct cs_str whole = name->whole;
    return whole.length && line.length > whole.length && line.at[whole.length] == ':' &&
           memcmp(line.at, whole.at, whole.length) == 0;
}

/* Keep a name that lies in the file. */
static void remember(struct ldif_names *names, const struct ldif_lines *lines)
{
    unsigned i = 0;
    while (i < names->count && !cs_str_equal(names->seen[i].whole, names->now.whole))
        i++;
    if (i == LDIF_SEEN || !ldif_in_file(lines, names->now.whole))
        return;
    if (i == names->count) {
        names->now.after = 0;
        names->seen[names->count++] = names->now;
    }
    names->seen[names->at].after = i;
    names->at = i;
}

bool ldif_names_cut(struct ldif_names *names, const struct ldif_lines *lines, struct cs_str line)
{
    if (!cut_name(line, &names->now))
        return false;
    remember(names, lines);
    return true;
}

void ldif_names_begin(struct ldif_names *names)
{
    *names = (struct ldif_names){.now = nobody, .seen = {nobody}};
}

void ldif_names_forget(struct ldif_names *names)
{
    names->now = nobody;
}
