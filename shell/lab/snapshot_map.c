/* snapshot_map.c - opening a snapshot: what its head must say (see snapshot.h).  Room: lab. */
#define _POSIX_C_SOURCE 200809L
#include "snapshot_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

/* ----------------------------------------------------------------- the file */

static cs_status refuse(struct cs_error *err, const char *path, const char *why)
{
    return cs_fail(err, CS_INVALID, "snapshot '%s' is not used: %s", path, why);
}

static cs_status check_file(const char *path, const struct stat *st,
                            const struct csi_snapshot_of *of, struct cs_error *err)
{
    if (!S_ISREG(st->st_mode))
        return refuse(err, path, "it is no file");
    if (st->st_uid != geteuid() && st->st_uid != of->owner)
        return refuse(err, path, "it belongs to another user");
    if (st->st_size < CSI_SNAPSHOT_PAGE)
        return refuse(err, path, "it is cut short");
    return CS_OK;
}

static cs_status map_fd(int fd, const char *path, const struct csi_snapshot_of *of,
                        struct csi_snapshot *s, struct cs_error *err)
{
    struct stat st;
    if (fstat(fd, &st))
        return cs_fail(err, CS_IO, "cannot read '%s': %s", path, strerror(errno));
    cs_status status = check_file(path, &st, of, err);
    if (status != CS_OK)
        return status;
    s->size = (size_t)st.st_size;
    void *map = mmap(NULL, s->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return cs_fail(err, CS_IO, "cannot map '%s': %s", path, strerror(errno));
    s->map = map;
    return CS_OK;
}

static cs_status map_file(const char *path, const struct csi_snapshot_of *of,
                          struct csi_snapshot *s, struct cs_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return cs_fail(err, errno == ENOENT ? CS_NOT_FOUND : CS_IO, "cannot open '%s': %s", path,
                       strerror(errno));
    cs_status status = map_fd(fd, path, of, s, err);
    close(fd);
    return status;
}

/* ----------------------------------------------------------------- the head */

static cs_status check_head(const struct csi_snapshot *s, const char *path,
                            const struct csi_snapshot_of *of, struct csi_snapshot_head *head,
                            struct cs_error *err)
{
    const struct csi_snapshot_head mine = csi_snapshot_head(of);
    memcpy(head, s->map, sizeof *head);
    if (memcmp(head, &mine, offsetof(struct csi_snapshot_head, lab)))
        return refuse(err, path, "it is of another kind or version");
    if (head->sum != csi_sum(head, offsetof(struct csi_snapshot_head, sum)))
        return refuse(err, path, "its head is damaged");
    if (head->size != s->size)
        return refuse(err, path, "it is cut short");
    if (memcmp(head->lab, mine.lab, sizeof mine.lab))
        return cs_fail(err, CS_STATE, "snapshot '%s' is not used: of another lab", path);
    if (head->generation != mine.generation)
        return cs_fail(err, CS_STATE, "snapshot '%s' is not used: of another state of the lab",
                       path);
    return CS_OK;
}

/* Does a section of that many elements, or the sums, lie within the file, on a page's start? */
static bool lies_inside(const struct csi_snapshot *s, uint64_t at, uint64_t count, uint32_t unit)
{
    return at % CSI_SNAPSHOT_PAGE == 0 && at <= s->size && count <= (s->size - at) / unit;
}

static bool take_places(struct csi_snapshot *s, const struct csi_snapshot_head *head)
{
    for (enum csi_section i = 0; i < CSI_SECTIONS; i++) {
        s->places[i] = head->places[i];
        const struct csi_place *place = &s->places[i];
        if (!lies_inside(s, place->at, place->count, csi_section_kinds[i].unit))
            return false;
        s->first[i + 1] = s->first[i] + csi_snapshot_blocks(i, place->count);
    }
    size_t size = s->first[CSI_SECTIONS] * sizeof *s->sums;
    if (!lies_inside(s, head->sums_at, s->first[CSI_SECTIONS], sizeof *s->sums))
        return false;
    s->sums = (const uint64_t *)(const void *)(s->map + head->sums_at);
    return csi_sum(s->sums, size) == head->sums_sum;
}

/* ----------------------------------------------------------------- the base */

/* Nothing is ever written through it: the pages are read-only. */
static void *part(const struct csi_snapshot *s, enum csi_section section)
{
    return (void *)(uintptr_t)(s->map + s->places[section].at);
}

static struct csi_index index_of(const struct csi_snapshot *s, enum csi_section section,
                                 uint64_t used)
{
    size_t room = s->places[section].count;
    return (struct csi_index){.slots = part(s, section), .room = room, .used = used};
}

static void fill_rolls(const struct csi_snapshot *s, struct csi_rolls *rolls, bool whole)
{
    const cs_id *domains = part(s, CSI_SECTION_ROLL_DOMAINS);
    uint64_t *accounts = part(s, CSI_SECTION_ACCOUNTS);
    *rolls = (struct csi_rolls){.groups = part(s, CSI_SECTION_GROUPS),
                                .computers = part(s, CSI_SECTION_COMPUTERS),
                                .count = s->places[CSI_SECTION_ROLL_DOMAINS].count,
                                .words = s->places[CSI_SECTION_GROUPS].count,
                                .whole = whole};
    for (size_t i = 0; i < rolls->count; i++)
        rolls->at[i] = (struct csi_roll){domains[i], accounts + i * rolls->words};
}

static struct csi_base base_of(const struct csi_snapshot *s, const struct csi_snapshot_head *head)
{
    size_t words = s->places[CSI_SECTION_GROUPS].count;
    struct csi_base base = {
        .count = s->places[CSI_SECTION_ROWS].count - 1,
        .rows = part(s, CSI_SECTION_ROWS),
        .pool = part(s, CSI_SECTION_POOL),
        .pool_size = s->places[CSI_SECTION_POOL].count * 4,
        .parents = part(s, CSI_SECTION_PARENTS),
        .tops = part(s, CSI_SECTION_TOPS),
        .parent_count = s->places[CSI_SECTION_PARENTS].count,
        .edge_count = s->places[CSI_SECTION_MEMBERS].count,
        .members = {part(s, CSI_SECTION_MEMBERS_FROM), part(s, CSI_SECTION_MEMBERS)},
        .member_of = {part(s, CSI_SECTION_MEMBER_OF_FROM), part(s, CSI_SECTION_MEMBER_OF)},
        .primaries = {.keys = part(s, CSI_SECTION_PRIMARY_KEYS),
                      .key_count = s->places[CSI_SECTION_PRIMARY_KEYS].count,
                      .ids = part(s, CSI_SECTION_PRIMARY_IDS),
                      .bits = part(s, CSI_SECTION_PRIMARY_BITS),
                      .row_count = s->places[CSI_SECTION_PRIMARY_BITS].count / words},
        .by_sid = index_of(s, CSI_SECTION_SID_SLOTS, head->sid_used),
        .by_name = index_of(s, CSI_SECTION_NAME_SLOTS, head->name_used),
    };
    fill_rolls(s, &base.rolls, head->whole != 0);
    base.holdings = (struct csi_holdings){.keys = part(s, CSI_SECTION_HOLDING_KEYS),
                                          .count = s->places[CSI_SECTION_HOLDING_KEYS].count,
                                          .met = part(s, CSI_SECTION_HOLDING_MET),
                                          .met_count = s->places[CSI_SECTION_HOLDING_MET].count,
                                          .bits = part(s, CSI_SECTION_HOLDING_BITS),
                                          .forests = head->forests};
    return base;
}

static bool is_index(uint64_t room, uint64_t used)
{
    return (room & (room - 1)) == 0 && used <= room - room / 4;
}

/* Sizes against one another, so that one count stands for all arrays of it. */
static bool fits(const struct csi_snapshot *s, const struct csi_snapshot_head *head)
{
    const struct csi_place *p = s->places;
    uint64_t rows = p[CSI_SECTION_ROWS].count, words = p[CSI_SECTION_GROUPS].count;
    return rows > 0 && rows < UINT32_MAX && words == csi_row_words(rows - 1) &&
           p[CSI_SECTION_MEMBERS].count <= UINT32_MAX && p[CSI_SECTION_POOL].count >= 2 &&
           p[CSI_SECTION_POOL].count <= UINT32_MAX &&
           p[CSI_SECTION_PARENTS].count == p[CSI_SECTION_TOPS].count &&
           p[CSI_SECTION_MEMBERS_FROM].count == rows + 1 &&
           p[CSI_SECTION_MEMBER_OF_FROM].count == rows + 1 &&
           p[CSI_SECTION_MEMBER_OF].count == p[CSI_SECTION_MEMBERS].count &&
           p[CSI_SECTION_PRIMARY_BITS].count % words == 0 &&
           p[CSI_SECTION_ROLL_DOMAINS].count <= CSI_ROLLS &&
           p[CSI_SECTION_COMPUTERS].count == words &&
           p[CSI_SECTION_ACCOUNTS].count == p[CSI_SECTION_ROLL_DOMAINS].count * words &&
           p[CSI_SECTION_HOLDING_KEYS].count <= UINT32_MAX &&
           p[CSI_SECTION_HOLDING_BITS].count == p[CSI_SECTION_HOLDING_KEYS].count * words &&
           is_index(p[CSI_SECTION_SID_SLOTS].count, head->sid_used) &&
           is_index(p[CSI_SECTION_NAME_SLOTS].count, head->name_used);
}

/* What is small, and read without asking. */
static bool check_small(struct csi_snapshot *s)
{
    static const enum csi_section small[] = {CSI_SECTION_PARENTS, CSI_SECTION_TOPS,
                                             CSI_SECTION_PRIMARY_KEYS, CSI_SECTION_ROLL_DOMAINS,
                                             CSI_SECTION_HOLDING_KEYS};
    for (size_t i = 0; i < CS_COUNT(small); i++)
        for (size_t b = 0; b < s->first[small[i] + 1] - s->first[small[i]]; b++)
            if (!csi_snapshot_block(s, small[i], b))
                return false;
    return true;
}

/* ------------------------------------------------------------------ opening */

static cs_status open_snapshot(struct csi_snapshot *s, const struct csi_snapshot_of *of,
                               struct cs_error *err)
{
    struct csi_snapshot_head head;
    cs_status status = map_file(s->path, of, s, err);
    if (status == CS_OK)
        status = check_head(s, s->path, of, &head, err);
    if (status != CS_OK)
        return status;
    if (!take_places(s, &head) || !fits(s, &head))
        return refuse(err, s->path, "its table of sections is damaged");
    *s->base = base_of(s, &head);
    if (!check_small(s))
        return refuse(err, s->path, "it is damaged");
    size_t seen = (s->first[CSI_SECTIONS] / 64 + 1) * sizeof *s->seen;
    s->seen = memset(csi_alloc_must(seen), 0, seen);
    return CS_OK;
}

static char *copy_path(const char *path)
{
    size_t size = strlen(path) + 1;
    return memcpy(csi_alloc_must(size), path, size);
}

struct csi_base *csi_snapshot_map(const char *path, const struct csi_snapshot_of *of,
                                  const struct csi_rebuild *rebuild, struct cs_error *err)
{
    struct csi_snapshot *s = csi_alloc_must(sizeof *s);
    struct csi_base *base = csi_alloc_must(sizeof *base);
    *s = (struct csi_snapshot){.base = base, .path = copy_path(path), .generation = of->generation};
    if (rebuild)
        s->rebuild = *rebuild;
    if (open_snapshot(s, of, err) != CS_OK) {
        csi_snapshot_unmap(s);
        csi_alloc_free(base);
        return NULL;
    }
    base->mapped = base->guard = s;
    return base;
}

bool csi_snapshot_unmap(struct csi_snapshot *s)
{
    bool inside = !s->healed;
    if (s->map)
        munmap((void *)(uintptr_t)s->map, s->size);
    csi_alloc_free(s->seen);
    csi_alloc_free(s->path);
    csi_alloc_free(s);
    return inside;
}
