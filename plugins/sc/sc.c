/*
 * sc - sc.exe: what the service manager says of a service, and its own way to start and stop.
 *
 *     sc query certsvc
 *     sc \\DC01 start certsvc
 *
 * net start waits and tells a story; sc hands the request to the service manager and shows the
 * block it answers with: START_PENDING and STOP_PENDING, although in a lab the service is
 * already there (ask again, as on Windows).  Errors are the manager's own: "[SC] function
 * FAILED number:", blank, the system's text.
 *
 * The block's layout is general knowledge, unconfirmed for 2003 (FACTS 2.6), where certsvc is
 * of type 110, interactive; later versions say 10.  Process ids are not modelled, so the PID
 * and FLAGS lines that newer versions add to a pending block are left out.
 */
#include <certsh/plugin.h>

struct here {
    struct cs_lab *lab;
    const struct cs_host *host;
    struct cs_str language; /* of the texts: where sc runs, not where it asks */
};

enum verb { QUERY, START, STOP, CONFIG };

/* What the manager's answers look like, by verb. */
static const struct {
    const char *name;     /* as typed */
    const char *open;     /* the function that fails for an unknown service */
    const char *function; /* the function that fails for a known one */
} verbs[] = {
    [QUERY] = {"query", "EnumQueryServicesStatus:OpenService", "QueryServiceStatus"},
    [START] = {"start", "StartService: OpenService", "StartService"},
    [STOP] = {"stop", "OpenService", "ControlService"},
    [CONFIG] = {"config", "OpenService", "ChangeServiceConfig"},
};

static cs_status here_of(struct cs_call *call, struct cs_str server, struct here *here,
                         struct cs_error *err)
{
    here->lab = cs_call_lab(call);
    const struct cs_host *own = cs_host_get(here->lab, cs_shell_host(cs_call_shell(call)));
    here->host = server.length ? cs_host_get(here->lab, cs_host_find(here->lab, server)) : own;
    if (here->host) {
        here->language = own ? own->language : here->host->language;
        return CS_OK;
    }
    if (server.length) {
        cs_fail(err, CS_NOT_FOUND, "[SC] OpenSCManager FAILED 1722:\n\n%s",
                cs_win32_text(1722, own ? own->language : CS_STR("en")));
        err->win32 = 1722;
        return cs_error_hint(err, "'%.*s' is no host of this lab; host list shows them",
                             CS_STR_ARG(server));
    }
    cs_fail(err, CS_NOT_FOUND, "there is no current host");
    return cs_error_hint(err, "host list shows them; host use NAME makes one current");
}

static cs_status fail(const struct here *here, struct cs_error *err, cs_status status,
                      const char *function, uint32_t number)
{
    const char *text = cs_win32_text(number, here->language);
    cs_fail(err, status, "[SC] %s FAILED %u:\n\n%s", function, (unsigned)number, text ? text : "");
    err->win32 = number;
    return status;
}

/* ------------------------------------------------------------ the status block */

struct state {
    const char *words;    /* "4  RUNNING" */
    const char *controls; /* what the service takes now */
    const char *hint;     /* how long the manager says to wait */
};

static const char nothing[] = "(NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)";

static struct state state_of(const struct cs_service *service, enum verb verb)
{
    static const char running[] = "(STOPPABLE, PAUSABLE, ACCEPTS_SHUTDOWN)";
    if (verb == START)
        return (struct state){"2  START_PENDING", nothing, "0x7d0"};
    if (verb == STOP)
        return (struct state){"3  STOP_PENDING", running, "0x0"};
    if (service->state == CS_SERVICE_RUNNING)
        return (struct state){"4  RUNNING", running, "0x0"};
    return (struct state){"1  STOPPED", nothing, "0x0"};
}

/* One service is shown under the name that was typed, a list with both names. */
static void say_block(struct cs_call *call, const struct here *here,
                      const struct cs_service *service, enum verb verb, struct cs_str typed)
{
    bool old = here->host->windows && here->host->windows < CS_WINDOWS_VISTA;
    bool certsvc = cs_str_same(service->name, CS_STR("CertSvc"));
    const char *type = certsvc
                           ? old ? "110  WIN32_OWN_PROCESS  (interactive)" : "10  WIN32_OWN_PROCESS"
                           : "20  WIN32_SHARE_PROCESS";
    struct state state = state_of(service, verb);
    cs_call_say(call, "\nSERVICE_NAME: %.*s\n", CS_STR_ARG(typed.length ? typed : service->name));
    if (typed.length == 0)
        cs_call_say(call, "DISPLAY_NAME: %.*s\n", CS_STR_ARG(service->display));
    cs_call_say(call,
                "        TYPE               : %s\n"
                "        STATE              : %s\n"
                "                                %s\n"
                "        WIN32_EXIT_CODE    : 0  (0x0)\n"
                "        SERVICE_EXIT_CODE  : 0  (0x0)\n"
                "        CHECKPOINT         : 0x0\n"
                "        WAIT_HINT          : %s\n",
                type, state.words, state.controls, state.hint);
}

static const char *start_word(enum cs_service_start start)
{
    switch (start) {
    case CS_START_AUTO:
        return "auto";
    case CS_START_DEMAND:
        return "demand";
    case CS_START_DISABLED:
        return "disabled";
    }
    return NULL;
}

static cs_status give(struct cs_call *call, const struct here *here,
                      const struct cs_service *service, enum verb verb, struct cs_str typed,
                      struct cs_error *err)
{
    bool runs = service->state == CS_SERVICE_RUNNING;
    say_block(call, here, service, verb, typed);
    return CS_ROW(call, err, cs_value_str(here->host->name), cs_value_str(service->name),
                  cs_value_str(service->display), cs_value_text(runs ? "running" : "stopped"),
                  cs_value_text(start_word(service->start)));
}

/* -------------------------------------------------------------------- the verbs */

struct listing {
    struct cs_call *call;
    const struct here *here;
    bool running, stopped;
    struct cs_error *err;
    cs_status status;
};

static bool list_one(void *context, const struct cs_record *record)
{
    struct listing *list = context;
    const struct cs_service *service = (const struct cs_service *)record;
    bool runs = service->state == CS_SERVICE_RUNNING;
    if (service->host != list->here->host->record.id || !(runs ? list->running : list->stopped))
        return true;
    list->status = give(list->call, list->here, service, QUERY, CS_STR(""), list->err);
    return list->status == CS_OK;
}

/* sc query, [state= all|inactive]: the running services unless others are asked for. */
static cs_status query_all(struct cs_call *call, const struct here *here,
                           const struct cs_str *words, size_t count, struct cs_error *err)
{
    struct listing list = {.call = call, .here = here, .running = true, .err = err};
    if (count == 2 && cs_str_same(words[0], CS_STR("state="))) {
        bool all = cs_str_same(words[1], CS_STR("all"));
        list.stopped = all || cs_str_same(words[1], CS_STR("inactive"));
        list.running = all || !list.stopped;
    } else if (count > 0) {
        return cs_fail(err, CS_USAGE, "sc query takes one service, or state= all|inactive");
    }
    cs_record_each(here->lab, CS_NOUN_SERVICE, list_one, &list);
    return list.status;
}

static cs_status find(const struct here *here, struct cs_str name, enum verb verb,
                      const struct cs_service **service, struct cs_error *err)
{
    *service = cs_service_find(here->lab, here->host->record.id, name);
    /* sc knows key names only; a display name is another service's to it. */
    if (*service && cs_str_same((*service)->name, name))
        return CS_OK;
    if (!here->host->complete && !*service && cs_str_same(name, CS_STR("CertSvc")) &&
        cs_ca_on_host(here->lab, here->host->record.id)) {
        cs_fail(err, CS_UNKNOWN, "whether certsvc runs on %.*s is not known",
                CS_STR_ARG(here->host->name));
        return cs_error_hint(err, "net start and net stop put it where you want it");
    }
    fail(here, err, CS_NOT_FOUND, verbs[verb].open, 1060);
    if (*service)
        return cs_error_hint(err, "sc wants the short name: %.*s", CS_STR_ARG((*service)->name));
    return cs_error_hint(err, "%s '%.*s' of %.*s",
                         here->host->complete ? "there is no service" : "no import gave a service",
                         CS_STR_ARG(name), CS_STR_ARG(here->host->name));
}

/* sc config SERVICE start= auto|demand|disabled: how it starts; whether it runs stays. */
static cs_status configure(struct cs_call *call, const struct here *here,
                           const struct cs_str *words, size_t count, struct cs_error *err)
{
    const struct cs_service *old;
    enum cs_service_start start = CS_START_AUTO;
    if (count != 3 || !cs_str_same(words[1], CS_STR("start=")))
        return cs_fail(err, CS_USAGE, "sc config takes a service and start= auto|demand|disabled");
    while (start <= CS_START_DISABLED && !cs_str_same(words[2], cs_str_of(start_word(start))))
        start++;
    if (start > CS_START_DISABLED)
        return cs_fail(err, CS_INVALID, "'%.*s' is no way to start: auto, demand or disabled",
                       CS_STR_ARG(words[2]));
    cs_status status = find(here, words[0], CONFIG, &old, err);
    if (status != CS_OK)
        return status;
    struct cs_service new = *old;
    new.start = start;
    status = cs_service_put(here->lab, &new, NULL, err);
    if (status != CS_OK)
        return status;
    cs_call_say(call, "[SC] ChangeServiceConfig SUCCESS\n");
    return CS_ROW(call, err, cs_value_str(here->host->name), cs_value_str(new.name),
                  cs_value_str(new.display),
                  cs_value_text(new.state == CS_SERVICE_RUNNING ? "running" : "stopped"),
                  cs_value_text(start_word(new.start)));
}

static cs_status act(struct cs_call *call, const struct here *here, enum verb verb,
                     const struct cs_str *words, size_t count, struct cs_error *err)
{
    const struct cs_service *service;
    if (verb == CONFIG)
        return configure(call, here, words, count, err);
    if (verb == QUERY && count != 1)
        return query_all(call, here, words, count, err);
    if (count != 1)
        return cs_fail(err, CS_USAGE, "sc %s takes one service", verbs[verb].name);
    cs_status status = find(here, words[0], verb, &service, err);
    if (status != CS_OK)
        return status;
    if (verb == START)
        status = cs_service_start(here->lab, service->record.id, err);
    else if (verb == STOP)
        status = cs_service_stop(here->lab, service->record.id, err);
    if (status != CS_OK)
        return err->win32 ? fail(here, err, status, verbs[verb].function, err->win32) : status;
    return give(call, here, cs_service_get(here->lab, service->record.id), verb, words[0], err);
}

static const enum verb the_verbs[] = {QUERY, START, STOP, CONFIG};

static cs_status sc_local(struct cs_call *call, struct cs_error *err)
{
    struct here here;
    size_t count;
    const struct cs_str *words = cs_call_words(call, &count);
    cs_status status = here_of(call, CS_STR(""), &here, err);
    if (status != CS_OK)
        return status;
    return act(call, &here, *(const enum verb *)cs_call_data(call), words, count, err);
}

/* sc \\HOST VERB ...: the same at another machine. */
static cs_status sc_remote(struct cs_call *call, struct cs_error *err)
{
    struct here here;
    size_t count;
    const struct cs_str *words = cs_call_words(call, &count);
    if (count < 2 || !cs_str_starts(words[0], CS_STR("\\\\")))
        return cs_fail(err, CS_USAGE,
                       "sc takes query, start, stop or config, or \\\\HOST and one of them");
    for (size_t i = 0; i < CS_COUNT(verbs); i++) {
        if (!cs_str_same(words[1], cs_str_of(verbs[i].name)))
            continue;
        cs_status status = here_of(call, words[0], &here, err);
        if (status != CS_OK)
            return status;
        return act(call, &here, the_verbs[i], words + 2, count - 2, err);
    }
    return cs_fail(err, CS_USAGE, "unknown verb '%.*s'", CS_STR_ARG(words[1]));
}

#define FIELDS                                                                                     \
    CS_FIELDS({"host", &cs_type_text, "the host"}, {"service", &cs_type_text, "its short name"},   \
              {"display", &cs_type_text, "the name people see"},                                   \
              {"state", &cs_type_text, "running or stopped"},                                      \
              {"start", &cs_type_text, "auto, demand or disabled"})

static const struct cs_command commands[] = {
    {
        .name = "sc query",
        .brief = "show a service's state, or all running services",
        .usage = "[SERVICE | state= all|inactive]",
        .result = FIELDS,
        .examples = CS_EXAMPLES({"sc query certsvc", "does the CA's service run?"},
                                {"sc query state= all", "every service the lab knows here"}),
        .see = "net start, net stop",
        .flags = CS_COMMAND_RAW,
        .run = sc_local,
        .data = (void *)&the_verbs[QUERY],
    },
    {
        .name = "sc start",
        .brief = "ask the service manager to start a service",
        .usage = "SERVICE",
        .result = FIELDS,
        .examples = CS_EXAMPLES({"sc start certsvc", "start the CA"}),
        .see = "net start",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = sc_local,
        .data = (void *)&the_verbs[START],
    },
    {
        .name = "sc stop",
        .brief = "ask the service manager to stop a service",
        .usage = "SERVICE",
        .result = FIELDS,
        .examples = CS_EXAMPLES({"sc stop certsvc", "stop the CA"}),
        .see = "net stop",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = sc_local,
        .data = (void *)&the_verbs[STOP],
    },
    {
        .name = "sc config",
        .brief = "say how a service starts",
        .usage = "SERVICE start= auto|demand|disabled",
        .detail = "As in Windows, a blank follows the '='.  A service that runs goes on running.",
        .result = FIELDS,
        .examples = CS_EXAMPLES({"sc config certsvc start= disabled", "what if it never starts?"}),
        .see = "sc query, net start",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = sc_local,
        .data = (void *)&the_verbs[CONFIG],
    },
    {
        .name = "sc",
        .brief = "query, start, stop or configure a service of another host",
        .usage = "\\\\HOST query|start|stop|config [SERVICE]",
        .result = FIELDS,
        .examples = CS_EXAMPLES({"sc \\\\DC01 query certsvc", "from wherever we are"}),
        .see = "sc query, sc start, sc stop, sc config",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = sc_remote,
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "sc",
    .version = "1.0",
    .brief = "sc.exe: the service manager",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
