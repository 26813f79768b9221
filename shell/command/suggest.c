/* suggest.c - the nearest name to what was typed, for "did you mean".  Room: command. */
#include "shell_internal.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST = 63, MOST = 4 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to insert, remove, replace or swap with their neighbour (Damerau, in rows). */
size_t csi_distance(struct cs_str a, struct cs_str b, size_t limit)
{
    size_t rows[3][LONGEST + 1];
    if (a.length > LONGEST || b.length > LONGEST)
        return limit + 1;
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b.length; j++)
        last[j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b.length; j++) {
            bool same = lower(a.at[i - 1]) == lower(b.at[j - 1]);
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + !same);
            if (i > 1 && j > 1 && lower(a.at[i - 1]) == lower(b.at[j - 2]) &&
                lower(a.at[i - 2]) == lower(b.at[j - 1]))
                now[j] = least(now[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return least(last[b.length], limit + 1);
}

static size_t limit_for(struct cs_str typed)
{
    return typed.length < 3 ? 1 : typed.length < 7 ? 2 : 3;
}

const char *csi_nearest(struct cs_str typed, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t best = limit_for(typed);
    for (size_t i = 0; i < count; i++) {
        size_t distance = csi_distance(typed, cs_str_of(names[i]), best);
        if (distance < best + (nearest == NULL)) {
            best = distance;
            nearest = names[i];
        }
    }
    return nearest;
}

/* ---------------------------------------------------------------- commands */

/* The first `count` words of a line, one blank between; fewer when there are fewer. */
static struct cs_str first_words(struct cs_arena *arena, struct cs_str line, size_t count)
{
    struct cs_buf buf;
    struct cs_str word;
    size_t at = 0;
    cs_buf_init(&buf, 1 << 12);
    while (count-- && csi_words_next(line, &at, &word))
        csi_words_add_name(&buf, word);
    struct cs_str text = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return text;
}

static size_t words_in(const char *name)
{
    size_t count = 1;
    for (; *name; name++)
        count += *name == ' ';
    return count;
}

struct near {
    const char *name;
    size_t distance;
};

static int by_distance(const void *a, const void *b)
{
    const struct near *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* How far a command's name is from the beginning of the line. */
static size_t far_off(struct cs_arena *arena, struct cs_str line, const char *name)
{
    struct cs_str typed = first_words(arena, line, words_in(name));
    size_t limit = limit_for(typed), distance = csi_distance(typed, cs_str_of(name), limit);
    if (typed.length && cs_str_same_start(cs_str_of(name), typed))
        return 1;
    return distance <= limit ? distance : LONGEST;
}

/* The same within a family that was spelt right: "net locl" wants "net localgroup", however
 * many letters that is; a verb like none of the family's leaves them all. */
static size_t far_off_verb(struct cs_str verb, const char *name, size_t family)
{
    struct cs_str whole = cs_str_from(cs_str_of(name), family);
    struct cs_str head = cs_str_span(whole.at, least(verb.length, whole.length));
    size_t limit = limit_for(verb), distance = csi_distance(verb, whole, limit);
    if (verb.length && cs_str_same_start(whole, verb))
        return 1;
    distance = least(distance, csi_distance(verb, head, limit) + 1);
    return distance <= limit ? distance : LONGEST - 1;
}

/* "net " when some command's name begins so, else empty. */
static struct cs_str family_of(struct cs_shell *shell, struct cs_arena *arena, struct cs_str line)
{
    struct cs_str family = cs_str_printf(arena, "%.*s ", CS_STR_ARG(first_words(arena, line, 1)));
    for (size_t i = 0; i < shell->command_count; i++)
        if (cs_str_same_start(cs_str_of(shell->commands[i].entry.name), family))
            return family;
    return CS_STR("");
}

struct cs_str cs_shell_suggest(struct cs_shell *shell, struct cs_arena *arena, struct cs_str line)
{
    struct near *all = cs_arena_alloc(arena, (shell->command_count + 1) * sizeof *all);
    struct cs_str family = family_of(shell, arena, line);
    struct cs_str verb = cs_str_from(first_words(arena, line, 2), family.length);
    size_t count = 0;
    for (size_t i = 0; i < shell->command_count; i++) {
        const char *name = shell->commands[i].entry.name;
        bool kin = family.length && cs_str_same_start(cs_str_of(name), family);
        size_t distance = kin             ? far_off_verb(verb, name, family.length)
                          : family.length ? LONGEST
                                          : far_off(arena, line, name);
        if (distance < LONGEST)
            all[count++] = (struct near){name, distance};
    }
    qsort(all, count, sizeof *all, by_distance);
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 12);
    for (size_t i = 0; i < least(count, MOST) && all[i].distance <= all[0].distance + 1; i++)
        cs_buf_addf(&buf, "%s%s", i ? ", " : "", all[i].name);
    struct cs_str text = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return text;
}
