/*
 * localgroup.c - net localgroup NAME: a group of the machine, and who is in it.
 *
 *     Alias name     Certificate Service DCOM Access
 *     Comment        Members of this group are ...
 *
 *     Members
 *
 *     -----------------------------------------------------
 *     NT AUTHORITY\Authenticated Users
 *     The command completed successfully.
 *
 * Only the shape is read (FACTS 2.7): the first of the lines above the dashes in which two blanks
 * stand before a name, what stands below the dashes, and that the last line is no member.  Several
 * outputs may follow one another.  A file name with the SID or its number in it says which group a
 * single one is in any language: "localgroup-574.txt", "localgroup-S-1-5-21-1-2-3-1008.txt".
 *
 * A member without a domain is of the machine's own authority: on a domain controller that is
 * the domain, elsewhere the machine itself, whose accounts nobody of a domain is.  Which of the two
 * it is the mapping knows; here it is written ".\name", as Windows does.
 *
 * The last line is a sentence of the language, and ends as one; no account's name does.
 */
#include "console.h"

static const struct cs_import_machine here;

/* -------------------------------------------------------------------- shape */

static bool is_dashes(struct cs_str line)
{
    enum { AT_LEAST = 20 };
    for (size_t i = 0; i < line.length; i++)
        if (line.at[i] != '-')
            return false;
    return line.length >= AT_LEAST;
}

static size_t dashes_from(const struct console *console, size_t from)
{
    while (from < console->count && !is_dashes(console->lines[from]))
        from++;
    return from;
}

/* "The command completed successfully.", in any language. */
static bool is_sentence(struct cs_str line)
{
    return cs_str_find(line, '\\') < 0 &&
           (cs_str_ends(line, CS_STR(".")) || cs_str_ends(line, CS_STR("\u3002")));
}

/* Languages that know no full stop are not ASCII. */
static bool may_close(struct cs_str line)
{
    bool far = false;
    for (size_t i = 0; i < line.length; i++)
        far = far || (unsigned char)line.at[i] >= 0x80;
    return is_sentence(line) || (far && cs_str_find(line, '\\') < 0);
}

/* Behind the first two blanks: "Alias name     Users". */
static struct cs_str second_column(struct cs_str line)
{
    for (size_t i = 1; i + 1 < line.length; i++)
        if (line.at[i] == ' ' && line.at[i + 1] == ' ')
            return cs_str_trim(cs_str_from(line, i));
    return CS_STR("");
}

/* The line that names the group above the dashes: the first of its lines with two columns, and
 * none of an output before it; `dashes` where there is none. */
static size_t head_above(const struct console *console, size_t after, size_t dashes)
{
    size_t head = dashes;
    for (size_t i = after; i < dashes && head == dashes; i++)
        if (second_column(console->lines[i]).length)
            head = i;
    return head;
}

/* ------------------------------------------------------------------- parties */

static struct cs_import_party party_of(struct cs_str name)
{
    struct cs_import_party party = {.name = name};
    struct cs_error ignored;
    if (cs_str_starts(name, CS_STR("S-1-")) && cs_sid_parse(name, &party.sid, &ignored) == CS_OK)
        return party; /* an account that is gone */
    if (!cs_sid_known_abroad(name, &party.sid))
        party.sid = (struct cs_sid){0};
    return party;
}

/* "574" or "S-1-5-32-574" of a part of the file's name between marks. */
static bool sid_of_part(struct cs_str part, struct cs_sid *sid)
{
    struct cs_error ignored;
    uint64_t number;
    if (cs_str_starts(part, CS_STR("S-1-")))
        return cs_sid_parse(part, sid, &ignored) == CS_OK;
    if (part.length != 3 || !cs_str_number(part, 999, &number) || number < 544)
        return false;
    *sid = cs_sid_of2(5, 32, (uint32_t)number);
    return true;
}

/* The SID in "out/localgroup-574.txt", "x-S-1-5-32-574.txt": behind a mark, up to the ending. */
static bool sid_in_name(struct cs_str file, struct cs_sid *sid)
{
    while (cs_str_find(file, '/') >= 0)
        file = cs_str_from(file, (size_t)cs_str_find(file, '/') + 1);
    ptrdiff_t dot = cs_str_find(file, '.');
    if (dot >= 0)
        file.length = (size_t)dot;
    for (size_t i = 0; i < file.length; i++)
        if ((i == 0 || file.at[i - 1] == '-' || file.at[i - 1] == '_') &&
            sid_of_part(cs_str_from(file, i), sid))
            return true;
    return false;
}

/* -------------------------------------------------------------------- groups */

/* net group, of a domain, prints its members in three columns. */
static bool in_columns(const struct console *console, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++)
        if (second_column(console->lines[i]).length)
            return true;
    return false;
}

/* Those of NT AUTHORITY are printed with it: "Red" alone is somebody's group, not NETWORK. */
static struct cs_import_party member_of(const struct console *console, struct cs_str name)
{
    enum { NT_AUTHORITY = 5 };
    struct cs_import_party party = party_of(name);
    bool sid = cs_str_starts(name, CS_STR("S-1-")) && party.sid.count;
    bool everyone = party.sid.count && party.sid.authority != NT_AUTHORITY;
    if (sid || everyone || cs_str_find(name, '\\') >= 0)
        return party;
    return (struct cs_import_party){.name =
                                        cs_str_printf(console->arena, ".\\%.*s", CS_STR_ARG(name))};
}

/* The members between the dashes and the last line. */
static size_t members_of(const struct console *console, size_t from, size_t end,
                         struct cs_import_party *members)
{
    size_t count = 0;
    for (size_t i = from; i < end; i++) {
        struct cs_str name = cs_str_trim(console->lines[i]);
        if (!name.length)
            continue;
        cs_import_record(console->import);
        members[count++] = member_of(console, name);
    }
    return count;
}

/* One output: its dashes, where its last line is, and whether it is the only one of the file. */
struct block {
    size_t head, dashes, last;
    bool alone;
};

static cs_status take_group(const struct console *console, const struct block *block)
{
    struct cs_str title = block->head < block->dashes ? console->lines[block->head] : CS_STR("");
    struct cs_import_party group = {.name = second_column(title)};
    if (!block->alone || !sid_in_name(cs_import_file_name(console->import), &group.sid))
        group.sid = party_of(group.name).sid;
    if (!group.name.length && !group.sid.count)
        return console_bad(console, 0, "no name of a group in the first line");
    struct cs_import_party *members =
        cs_arena_alloc(console->arena, (block->last - block->dashes) * sizeof *members);
    size_t count = members_of(console, block->dashes + 1, block->last, members);
    cs_import_local_group(console->import, &here, &group, members, count, CS_MEMBERS_ALL,
                          (uint32_t)(block->head < block->dashes ? block->head : 0) + 1);
    return CS_OK;
}

/* A last line that all went well; a member has its place in its stead where the output was cut. */
static cs_status take_block(const struct console *console, const struct block *block)
{
    size_t first = console_filled(console, block->dashes + 1);
    if (block->last == block->dashes)
        return console_bad(console, block->dashes,
                           "the list of members is cut: its last line is not there");
    if (!may_close(console->lines[block->last]))
        return console_bad(console, block->last,
                           "the list of members is cut: it ends with a member");
    bool list = first < block->last && cs_str_starts(console->lines[first], CS_STR("*"));
    if (!list && !in_columns(console, first, block->last))
        return take_group(console, block);
    cs_import_skip(console->import,
                   list ? "list of groups, not of members" : "group of a domain: import an LDIF",
                   CS_STR(""), (uint32_t)block->head + 1);
    return CS_OK;
}

/* The first line between that is a sentence, else the last that is not empty; `from` where there is
 * none. */
static size_t last_line(const struct console *console, size_t from, size_t end)
{
    for (size_t i = from + 1; i < end; i++)
        if (is_sentence(console->lines[i]))
            return i;
    while (end > from + 1 && !console->lines[end - 1].length)
        end--;
    return end - 1;
}

bool localgroup_begins(const struct console *console)
{
    return dashes_from(console, 0) < console->count;
}

cs_status localgroup_read(const struct console *console)
{
    size_t dashes = dashes_from(console, 0), after = 0, next;
    struct block block = {.head = head_above(console, 0, dashes)};
    block.alone = dashes_from(console, dashes + 1) == console->count;
    for (cs_status status; dashes < console->count; dashes = next) {
        next = dashes_from(console, dashes + 1);
        after = dashes + 1;
        size_t head = next < console->count ? head_above(console, after, next) : next;
        block.dashes = dashes;
        block.last = last_line(console, dashes, head);
        if ((status = take_block(console, &block)) != CS_OK)
            return status;
        block.head = head;
    }
    return CS_OK;
}
