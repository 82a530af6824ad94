#ifndef CUICSIM_CLI_CORS_H
#define CUICSIM_CLI_CORS_H

#include "shell.h"

/** One of the families `utils cuic cors`, `utils live-data cors`, `utils finesse cors`. */
struct cors_family {
    enum service service;
    const char *title; /* "Cisco Finesse" */
    const char *nodes; /* "Finesse nodes" */
};
extern const struct cors_family cors_cuic;
extern const struct cors_family cors_live_data;
extern const struct cors_family cors_finesse;

/** What the commands of one list say. */
struct cors_list {
    const struct cors_family *family;
    enum list list;
    const char *heading;   /* above the list */
    const char *entry;     /* "Origin" */
    const char *name;      /* "allowed origin list" */
    const char *none;      /* what is said when nothing can be deleted */
    const char *separator; /* behind the index in the delete dialogue: "." or ":" */
    const char *question;  /* with the highest index in place of the # */
    size_t max_chars;      /* of the whole list; 0: no limit known */
};

/** Handlers of the rows whose `about` is a struct cors_list. */
cmd_handler cors_list_show;
cmd_handler cors_list_add;
cmd_handler cors_list_delete;

/** What an administrator has put into the list, or an end with a message. */
enum result cors_list_get(struct call *c, const struct cors_list *l, struct text_list *ret);

#endif
