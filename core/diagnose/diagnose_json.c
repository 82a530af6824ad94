#include "diagnose_json.h"

#include "cors/reason.h"

#define TEXT_MAX ((size_t)1 << 20)

/** Take a text over as a JSON string. */
static json_t *string_of(struct buf *text)
{
    json_t *s = text->state == ERR_OK ? json_string(buf_text(text)) : NULL;

    buf_clear(text);
    return s;
}

static json_t *why(const struct findings *f, const struct diagnosis *d)
{
    struct buf text;

    buf_init(&text, TEXT_MAX);
    diagnosis_why(f, d, &text);
    if (mistake_get(d->mistake)->todo[0] != '\0') {
        (void)buf_putc(&text, ' ');
        diagnosis_todo(f, d, &text);
    }
    return string_of(&text);
}

/** Append, unless it could not be made. */
static bool append(json_t *list, json_t *item)
{
    return item != NULL && json_array_append_new(list, item) == 0;
}

static json_t *commands(const struct findings *f, const struct diagnosis *d)
{
    json_t *list = json_array();
    bool is_whole = list != NULL;

    for (size_t i = 0; is_whole && i < d->n_steps; i++) {
        struct buf text;
        buf_init(&text, TEXT_MAX);
        step_command(f, &d->step[i], &text);
        is_whole = append(list, json_pack("{s:s, s:o}", "node",
                                          f->situation->config->nodes[d->step[i].node].name,
                                          "command", string_of(&text)));
    }
    if (is_whole)
        return list;
    json_decref(list);
    return NULL;
}

json_t *diagnose_json(const struct findings *f)
{
    json_t *list = json_array();
    bool is_whole = list != NULL;

    for (size_t i = 0; is_whole && i < f->n; i++) {
        const struct diagnosis *d = &f->at[i];
        is_whole =
            append(list, json_pack("{s:s, s:s, s:o, s:o}", "mistake", mistake_get(d->mistake)->code,
                                   "certainty", certainty_name(d->certainty), "why", why(f, d),
                                   "commands", commands(f, d)));
    }
    if (!is_whole) {
        json_decref(list);
        return NULL;
    }
    return json_pack("{s:s, s:s, s:o}", "verdict", verdict_name(f->verdict), "reason",
                     reason_get(f->reason)->code, "diagnoses", list);
}
