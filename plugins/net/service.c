/*
 * service.c - net start and net stop.
 *
 * What starting means is the lab's affair (cs_service_start): the flag, the update, the
 * events.  Here is only how net.exe asks and answers.  The service manager's own numbers
 * become net's: 1056 is 2182, 1062 is 3521, 1060 is 2185; every other one is a system error.
 */
#include "net.h"

static cs_status service_row(struct cs_call *call, const struct net_here *here,
                             const struct cs_service *service, struct cs_error *err)
{
    bool runs = service->state == CS_SERVICE_RUNNING;
    return CS_ROW(call, err, cs_value_str(here->host->name), cs_value_str(service->name),
                  cs_value_str(service->display), cs_value_text(runs ? "running" : "stopped"));
}

/*
 * Where a CA is, certsvc is, also when no export gave the host's services: then it is in the
 * state in which the command makes sense, or runs where defaults are assumed.
 */
static const struct cs_service *certsvc_of_ca(const struct net_here *here, struct cs_str name,
                                              bool running)
{
    cs_id host = here->host->record.id, id;
    bool old = here->host->windows && here->host->windows < CS_WINDOWS_VISTA;
    struct cs_service service = {
        .record = {.source = {.origin = CS_ORIGIN_ASSUMED}},
        .host = host,
        .name = CS_STR("CertSvc"),
        .display =
            old ? CS_STR("Certificate Services") : CS_STR("Active Directory Certificate Services"),
        .state =
            running || cs_lab_start(here->lab)->assume ? CS_SERVICE_RUNNING : CS_SERVICE_STOPPED,
        .start = CS_START_AUTO,
    };
    bool meant = cs_str_same(name, service.name) || cs_str_same(name, service.display);
    if (here->host->complete || !meant || !cs_ca_on_host(here->lab, host) ||
        cs_service_put(here->lab, &service, &id, NULL) != CS_OK)
        return NULL;
    return cs_service_get(here->lab, id);
}

/* The service that is meant; `running` is what it must be for the command to do anything. */
static cs_status service_named(const struct net_here *here, struct cs_str name, bool running,
                               const struct cs_service **service, struct cs_error *err)
{
    *service = cs_service_find(here->lab, here->host->record.id, name);
    if (!*service)
        *service = certsvc_of_ca(here, name, running);
    if (*service)
        return CS_OK;
    net_fail_help(here, err, CS_NOT_FOUND, 2185, name);
    if (here->host->complete)
        return cs_error_hint(err, "'%.*s' is no service of %.*s; sc query lists them",
                             CS_STR_ARG(name), CS_STR_ARG(here->host->name));
    return cs_error_hint(err, "no import gave the service '%.*s' of %.*s", CS_STR_ARG(name),
                         CS_STR_ARG(here->host->name));
}

struct running {
    struct cs_call *call;
    const struct net_here *here;
    struct cs_error *err;
    cs_status status;
};

static bool list_one(void *context, const struct cs_record *record)
{
    struct running *running = context;
    const struct cs_service *service = (const struct cs_service *)record;
    if (service->host != running->here->host->record.id || service->state != CS_SERVICE_RUNNING)
        return true;
    cs_call_say(running->call, "   %.*s\n", CS_STR_ARG(service->display));
    running->status = service_row(running->call, running->here, service, running->err);
    return running->status == CS_OK;
}

static cs_status list_started(struct cs_call *call, const struct net_here *here,
                              struct cs_error *err)
{
    struct running running = {call, here, err, CS_OK};
    bool japanese = cs_language_is_japanese(here->host->language);
    /* The Japanese line is unconfirmed. */
    cs_call_say(call, "%s\n\n",
                japanese ? "次の Windows サービスが開始されています:"
                         : "These Windows services are started:");
    cs_record_each(here->lab, CS_NOUN_SERVICE, list_one, &running);
    if (running.status != CS_OK)
        return running.status;
    cs_call_say(call, "\n");
    net_say_done(call, here);
    return CS_OK;
}

/* Two lines of progress and a blank one; net.exe adds a dot for every poll, we need one. */
static void say_progress(struct cs_call *call, const struct net_here *here, uint32_t doing,
                         uint32_t done, struct cs_str display)
{
    struct cs_str first = net_text(here, doing, display), second = net_text(here, done, display);
    bool dotted = cs_str_ends(first, CS_STR("."));
    cs_call_say(call, "%.*s%s\n%.*s\n\n", CS_STR_ARG(first), dotted ? "" : ".", CS_STR_ARG(second));
}

static cs_status refused(const struct net_here *here, const struct cs_service *service,
                         struct cs_error *err)
{
    static const struct {
        uint32_t manager, net;
    } numbers[] = {{1056, 2182}, {1062, 3521}, {1060, 2185}};
    for (size_t i = 0; i < CS_COUNT(numbers); i++)
        if (err->win32 == numbers[i].manager)
            return net_fail_help(here, err, err->status, numbers[i].net, service->display);
    return net_fail_lab(here, err);
}

/* What is different between starting and stopping. */
struct turn {
    const char *usage;
    cs_status (*run)(struct cs_lab *lab, cs_id service, struct cs_error *err);
    uint32_t doing, done; /* numbers of net's lines of progress */
    bool runs;            /* before it */
};
static const struct turn start = {"net start takes one service, a name with blanks in quotes",
                                  cs_service_start, 3522, 3524, false};
static const struct turn stop = {"net stop takes one service, a name with blanks in quotes",
                                 cs_service_stop, 3527, 3529, true};

static cs_status turn_service(struct cs_call *call, const struct net_here *here,
                              const struct turn *turn, struct cs_error *err)
{
    size_t count;
    const struct cs_str *words = cs_call_words(call, &count);
    if (count != 1)
        return cs_fail(err, CS_USAGE, "%s", turn->usage);
    const struct cs_service *service;
    cs_status status = service_named(here, words[0], turn->runs, &service, err);
    if (status != CS_OK)
        return status;
    if (turn->run(here->lab, service->record.id, err) != CS_OK)
        return refused(here, service, err);
    say_progress(call, here, turn->doing, turn->done, service->display);
    return service_row(call, here, cs_service_get(here->lab, service->record.id), err);
}

cs_status net_start(struct cs_call *call, struct cs_error *err)
{
    struct net_here here;
    cs_status status = net_here(call, &here, err);
    if (status != CS_OK)
        return status;
    size_t count;
    cs_call_words(call, &count);
    return count ? turn_service(call, &here, &start, err) : list_started(call, &here, err);
}

cs_status net_stop(struct cs_call *call, struct cs_error *err)
{
    struct net_here here;
    cs_status status = net_here(call, &here, err);
    return status == CS_OK ? turn_service(call, &here, &stop, err) : status;
}
