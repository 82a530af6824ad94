#include <string.h>

#include "cmds.h"
#include "cors.h"

/* Wording: `enable` is documented for Finesse; all else here is UNVERIFIED and follows it
 * (docs/fidelity.md#commands). */

const struct cors_family cors_cuic = {SERVICE_CUIC, "CUIC", "CUIC nodes"};
const struct cors_family cors_live_data = {SERVICE_LIVE_DATA, "Live Data", "Live Data nodes"};
const struct cors_family cors_finesse = {SERVICE_FINESSE, "Cisco Finesse", "Finesse nodes"};

/* --- lists: what differs between the families and lists is all in these rows --- */

#define NO_ORIGINS "Currently no origins are configured in allowed origins."
#define NO_ALLOWED "Currently no custom headers are configured in allowed headers."
#define NO_EXPOSED "Currently no custom headers are configured in exposed headers."
/* @source the delete dialogues: "1." for origins but "1:" for headers, and for both on Finesse */
#define ASK_ORIGIN  "Select the index of origin to be deleted [1-# or a,q]"
#define ASK_ORIGINS "Select the index of origin(s) to be deleted [1-# or a,q]: "
#define ASK_ALLOWED "Select the index of allowed header to be deleted [1-# or a, q]: "
#define ASK_EXPOSED "Select the index of exposed header to be deleted [1-# or a, q]: "

#define ORIGINS(family, separator, question, max)                                                  \
    {                                                                                              \
        family, LIST_ORIGINS, "cors_allowedorigins", "Origin", "allowed origin list", NO_ORIGINS,  \
            separator, question, max                                                               \
    }
#define ALLOWED(family)                                                                            \
    {                                                                                              \
        family, LIST_ALLOWED_HEADERS, "cors_allowedheaders", "Header", "allowed headers list",     \
            NO_ALLOWED, ":", ASK_ALLOWED, 0                                                        \
    }
#define EXPOSED(family)                                                                            \
    {                                                                                              \
        family, LIST_EXPOSED_HEADERS, "cors_exposedheaders", "Header", "exposed headers list",     \
            NO_EXPOSED, ":", ASK_EXPOSED, 0                                                        \
    }
static const struct cors_list cuic_origins = ORIGINS(&cors_cuic, ".", ASK_ORIGIN, 0);
static const struct cors_list cuic_allowed = ALLOWED(&cors_cuic);
static const struct cors_list cuic_exposed = EXPOSED(&cors_cuic);
static const struct cors_list live_origins = ORIGINS(&cors_live_data, ".", ASK_ORIGIN, 0);
static const struct cors_list live_allowed = ALLOWED(&cors_live_data);
static const struct cors_list live_exposed = EXPOSED(&cors_live_data);
static const struct cors_list finesse_origins =
    ORIGINS(&cors_finesse, ":", ASK_ORIGINS, POLICY_FINESSE_ORIGINS_MAX);
static const struct cors_list finesse_allowed = ALLOWED(&cors_finesse);
static const struct cors_list finesse_exposed = EXPOSED(&cors_finesse);

/* --- enable, disable, status --- */

/** One command that sets a mode. */
struct mode_row {
    const struct cors_family *family;
    enum cors_mode mode;
};
static const struct mode_row cuic_off = {&cors_cuic, CORS_DISABLED};
static const struct mode_row cuic_on = {&cors_cuic, CORS_ENABLED};
static const struct mode_row live_off = {&cors_live_data, CORS_DISABLED};
static const struct mode_row live_on = {&cors_live_data, CORS_ENABLED};
static const struct mode_row finesse_off = {&cors_finesse, CORS_DISABLED};
static const struct mode_row finesse_on = {&cors_finesse, CORS_ENABLED};
static const struct mode_row finesse_all = {&cors_finesse, CORS_ENABLED_ALL};

static const char *mode_name(enum cors_mode m)
{
    static const char *const name[] = {"disabled", "enabled", "enable_all"};

    return name[m];
}

static void json_mode(struct call *c, enum cors_mode m)
{
    call_json(c, "enabled", json_boolean(m != CORS_DISABLED));
    call_json(c, "mode", json_string(mode_name(m)));
}

/** An enabled node without origins still refuses everybody: say so, as Finesse does. */
static enum result warn_of_no_origins(struct call *c, const struct cors_family *f)
{
    const struct cors_list any = {.family = f, .list = LIST_ORIGINS};
    struct text_list origins = {NULL, 0};
    enum result r = cors_list_get(c, &any, &origins);

    if (r == RESULT_DONE && origins.n == 0)
        out_printf(&c->out, "\n" NO_ORIGINS "\n\nEnsure that origins are configured and then,\n");
    text_list_clear(&origins);
    return r;
}

static enum result cors_set_mode(struct call *c)
{
    const struct mode_row *row = c->cmd->about;
    struct diag why = {0, ""};
    struct change by = call_change(c);
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    c->service = row->family->service;
    enum err e = store_set_mode(s, call_target(c), row->mode, &by, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    c->is_changed = true;
    json_mode(c, row->mode);
    const char *done =
        row->mode == CORS_ENABLED_ALL ? "enabled for all origins" : mode_name(row->mode);
    out_printf(&c->out, "%s CORS is %s now.\n\nEnsure CORS is %s in all the %s in the cluster.\n",
               row->family->title, done, done, row->family->nodes);
    return row->mode == CORS_ENABLED ? warn_of_no_origins(c, row->family) : RESULT_DONE;
}

static enum result get_settings(struct call *c, struct cors_settings *ret)
{
    struct diag why = {0, ""};
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_get_settings(s, call_target(c), STAGE_CONFIGURED, ret, &why);
    return e == ERR_OK ? RESULT_DONE : call_store_failed(c, e, &why);
}

static enum result cors_status(struct call *c)
{
    const struct cors_family *f = c->cmd->about;
    struct cors_settings settings = {CORS_DISABLED, false};

    c->service = f->service;
    enum result r = get_settings(c, &settings);
    if (r != RESULT_DONE)
        return r;
    json_mode(c, settings.mode);
    out_printf(&c->out, "%s CORS is %s.\n", f->title, mode_name(settings.mode));
    return RESULT_DONE;
}

/* --- private network access: CUIC only --- */

/** @source "if the status is True, you have private network access"; the rest is UNVERIFIED */
static enum result network_status(struct call *c)
{
    struct cors_settings settings = {CORS_DISABLED, false};
    enum result r = get_settings(c, &settings);

    if (r != RESULT_DONE)
        return r;
    call_json(c, "private_network", json_boolean(settings.private_network));
    out_printf(&c->out, "Private network access status: %s\n",
               settings.private_network ? "True" : "False");
    return RESULT_DONE;
}

static enum result set_network(struct call *c, bool private_network)
{
    struct diag why = {0, ""};
    struct change by = call_change(c);
    struct store *s = call_store(c);
    const char *done = private_network ? "enabled" : "disabled";

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_set_private_network(s, call_target(c), private_network, &by, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    c->is_changed = true;
    call_json(c, "private_network", json_boolean(private_network));
    out_printf(&c->out,
               "Private network access is %s now.\n\n"
               "Ensure private network access is %s in all the CUIC nodes in the cluster.\n",
               done, done);
    return RESULT_DONE;
}

static enum result network_enable(struct call *c)
{
    return set_network(c, true);
}

static enum result network_disable(struct call *c)
{
    return set_network(c, false);
}

/* --- the table --- */

static const struct cmd_param urls = {
    "URL1,URL2,URL3",
    CMD_ONE,
    "origins, http[s]://<hostname>[:port], separated by commas without blanks",
    "https://finesse1.example.com,https://finesse1.example.com:8445",
    NULL,
};
static const struct cmd_param headers = {
    "header1,header2,header3",
    CMD_ONE,
    "header names in any case, separated by commas without blanks",
    "x-gadget-version,x-correlation-id",
    NULL,
};
static const struct cmd_param which_origin = {
    "INDEX|URL|a", CMD_MAYBE, "what to delete without being asked, a for all (the simulator's own)",
    "2",           NULL,
};
static const struct cmd_param which_header = {
    "INDEX|header|a",
    CMD_MAYBE,
    "what to delete without being asked: the number that the question shows, the name, or a for "
    "all "
    "(the simulator's own)",
    "x-gadget-version",
    NULL,
};

/* What differs between the families is the product whose answers are meant. */
#define ENABLE(of)         "Enable CORS for " of " on this node"
#define DISABLE(of)        "Disable CORS for " of " on this node; the lists are kept"
#define STATUS(of)         "Show whether CORS is enabled for " of " on this node"
#define SHOW_ORIGINS(of)   "List the origins that may make CORS requests to " of
#define ADD_ORIGINS(of)    "Add origins that may make CORS requests to " of
#define DELETE_ORIGINS(of) "Delete one origin of " of "'s list or all; asks which"
#define SHOW_ALLOWED(of)   "List the request headers that a preflight to " of " may ask for"
#define ADD_ALLOWED(of)    "Add request headers that a preflight to " of " may ask for"
#define DELETE_ALLOWED(of) "Delete one custom allowed header of " of " or all; asks which"
#define SHOW_EXPOSED(of)   "List the response headers of " of " that a gadget may read"
#define ADD_EXPOSED(of)    "Add response headers of " of " that a gadget may read"
#define DELETE_EXPOSED(of) "Delete one custom exposed header of " of " or all; asks which"

#define EDIT    (CMD_EDIT | CMD_RESTART)
#define CUIC    "utils cuic cors"
#define LIVE    "utils live-data cors"
#define FINESSE "utils finesse cors"

/* Privilege levels: documented for `utils live-data cors`, where even the edits of exposed_headers
 * are ordinary (sic); UNVERIFIED for the others, by analogy. */
static const struct cmd rows[] = {
    {CUIC " enable", ENABLE("CUIC"), NULL, 1, CMD_CUIC | EDIT, cors_set_mode, &cuic_on},
    {CUIC " disable", DISABLE("CUIC"), NULL, 1, CMD_CUIC | EDIT, cors_set_mode, &cuic_off},
    {CUIC " status", STATUS("CUIC"), NULL, 0, CMD_CUIC, cors_status, &cors_cuic},
    {CUIC " allowed_origin list", SHOW_ORIGINS("CUIC"), NULL, 0, CMD_CUIC, cors_list_show,
     &cuic_origins},
    {CUIC " allowed_origin add", ADD_ORIGINS("CUIC"), &urls, 1, CMD_CUIC | EDIT, cors_list_add,
     &cuic_origins},
    {CUIC " allowed_origin delete", DELETE_ORIGINS("CUIC"), &which_origin, 1, CMD_CUIC | EDIT,
     cors_list_delete, &cuic_origins},
    {CUIC " allowed_headers list", SHOW_ALLOWED("CUIC"), NULL, 0, CMD_CUIC, cors_list_show,
     &cuic_allowed},
    {CUIC " allowed_headers add", ADD_ALLOWED("CUIC"), &headers, 1, CMD_CUIC | EDIT, cors_list_add,
     &cuic_allowed},
    {CUIC " allowed_headers delete", DELETE_ALLOWED("CUIC"), &which_header, 1, CMD_CUIC | EDIT,
     cors_list_delete, &cuic_allowed},
    {CUIC " exposed_headers list", SHOW_EXPOSED("CUIC"), NULL, 0, CMD_CUIC, cors_list_show,
     &cuic_exposed},
    {CUIC " exposed_headers add", ADD_EXPOSED("CUIC"), &headers, 1, CMD_CUIC | EDIT, cors_list_add,
     &cuic_exposed},
    {CUIC " exposed_headers delete", DELETE_EXPOSED("CUIC"), &which_header, 1, CMD_CUIC | EDIT,
     cors_list_delete, &cuic_exposed},
    {CUIC " private-network-access status", "Show whether private network access is on", NULL, 0,
     CMD_CUIC, network_status, NULL},
    {CUIC " private-network-access enable",
     "Answer the preflights that browsers send before they reach into a private network", NULL, 1,
     CMD_CUIC | EDIT, network_enable, NULL},
    {CUIC " private-network-access disable", "Switch private network access off", NULL, 1,
     CMD_CUIC | EDIT, network_disable, NULL},
    {LIVE " enable", ENABLE("Live Data"), NULL, 1, CMD_CUIC | EDIT, cors_set_mode, &live_on},
    {LIVE " disable", DISABLE("Live Data"), NULL, 1, CMD_CUIC | EDIT, cors_set_mode, &live_off},
    {LIVE " status", STATUS("Live Data"), NULL, 0, CMD_CUIC, cors_status, &cors_live_data},
    {LIVE " allowed_origin list", SHOW_ORIGINS("Live Data"), NULL, 0, CMD_CUIC, cors_list_show,
     &live_origins},
    {LIVE " allowed_origin add", ADD_ORIGINS("Live Data"), &urls, 1, CMD_CUIC | EDIT, cors_list_add,
     &live_origins},
    {LIVE " allowed_origin delete", DELETE_ORIGINS("Live Data"), &which_origin, 1, CMD_CUIC | EDIT,
     cors_list_delete, &live_origins},
    {LIVE " allowed_headers list", SHOW_ALLOWED("Live Data"), NULL, 0, CMD_CUIC, cors_list_show,
     &live_allowed},
    {LIVE " allowed_headers add", ADD_ALLOWED("Live Data"), &headers, 1, CMD_CUIC | EDIT,
     cors_list_add, &live_allowed},
    {LIVE " allowed_headers delete", DELETE_ALLOWED("Live Data"), &which_header, 1, CMD_CUIC | EDIT,
     cors_list_delete, &live_allowed},
    {LIVE " exposed_headers list", SHOW_EXPOSED("Live Data"), NULL, 0, CMD_CUIC, cors_list_show,
     &live_exposed},
    {LIVE " exposed_headers add", ADD_EXPOSED("Live Data"), &headers, 0, CMD_CUIC | EDIT,
     cors_list_add, &live_exposed},
    {LIVE " exposed_headers delete", DELETE_EXPOSED("Live Data"), &which_header, 0, CMD_CUIC | EDIT,
     cors_list_delete, &live_exposed},
    {FINESSE " enable", ENABLE("Finesse"), NULL, 1, CMD_FINESSE | EDIT, cors_set_mode, &finesse_on},
    {FINESSE " enable_all", "Enable CORS for Finesse on this node, for all origins", NULL, 1,
     CMD_FINESSE | EDIT, cors_set_mode, &finesse_all},
    {FINESSE " disable", DISABLE("Finesse"), NULL, 1, CMD_FINESSE | EDIT, cors_set_mode,
     &finesse_off},
    {FINESSE " status", STATUS("Finesse"), NULL, 0, CMD_FINESSE, cors_status, &cors_finesse},
    {FINESSE " allowed_origin list", SHOW_ORIGINS("Finesse"), NULL, 0, CMD_FINESSE, cors_list_show,
     &finesse_origins},
    {FINESSE " allowed_origin add", ADD_ORIGINS("Finesse"), &urls, 1, CMD_FINESSE | EDIT,
     cors_list_add, &finesse_origins},
    {FINESSE " allowed_origin delete", DELETE_ORIGINS("Finesse"), &which_origin, 1,
     CMD_FINESSE | EDIT, cors_list_delete, &finesse_origins},
    {FINESSE " allowed_headers list", SHOW_ALLOWED("Finesse"), NULL, 0, CMD_FINESSE, cors_list_show,
     &finesse_allowed},
    {FINESSE " allowed_headers add", ADD_ALLOWED("Finesse"), &headers, 1, CMD_FINESSE | EDIT,
     cors_list_add, &finesse_allowed},
    {FINESSE " allowed_headers delete", DELETE_ALLOWED("Finesse"), &which_header, 1,
     CMD_FINESSE | EDIT, cors_list_delete, &finesse_allowed},
    {FINESSE " exposed_headers list", SHOW_EXPOSED("Finesse"), NULL, 0, CMD_FINESSE, cors_list_show,
     &finesse_exposed},
    {FINESSE " exposed_headers add", ADD_EXPOSED("Finesse"), &headers, 1, CMD_FINESSE | EDIT,
     cors_list_add, &finesse_exposed},
    {FINESSE " exposed_headers delete", DELETE_EXPOSED("Finesse"), &which_header, 1,
     CMD_FINESSE | EDIT, cors_list_delete, &finesse_exposed},
};

size_t cmds_cors(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        table[n++] = &rows[i];
    return n;
}
