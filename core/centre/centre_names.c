#include "centre_inside.h"

#include <stdio.h>

#define FIRST_ID        1001U
#define FIRST_EXTENSION 21001U

/* Fifty and a hundred: the pairs below differ for CENTRE_AGENTS_MAX agents. Some are not ASCII, as
 * in life: clients and pages have to cope. */
#define N_FIRST 50
#define N_LAST  100

static const char *const first_names[N_FIRST] = {
    "Ada",    "Aiko",   "Amara",   "Andre", "Anika",  "Benoît", "Bianca", "Carlos", "Chloé",
    "Daniel", "Dmitri", "Elena",   "Emeka", "Fatima", "Felix",  "Grace",  "Hana",   "Hugo",
    "Ingrid", "Isabel", "Ivan",    "Jamal", "Joana",  "Jürgen", "Kavya",  "Kofi",   "Lars",
    "Leila",  "Liam",   "Lucía",   "Marta", "Mateus", "Mei",    "Nadia",  "Nils",   "Noor",
    "Olivia", "Omar",   "Paulina", "Petra", "Rafael", "Renée",  "Samuel", "Sofia",  "Tariq",
    "Tomás",  "Ursula", "Wei",     "Yara",  "Zoë",
};

static const char *const last_names[N_LAST] = {
    "Abbott",  "Abe",    "Adeyemi",  "Ahmed",    "Almeida", "Andersen", "Baker",   "Banerjee",
    "Barros",  "Bauer",  "Becker",   "Bianchi",  "Brooks",  "Campbell", "Carter",  "Castro",
    "Chen",    "Clarke", "Cohen",    "Costa",    "Cruz",    "Danso",    "Davies",  "Dubois",
    "Eriksen", "Evans",  "Fischer",  "Flores",   "Fofana",  "Fontaine", "Foster",  "García",
    "Gomes",   "Gray",   "Gupta",    "Haddad",   "Hansen",  "Hughes",   "Ibrahim", "Ito",
    "Ivanova", "Jansen", "Jensen",   "Johnson",  "Kamau",   "Kaur",     "Keller",  "Kim",
    "Klein",   "Kovács", "Kowalski", "Kumar",    "Lambert", "Larsen",   "Lee",     "Lindqvist",
    "López",   "Martin", "Mbeki",    "Mehta",    "Mendes",  "Meyer",    "Moreau",  "Morgan",
    "Müller",  "Muñoz",  "Murphy",   "Nakamura", "Nguyen",  "Novak",    "Nowak",   "O'Brien",
    "Okafor",  "Olsen",  "Owusu",    "Park",     "Patel",   "Pereira",  "Petrov",  "Quinn",
    "Ramos",   "Reyes",  "Ricci",    "Rossi",    "Santos",  "Sato",     "Schmidt", "Silva",
    "Singh",   "Smith",  "Suzuki",   "Tanaka",   "Torres",  "Turner",   "Vargas",  "Wagner",
    "Walker",  "Wang",   "Weber",    "Yıldız",
};

static const char *const subjects[] = {"Sales",   "Support", "Billing", "Claims",
                                       "Returns", "Travel",  "Orders",  "Accounts"};
#define N_SUBJECTS (sizeof subjects / sizeof subjects[0])

/** @param turn  which name the first agent has, so that not every centre begins with the same */
void centre_name_agent(struct agent *a, size_t i, unsigned turn)
{
    size_t first = i % N_FIRST;
    size_t last = (i / N_FIRST + i + turn) % N_LAST; /* i / 50 + i steps by 51, prime to 100 */

    a->id = FIRST_ID + (unsigned)i;
    a->extension = FIRST_EXTENSION + (unsigned)i;
    (void)snprintf(a->login, sizeof a->login, "agent%u", a->id);
    (void)snprintf(a->first_name, sizeof a->first_name, "%s", first_names[first]);
    (void)snprintf(a->last_name, sizeof a->last_name, "%s", last_names[last]);
}

/** "Billing Team 2": the subjects in turn, numbered from the second round on. */
void centre_name_group(char name[CENTRE_NAME_MAX], const char *what, size_t i)
{
    size_t round = i / N_SUBJECTS + 1;

    if (round == 1)
        (void)snprintf(name, CENTRE_NAME_MAX, "%s %s", subjects[i % N_SUBJECTS], what);
    else
        (void)snprintf(name, CENTRE_NAME_MAX, "%s %s %zu", subjects[i % N_SUBJECTS], what, round);
}

const char *agent_state_name(enum agent_state s)
{
    static const char *const name[AGENT_STATE_COUNT] = {
        [AGENT_LOGGED_OUT] = "LOGOUT", [AGENT_NOT_READY] = "NOT_READY", [AGENT_READY] = "READY",
        [AGENT_RESERVED] = "RESERVED", [AGENT_TALKING] = "TALKING",     [AGENT_HOLD] = "HOLD",
        [AGENT_WORK] = "WORK",
    };

    return name[s];
}
