#ifndef CUICSIM_DIAGNOSE_H
#define CUICSIM_DIAGNOSE_H

#include "base/buf.h"
#include "cors/origin_diff.h"
#include "mistake.h"
#include "question.h"
#include "situation.h"

/** What the page meets. */
enum verdict {
    VERDICT_ALLOWED,  /* the answer carries what the browser wants, or it is no CORS request */
    VERDICT_REFUSED,  /* by the filter, or by the browser since CORS is disabled and passes */
    VERDICT_UNREACHED /* the request does not come to the filter */
};
const char *verdict_name(enum verdict v); /* "allowed" */

/** One command of the shell, in the order in which a plan has them. */
enum step_kind {
    STEP_ENABLE,
    STEP_DELETE,
    STEP_ADD,
    STEP_HEADERS, /* all that the request asks for and that are not allowed */
    STEP_NETWORK,
    STEP_START,
    STEP_RESTART
};
struct step {
    enum step_kind kind;
    size_t node;
    enum service service;
    const char *entry;                         /* of STEP_DELETE */
    size_t index;                              /* its place in the configured list, from 1 */
    const struct appliance_service *appliance; /* of STEP_START and STEP_RESTART */
};

#define STEPS_MAX 14

/** One mistake, and what takes it away. */
struct diagnosis {
    enum mistake mistake;
    enum certainty certainty;
    bool is_needed; /* the request does not pass before this is mended */
    size_t n_steps;
    struct step step[STEPS_MAX];

    /* what the sentence is about, where it is about any of these */
    const char *entry;       /* of the configured list */
    struct origin_diff diff; /* between it and the Origin */
    const struct appliance_service *appliance;
    unsigned status;
};

/** A browser complained: what it told of the exchange. */
struct seen {
    enum mistake blames; /* MISTAKE_NONE: the settings must tell */
    enum certainty certainty;
    unsigned status; /* of the answer; 0: not known */
    bool is_preflight;
};

#define DIAGNOSES_MAX 20

/** The result: what would happen now, and why, most likely first. The steps of the first diagnosis
 *  mend everything that commands can mend, in their order, unless something that no command mends
 *  is needed: that stands first then, without steps. The others have their own part. Points into
 *  the situation and the question. */
struct findings {
    const struct situation *situation;
    const struct question *question;
    enum verdict verdict;
    enum cors_reason reason;
    enum cors_class class; /* of the step that the reason is about */
    size_t n;
    struct diagnosis at[DIAGNOSES_MAX];
};

/** Diagnose. Pure: allocates nothing and cannot fail; whatever bytes the question has. The verdict
 *  and the reason are cors_decide's wherever the request comes to the filter.
 * @param seen  NULL: nobody has complained */
void diagnose(const struct situation *s, const struct question *q, const struct seen *seen,
              struct findings *ret);

/** All steps of what is needed, in their order: what the first diagnosis has, or, where that one is
 *  beyond commands, what takes away the rest.
 * @param ret  its steps alone are set */
void diagnose_plan(const struct findings *f, struct diagnosis *ret);

/** Append the sentences of a diagnosis: why, and what to do where commands do not say it all. Bytes
 *  of the request are made harmless, and shortened. */
void diagnosis_why(const struct findings *f, const struct diagnosis *d, struct buf *to);
void diagnosis_todo(const struct findings *f, const struct diagnosis *d, struct buf *to);

/** Append a command as it is typed at the prompt of its node. */
void step_command(const struct findings *f, const struct step *s, struct buf *to);

/** "CUIC", "Live Data", "Finesse" */
const char *service_title(enum service s);

/** Append what is configured for the question's service and does not run yet, or the other way
 *  round: a line for each, without an end. Nothing when both are the same. */
void diagnose_differences(const struct situation *s, size_t node, enum service of, struct buf *to);

#endif
