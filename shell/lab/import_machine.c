/*
 * import_machine.c - which machine a registry export is of, and its values put there.
 *
 * An export seldom says which machine it is of.  In order: the host the caller named; the name
 * that stands in the export (CAServerName of a CA's key, ComputerName); the host of the CA whose
 * configuration it holds; the only name that the other files of the import say; the current host;
 * else a new host named after the file.
 *
 * A machine whose registry holds the configuration of a CA is that CA's host, whatever the
 * directory says; where they differ, it is told.
 *
 * Room: lab.
 */
#include "import_in.h"

/* ------------------------------------------------------------- which host */

/* The values of one file: [from, to) of the pile. */
struct span {
    struct cs_import *import;
    size_t from, to;
    cs_id host;
};

static const struct csi_import_value *value_at(const struct span *span, size_t i)
{
    return csi_pile_at(&span->import->values, i);
}

static struct cs_str text_of(const struct span *span, const struct csi_import_value *value)
{
    struct cs_reg_value reg = {.type = value->type, .data = value->data};
    return cs_reg_text(span->import->arena, &reg);
}

/* Text of the first value with that name in that key (or directly below it); "" if none. */
static struct cs_str text_in(const struct span *span, struct cs_str key, bool below,
                             struct cs_str name)
{
    struct cs_str step;
    for (size_t i = span->from; i < span->to; i++) {
        const struct csi_import_value *value = value_at(span, i);
        bool here = below ? csi_key_child(value->key, key, &step) : cs_str_same(value->key, key);
        if (here && value->type != CS_REG_KEY && !value->remove && cs_str_same(value->name, name))
            return text_of(span, value);
    }
    return CS_STR("");
}

#define KEY_CONTROL     "HKLM\\SYSTEM\\CurrentControlSet\\Control\\"
#define KEY_COMPUTER    CS_STR(KEY_CONTROL "ComputerName\\ComputerName")
#define KEY_PRODUCT     CS_STR(KEY_CONTROL "ProductOptions")
#define KEY_TCPIP       CS_STR("HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters")
#define KEY_WINDOWS_NOW CS_STR("HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion")

/* The name of the machine, where the export tells it. */
static struct cs_str name_in(const struct span *span)
{
    struct cs_str name = text_in(span, CS_KEY_CERTSVC, true, CS_STR("CAServerName"));
    if (!name.length)
        name = text_in(span, KEY_COMPUTER, false, CS_STR("ComputerName"));
    if (!name.length)
        name = text_in(span, KEY_TCPIP, false, CS_STR("Hostname"));
    return name;
}

/* The host of a CA that the lab knows and whose configuration is here. */
static cs_id host_of_ca(const struct span *span)
{
    const struct cs_lab *lab = span->import->lab;
    struct cs_str step;
    for (size_t i = span->from; i < span->to; i++) {
        const struct csi_import_value *value = value_at(span, i);
        if (!csi_key_child(value->key, CS_KEY_CERTSVC, &step))
            continue;
        const struct cs_ca *ca = cs_ca_get(lab, cs_ca_find(lab, step));
        if (ca && ca->host)
            return ca->host;
    }
    return 0;
}

/* "ole" of "exports/ole.reg.gz". */
struct cs_str csi_import_stem(struct cs_str file)
{
    for (ptrdiff_t slash; (slash = cs_str_find(file, '/')) >= 0;)
        file = cs_str_from(file, (size_t)slash + 1);
    ptrdiff_t dot = cs_str_find(file, '.');
    return dot > 0 ? cs_str_span(file.at, (size_t)dot) : file;
}

/* Nobody and nothing says which machine it is. */
static cs_status name_after_file(struct span *span, struct csi_spot spot, struct cs_error *err)
{
    struct cs_import *import = span->import;
    struct cs_str file = csi_import_file_at(import, spot.file)->report.file;
    cs_status status = csi_import_host(import, csi_import_stem(file), spot, &span->host, err);
    const struct cs_host *made = status == CS_OK ? cs_host_get(import->lab, span->host) : NULL;
    if (made)
        csi_import_warn_at(import, (struct csi_spot){spot.file, 0},
                           "no file says which machine this is of: taken for %.*s (--host says it)",
                           CS_STR_ARG(made->name));
    return status;
}

static cs_status find_host(struct span *span, struct csi_spot spot, struct cs_error *err)
{
    struct cs_import *import = span->import;
    struct cs_str named = name_in(span);
    span->host = import->host;
    if (span->host)
        return CS_OK;
    if (import->host_name.length)
        return csi_import_host(import, import->host_name, spot, &span->host, err);
    if (named.length)
        return csi_import_host(import, named, spot, &span->host, err);
    span->host = host_of_ca(span);
    if (!span->host && import->sole_name.length)
        return csi_import_host(import, import->sole_name, spot, &span->host, err);
    if (!span->host)
        span->host = import->current;
    if (span->host)
        return CS_OK;
    return name_after_file(span, spot, err);
}

/* Somebody said which host it is, and the export names another one. */
static void compare_name(const struct span *span, struct csi_spot spot)
{
    const struct cs_import *import = span->import;
    struct cs_str named = name_in(span);
    const struct cs_host *host = cs_host_get(import->lab, span->host);
    if (named.length && host && !cs_str_same(named, host->name) && !cs_str_same(named, host->dns) &&
        cs_host_find(import->lab, named) != span->host)
        csi_import_warn_at(import, (struct csi_spot){spot.file, 0},
                           "the export names %.*s as its machine; taken for %.*s as asked",
                           CS_STR_ARG(named), CS_STR_ARG(host->name));
}

/* Version and role, where the export has them. */
static cs_status learn_host(const struct span *span, struct cs_error *err)
{
    const struct cs_host *old = cs_host_get(span->import->lab, span->host);
    struct cs_str product = text_in(span, KEY_WINDOWS_NOW, false, CS_STR("ProductName"));
    struct cs_str pack = text_in(span, KEY_WINDOWS_NOW, false, CS_STR("CSDVersion"));
    struct cs_str type = text_in(span, KEY_PRODUCT, false, CS_STR("ProductType"));
    if (!product.length && !type.length)
        return CS_OK;
    struct cs_host host = *old;
    struct cs_str full =
        cs_str_printf(span->import->arena, "%.*s %.*s", CS_STR_ARG(product), CS_STR_ARG(pack));
    enum cs_windows windows = cs_windows_find(cs_str_trim(full));
    if (windows)
        host.windows = windows;
    if (cs_str_same(type, CS_STR("LanmanNT")))
        host.role = CS_ROLE_DC;
    if (cs_str_same(type, CS_STR("ServerNT")))
        host.role = CS_ROLE_MEMBER;
    if (cs_str_same(type, CS_STR("WinNT")))
        host.role = CS_ROLE_WORKSTATION;
    return cs_host_put(span->import->lab, &host, &host.record.id, err);
}

/* ------------------------------------------------------------------ the CA */

/* Certificate Services writes these into the key of a CA; a bare subkey is none yet. */
static bool tells_ca(const struct csi_import_value *value)
{
    static const char *const names[] = {"Security", "CAServerName", "CommonName", "CAType",
                                        "InterfaceFlags"};
    return value->type != CS_REG_KEY && !value->remove &&
           csi_name_among(value->name, names, CS_COUNT(names));
}

static cs_status put_ca(const struct span *span, struct cs_str name, struct csi_spot spot,
                        struct cs_error *err)
{
    struct cs_import *import = span->import;
    struct cs_ca ca = {.name = name, .type = CS_CA_ENTERPRISE_SUBORDINATE};
    const struct cs_ca *old = cs_ca_get(import->lab, cs_ca_find(import->lab, name));
    const struct cs_host *host = cs_host_get(import->lab, span->host);
    if (old && old->host == span->host)
        return CS_OK;
    if (old) {
        ca = *old;
        csi_import_warn_at(import, (struct csi_spot){spot.file, 0},
                           "CA %.*s was on %.*s before: its registry on %.*s counts",
                           CS_STR_ARG(name), CS_STR_ARG(old->dns), CS_STR_ARG(host->name));
    }
    ca.record.source = csi_import_source(import, spot);
    ca.host = span->host;
    ca.dns = host->dns.length ? host->dns : host->name;
    cs_id id;
    return cs_ca_put(import->lab, &ca, &id, err);
}

static cs_status put_cas(const struct span *span, struct cs_error *err)
{
    struct cs_str step, last = CS_STR("");
    cs_status status = CS_OK;
    for (size_t i = span->from; status == CS_OK && i < span->to; i++) {
        const struct csi_import_value *value = value_at(span, i);
        if (!csi_key_child(value->key, CS_KEY_CERTSVC, &step) || !tells_ca(value) ||
            cs_str_same(step, last))
            continue;
        last = step;
        status = put_ca(span, step, value->spot, err);
    }
    return status;
}

/* ------------------------------------------------------------------ values */

static cs_status gone(cs_status status, struct cs_error *err)
{
    if (status == CS_NOT_FOUND) { /* what is not there needs no removal */
        *err = (struct cs_error){0};
        return CS_OK;
    }
    return status;
}

static cs_status put_removal(const struct span *span, const struct csi_import_value *value,
                             struct cs_error *err)
{
    struct cs_lab *lab = span->import->lab;
    struct cs_error own;
    cs_status status = value->type == CS_REG_KEY
                           ? cs_registry_remove_key(lab, span->host, value->key, &own)
                           : cs_registry_remove(lab, span->host, value->key, value->name, &own);
    if (status == CS_OK)
        csi_import_added(span->import, value->spot);
    else if (gone(status, &own) != CS_OK && err)
        *err = own;
    return gone(status, &own);
}

/* A value that an earlier import gave otherwise: the later one counts, and it is told. */
static bool differs(const struct span *span, const struct csi_import_value *value)
{
    const struct cs_import *import = span->import;
    const struct cs_reg_value *old =
        cs_registry_get(import->lab, span->host, value->key, value->name);
    if (!old)
        return true;
    if (old->type == value->type && cs_str_equal(old->data, value->data))
        return false;
    if (!import->merge && old->record.source.origin > CS_ORIGIN_ASSUMED) {
        struct cs_str place = cs_source_format(import->lab, import->arena, old->record.source);
        csi_import_warn_at(import, value->spot,
                           "'%.*s' was another before (%.*s): the later counts",
                           CS_STR_ARG(value->name), CS_STR_ARG(place));
    }
    return true;
}

static cs_status put_value(const struct span *span, const struct csi_import_value *value,
                           struct cs_error *err)
{
    struct cs_import *import = span->import;
    if (value->remove)
        return put_removal(span, value, err);
    if (value->absent || (value->type != CS_REG_KEY && !differs(span, value)))
        return CS_OK;
    if (value->type != CS_REG_KEY)
        csi_import_added(import, value->spot);
    return cs_registry_set(import->lab, span->host, value->key, value->name, value->type,
                           value->data, csi_import_source(import, value->spot), err);
}

/* reg export writes a key with all below it: what the file lacks there is really absent. */
static cs_status cover(const struct span *span, const struct csi_import_value *value,
                       struct cs_error *err)
{
    struct cs_import *import = span->import;
    if (value->type != CS_REG_KEY || import->merge ||
        csi_import_file_at(import, value->spot.file)->changes)
        return CS_OK;
    return cs_registry_cover(import->lab, span->host, value->key,
                             csi_import_source(import, value->spot), err);
}

static cs_status put_file(struct span *span, struct cs_error *err)
{
    struct csi_spot spot = value_at(span, span->from)->spot;
    cs_status status = find_host(span, spot, err);
    if (status != CS_OK)
        return status;
    compare_name(span, spot);
    status = learn_host(span, err);
    if (status == CS_OK)
        status = put_cas(span, err);
    for (size_t i = span->from; status == CS_OK && i < span->to; i++) {
        status = put_value(span, value_at(span, i), err);
        if (status == CS_OK)
            status = cover(span, value_at(span, i), err);
    }
    return status;
}

/* The values of the file that those at `from` are of. */
static struct span span_at(struct cs_import *import, size_t from)
{
    struct span span = {.import = import, .from = from, .to = from};
    uint32_t file = value_at(&span, from)->spot.file;
    while (span.to < import->values.count && value_at(&span, span.to)->spot.file == file)
        span.to++;
    return span;
}

/* "ca1" and "CA1.corp.example" may be one machine. */
static bool same_machine(struct cs_str a, struct cs_str b)
{
    struct cs_str shorter = a.length < b.length ? a : b, longer = a.length < b.length ? b : a;
    return cs_str_same_start(longer, shorter) &&
           (longer.length == shorter.length || longer.at[shorter.length] == '.');
}

/* Files that come together and of which one says its machine's name are of that machine. */
static struct cs_str sole_name(struct cs_import *import)
{
    struct cs_str sole = CS_STR("");
    struct span span;
    for (size_t from = 0; from < import->values.count; from = span.to) {
        span = span_at(import, from);
        struct cs_str name = name_in(&span);
        if (sole.length && name.length && !same_machine(sole, name))
            return CS_STR("");
        if (name.length > sole.length)
            sole = name;
    }
    return sole;
}

cs_status csi_import_put_registry(struct cs_import *import, cs_id *host, struct cs_error *err)
{
    struct span span;
    import->sole_name = sole_name(import);
    for (size_t from = 0; from < import->values.count; from = span.to) {
        span = span_at(import, from);
        cs_status status = put_file(&span, err);
        if (status != CS_OK)
            return status;
        import->several = import->several || (*host && *host != span.host);
        *host = span.host;
    }
    return CS_OK;
}
