/*
 * import_facts.c - attributes of one entry, found and checked (see import_facts.h).
 *
 * Room: lab.
 */
#include "import_facts.h"

#include <stdio.h>
#include <string.h>

#include <certsh/sd.h>

#define ROW(name, text) {text, sizeof(text) - 1},
static const struct cs_str slot_names[] = {CSI_ATTRIBUTES(ROW)};
#undef ROW

#define ROW(name, text) {text, sizeof(text) - 1},
static const struct cs_str class_names[] = {CSI_CLASSES(ROW)};
#undef ROW

/* Most names differ in length or in the first letter; those need no folding of case. */
static bool same_name(struct cs_str a, struct cs_str b)
{
    return a.length == b.length && a.length && ((a.at[0] ^ b.at[0]) & ~0x20) == 0 &&
           (memcmp(a.at, b.at, a.length) == 0 || cs_str_same(a, b));
}

/* Most names mean nothing here; by length and both ends few of those meet one that does. */
static size_t home_of(struct cs_str name)
{
    unsigned first = (unsigned char)name.at[0] | 0x20u;
    unsigned last = (unsigned char)name.at[name.length - 1] | 0x20u;
    return name.length * 7 + first * 5 + last;
}

void csi_slots_prepare(struct cs_import *import)
{
    for (uint8_t i = 0; i < CSI_SLOT_COUNT; i++) {
        uint8_t *first = &import->slot_first[home_of(slot_names[i]) % CS_COUNT(import->slot_first)];
        import->slot_next[i + 1] = *first;
        *first = i + 1;
    }
    for (unsigned i = 0; i < CSI_CLASS_COUNT; i++)
        import->classes[class_names[i].length % CS_COUNT(import->classes)] |= 1u << i;
}

enum csi_slot csi_slot_of(const struct cs_import *import, struct cs_str name)
{
    if (!name.length)
        return CSI_SLOT_COUNT;
    uint8_t i = import->slot_first[home_of(name) % CS_COUNT(import->slot_first)];
    while (i && !same_name(slot_names[i - 1], name))
        i = import->slot_next[i];
    return i ? (enum csi_slot)(i - 1) : CSI_SLOT_COUNT;
}

/*
 * The slot of a name that comes after another one's: a search gives each entry its attributes in
 * the same order, so it is mostly the one that came after it the last time.
 */
static enum csi_slot slot_after(struct cs_import *import, enum csi_slot before, struct cs_str name)
{
    enum csi_slot guess = import->slot_after[before];
    if (name.length == slot_names[guess].length &&
        memcmp(name.at, slot_names[guess].at, name.length) == 0)
        return guess;
    enum csi_slot slot = csi_slot_of(import, name);
    if (slot != CSI_SLOT_COUNT)
        import->slot_after[before] = (uint8_t)slot;
    return slot;
}

bool csi_facts_is(const struct csi_facts *facts, enum csi_class which)
{
    return facts->classes & 1u << which;
}

static void add_class(struct csi_facts *facts, struct cs_str name)
{
    const uint32_t *of_length = facts->import->classes;
    facts->last_class = name;
    for (uint32_t left = of_length[name.length % CS_COUNT(facts->import->classes)]; left;
         left &= left - 1) {
        int i = __builtin_ctz(left);
        if (same_name(class_names[i], name))
            facts->classes |= 1u << i;
    }
}

static void gather(struct csi_facts *facts)
{
    const char *last_name = NULL;
    enum csi_slot slot = CSI_SLOT_COUNT, known = CSI_SLOT_CLASS;
    for (size_t i = 0; i < facts->entry->count; i++) {
        const struct cs_attribute *at = &facts->entry->at[i];
        if (at->name.at != last_name)
            slot = slot_after(facts->import, known, at->name);
        last_name = at->name.at;
        if (slot == CSI_SLOT_COUNT)
            continue;
        known = slot;
        if (slot == CSI_SLOT_CLASS)
            add_class(facts, at->value);
        if (!facts->given[slot]) {
            facts->value[slot] = at->value;
            facts->line[slot] = at->line;
        }
        facts->given[slot] = true;
    }
}

static bool is_ascii(struct cs_str text)
{
    uint64_t bits = 0, word = 0;
    size_t i = 0;
    for (; i + sizeof word <= text.length; i += sizeof word) {
        memcpy(&word, text.at + i, sizeof word);
        bits |= word;
    }
    for (; i < text.length; i++)
        bits |= (unsigned char)text.at[i];
    return !(bits & 0x8080808080808080u);
}

/* Texts that are no UTF-8 come from an ANSI code page; each byte is then its code point. */
struct cs_str csi_facts_clean(struct cs_arena *arena, struct cs_str text)
{
    if (is_ascii(text) || cs_str_is_utf8(text))
        return text;
    char *out = cs_arena_alloc(arena, text.length * 2 + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c >= 0x80)
            out[length++] = (char)(0xc0 | c >> 6);
        out[length++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
    }
    return cs_str_span(out, length);
}

struct cs_str csi_facts_look(const struct csi_facts *facts, enum csi_slot slot)
{
    return csi_facts_clean(facts->import->arena, facts->value[slot]);
}

struct cs_str csi_facts_text(const struct csi_facts *facts, enum csi_slot slot)
{
    return csi_import_keep(facts->import, csi_facts_look(facts, slot));
}

/* A number, which directories write as a signed one; what is none is malformed. */
cs_status csi_facts_number(const struct csi_facts *facts, enum csi_slot slot, uint32_t *out)
{
    int64_t value = 0;
    if (!facts->given[slot])
        return CS_OK;
    if (!cs_str_integer(facts->value[slot], &value) || value < INT32_MIN || value > UINT32_MAX) {
        cs_import_bad(facts->import, facts->line[slot], facts->err, "%.*s is no number: '%.*s'",
                      CS_STR_ARG(slot_names[slot]), CS_STR_ARG(facts->value[slot]));
        return cs_error_hint(facts->err, "nothing was imported.  Export it again");
    }
    *out = (uint32_t)value;
    return CS_OK;
}

/* Bytes of a SID, or its text as ldbsearch writes it. */
cs_status csi_facts_sid(const struct csi_facts *facts, enum csi_slot slot, struct cs_sid *out)
{
    struct cs_str value = facts->value[slot];
    if (!facts->given[slot])
        return CS_OK;
    cs_status status = cs_str_same_start(value, CS_STR("S-1-"))
                           ? cs_sid_parse(value, out, facts->err)
                           : cs_sid_decode(value.at, value.length, out, NULL, facts->err);
    if (status == CS_OK)
        return CS_OK;
    cs_import_bad(facts->import, facts->line[slot], facts->err, "%.*s of '%.*s' is no SID",
                  CS_STR_ARG(slot_names[slot]), CS_STR_ARG(facts->dn));
    return cs_error_hint(facts->err, "nothing was imported.  Was the file cut?");
}

/* Bytes of a descriptor; SDDL (newer ldbsearch) becomes bytes. */
cs_status csi_facts_descriptor(const struct csi_facts *facts, struct cs_str *out)
{
    struct cs_str value = facts->value[CSI_SLOT_DESCRIPTOR];
    struct cs_arena *arena = facts->import->arena;
    struct cs_sd sd;
    if (!facts->given[CSI_SLOT_DESCRIPTOR])
        return CS_OK;
    bool words = cs_str_starts(value, CS_STR("O:")) || cs_str_starts(value, CS_STR("D:"));
    cs_status status = words ? cs_sddl_parse(arena, value, NULL, &sd, facts->err)
                             : cs_sd_decode(arena, value, &sd, facts->err);
    *out = words ? value : csi_import_keep(facts->import, value);
    if (status == CS_OK)
        return words ? cs_sd_encode(arena, &sd, out, facts->err) : CS_OK;
    char why[sizeof facts->err->text];
    snprintf(why, sizeof why, "%s", facts->err->text);
    cs_import_bad(facts->import, facts->line[CSI_SLOT_DESCRIPTOR], facts->err,
                  "nTSecurityDescriptor of '%.*s' is no security descriptor: %.120s",
                  CS_STR_ARG(facts->dn), why);
    return cs_error_hint(facts->err, "nothing was imported.  Was the file cut?");
}

struct cs_strs csi_facts_list(const struct csi_facts *facts, enum csi_slot slot)
{
    struct cs_str *at = cs_arena_alloc(facts->import->arena, facts->entry->count * sizeof *at + 1);
    size_t count = 0;
    for (size_t i = 0; i < facts->entry->count; i++)
        if (cs_str_same(facts->entry->at[i].name, slot_names[slot]))
            at[count++] = csi_import_keep(
                facts->import, csi_facts_clean(facts->import->arena, facts->entry->at[i].value));
    return (struct cs_strs){at, count};
}

bool csi_facts_asked(const struct cs_import *import, enum csi_slot slot)
{
    struct cs_str name = slot_names[slot];
    struct cs_str asked = csi_import_file_now(import)->asked;
    if (!asked.length)
        return true;
    while (asked.length) {
        ptrdiff_t blank = cs_str_find(asked, ' ');
        struct cs_str word = cs_str_span(asked.at, blank < 0 ? asked.length : (size_t)blank);
        if (cs_str_same(word, name) || cs_str_is(word, "*") || cs_str_is(word, "ALL"))
            return true;
        asked = cs_str_from(asked, word.length + 1);
    }
    return false;
}

struct cs_str csi_slot_name(enum csi_slot slot)
{
    return slot_names[slot];
}

/* "20240501101112.0Z" (RFC 4517) in seconds since 1970; 0 for anything else. */
static int64_t time_of(struct cs_str text)
{
    static const short days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    uint64_t all, date, clock;
    if (text.length < 15 || !cs_str_ends(text, CS_STR("Z")) ||
        !cs_str_number(cs_str_span(text.at, 14), UINT64_MAX, &all))
        return 0;
    date = all / 1000000;
    clock = all % 1000000;
    int64_t year = (int64_t)(date / 10000), month = (int64_t)(date / 100 % 100);
    if (year < 1990 || month < 1 || month > 12)
        return 0;
    int64_t before = year - (month < 3); /* leap days up to the end of that year */
    int64_t day = (year - 1970) * 365 + before / 4 - before / 100 + before / 400 - 477 +
                  days[month - 1] + (int64_t)(date % 100) - 1;
    return day * 86400 + (int64_t)(clock / 10000 * 3600 + clock / 100 % 100 * 60 + clock % 100);
}

static void note_times(const struct csi_facts *facts)
{
    static const enum csi_slot slots[] = {CSI_SLOT_CREATED, CSI_SLOT_CHANGED, CSI_SLOT_NOW};
    for (size_t i = 0; i < CS_COUNT(slots); i++)
        if (facts->given[slots[i]])
            cs_import_saw(facts->import, time_of(facts->value[slots[i]]));
}

void csi_facts_fill(struct csi_facts *facts, struct cs_import *import, const struct cs_entry *entry,
                    struct cs_error *err)
{
    uint32_t tag = csi_names_seek(&import->names, entry->dn);
    *facts = (struct csi_facts){.import = import,
                                .entry = entry,
                                .spot = csi_import_spot(import, entry->line),
                                .dn = csi_dn_bare(csi_facts_clean(import->arena, entry->dn)),
                                .err = err};
    gather(facts);
    note_times(facts);
    facts->given[CSI_SLOT_MEMBER] |= import->parted & CSI_PARTED_MEMBER;
    facts->given[CSI_SLOT_MEMBER_OF] |= (import->parted & CSI_PARTED_MEMBER_OF) != 0;
    csi_names_add(&import->names, &entry->dn, &tag, 1, &facts->name);
}
