#include "rows_cmd.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CUIC     PLATFORM_CUIC
#define FINESSE  PLATFORM_FINESSE

#define W8  "w w w w w w w w "
#define W64 W8 W8 W8 W8 W8 W8 W8 W8

const struct split_row split_rows[] = {
    {"nothing", "", 0, false, {NULL}},
    {"blanks-only", "     ", 0, false, {NULL}},
    {"one-word", "help", 1, false, {"help"}},
    {"blank-before", "  help", 1, false, {"help"}},
    {"blank-behind", "help  ", 1, false, {"help"}},
    {"blanks-between", " a   b  c ", 3, false, {"a", "b", "c"}},
    {"question-mark-alone", "utils ?", 2, false, {"utils", "?"}},
    {"question-mark-attached", "utils?", 1, false, {"utils?"}},
    {"tab-is-no-blank", "a\tb", 1, false, {"a\tb"}},
    {"control-bytes", "\x1b[2J \x01", 2, false, {"\x1b[2J", "\x01"}},
    {"not-utf8", "\xff\xfe \x80", 2, false, {"\xff\xfe", "\x80"}},
    {"quotes-mean-nothing", "\"a b\"", 2, false, {"\"a", "b\""}},
    {"sixty-four-words", W64, 64, false, {"w"}},
    {"sixty-four-and-blanks", W64 "   ", 64, false, {"w"}},
    {"sixty-five-words", W64 "x", 64, true, {"w"}},
    {"many-more-words", W64 W64 W64, 64, true, {"w"}},
};
const size_t split_n_rows = COUNT(split_rows);

const struct skip_row skip_rows[] = {
    {"none-typed", "utils cuic cors", "", "utils cuic cors"},
    {"first-word", "utils cuic cors", "utils", "cuic cors"},
    {"all-words", "utils cuic cors", "utils cuic cors", ""},
    {"blanks-between", "utils cuic cors", "  utils   cuic ", "cors"},
    {"too-many-words", "utils cuic cors", "utils cuic cors status", NULL},
    {"part-of-a-word", "utils cuic cors", "utils cu", NULL},
    {"more-than-a-word", "utils cuic cors", "utilsx", NULL},
    {"other-word", "utils cuic cors", "utils service", NULL},
    {"other-case", "utils cuic cors", "Utils", NULL},
    {"one-word-text", "quit", "quit", ""},
    {"one-word-text-twice", "quit", "quit quit", NULL},
    {"empty-text", "", "utils", NULL},
    {"empty-both", "", "", ""},
};
const size_t skip_n_rows = COUNT(skip_rows);

static const struct cmd_param what = {"WHAT", CMD_MAYBE, "what to show", "status", NULL};

static const struct cmd rows[] = {
    {"show", "Show", &what, 0, 0, NULL, NULL},
    {"show version active", "Show the version", NULL, 0, 0, NULL, NULL},
    {"show version inactive", "Show the other version", NULL, 0, 0, NULL, NULL},
    {"set network", "Set", NULL, 1, 0, NULL, NULL},
    {"lab reset", "Reset", NULL, 1, CMD_LAB, NULL, NULL},
    {"set hidden", "Hide", NULL, 1, CMD_LAB, NULL, NULL},
    {"set reports", "Set", NULL, 1, CMD_CUIC, NULL, NULL},
    {"desktop show", "Show", NULL, 0, CMD_FINESSE, NULL, NULL},
    {"desktop reset", "Reset", NULL, 0, CMD_FINESSE | CMD_LAB, NULL, NULL},
};

const struct cmd *const small_table[] = {
    &rows[0], &rows[1], &rows[2], &rows[3], &rows[4], &rows[5], &rows[6], &rows[7], &rows[8],
};
const size_t small_n = COUNT(small_table);

static const struct cmd_param one = {"URL", CMD_ONE, "", "", NULL};
static const struct cmd_param maybe = {"INDEX|a", CMD_MAYBE, "", "", NULL};
static const struct cmd_param rest = {"NAME", CMD_REST, "", "", NULL};
static const struct cmd_param maybe_rest = {"COMMAND", CMD_MAYBE_REST, "", "", NULL};

const struct takes_row takes_rows[] = {
    {"none", NULL, "utils add", 0, 0},
    {"one", &one, "utils add URL", 1, 1},
    {"maybe", &maybe, "utils add [INDEX|a]", 0, 1},
    {"rest", &rest, "utils add NAME", 1, CMD_WORDS_MAX},
    {"maybe-rest", &maybe_rest, "utils add [COMMAND]", 0, CMD_WORDS_MAX},
};
const size_t takes_n_rows = COUNT(takes_rows);

const struct match_row match_rows[] = {
    {"empty-line", "", 1, CUIC, CMD_INCOMPLETE, -1, 0},
    {"short-command", "show", 1, CUIC, CMD_MATCH, 0, 1},
    {"short-command-with-argument", "show status", 1, CUIC, CMD_MATCH, 0, 1},
    {"short-command-with-a-word-of-the-longer", "show version", 1, CUIC, CMD_MATCH, 0, 1},
    {"longer-command-wins", "show version active", 1, CUIC, CMD_MATCH, 1, 3},
    {"longer-command-with-argument", "show version active now", 1, CUIC, CMD_MATCH, 1, 3},
    {"second-longer-command", "show version inactive", 1, CUIC, CMD_MATCH, 2, 3},
    {"longer-command-misspelt", "show version activ", 1, CUIC, CMD_MATCH, 0, 1},
    {"argument-that-is-a-command", "show show", 1, CUIC, CMD_MATCH, 0, 1},
    {"prefix", "set", 1, CUIC, CMD_INCOMPLETE, -1, 1},
    {"no-abbreviation", "se", 1, CUIC, CMD_UNKNOWN, -1, 0},
    {"no-abbreviation-behind", "set net", 1, CUIC, CMD_UNKNOWN, -1, 1},
    {"case-counts", "Set network", 1, CUIC, CMD_UNKNOWN, -1, 0},
    {"unknown-first", "xyzzy network", 1, CUIC, CMD_UNKNOWN, -1, 0},
    {"unknown-second", "set xyzzy network", 1, CUIC, CMD_UNKNOWN, -1, 1},
    {"lab-at-1", "lab reset", 1, CUIC, CMD_MATCH, 4, 2},
    {"lab-at-0", "lab reset", 0, CUIC, CMD_UNKNOWN, -1, 0},
    {"lab-prefix-at-0", "lab", 0, CUIC, CMD_UNKNOWN, -1, 0},
    {"lab-beside-others-at-0", "set hidden", 0, CUIC, CMD_UNKNOWN, -1, 1},
    {"needs-level-1-but-is-no-lab-command", "set network", 0, CUIC, CMD_MATCH, 3, 2},
    {"of-this-product", "set reports", 1, CUIC, CMD_MATCH, 6, 2},
    {"of-the-other-product", "set reports", 1, FINESSE, CMD_UNKNOWN, -1, 1},
    {"of-this-product-finesse", "desktop show", 0, FINESSE, CMD_MATCH, 7, 2},
    {"of-the-other-product-finesse", "desktop show", 1, CUIC, CMD_UNKNOWN, -1, 0},
    {"prefix-of-the-other-product", "desktop", 1, CUIC, CMD_UNKNOWN, -1, 0},
    {"of-both-products", "set network", 1, FINESSE, CMD_MATCH, 3, 2},
    {"lab-of-this-product", "desktop reset", 1, FINESSE, CMD_MATCH, 8, 2},
    {"lab-of-this-product-at-0", "desktop reset", 0, FINESSE, CMD_UNKNOWN, -1, 1},
};
const size_t match_n_rows = COUNT(match_rows);

/* A '*' behind a word: it goes on. "show" does, although it is a command as well. */
const struct next_row next_rows[] = {
    {"first-words", "", 1, CUIC, 64, "show* set* lab*"},
    {"first-words-at-0", "", 0, CUIC, 64, "show* set*"},
    {"first-words-of-finesse", "", 1, FINESSE, 64, "show* set* lab* desktop*"},
    {"each-once", "show", 1, CUIC, 64, "version*"},
    {"two", "show version", 1, CUIC, 64, "active inactive"},
    {"hidden-left-out", "set", 0, CUIC, 64, "network reports"},
    {"hidden-shown", "set", 1, CUIC, 64, "network hidden reports"},
    {"other-product-left-out", "set", 1, FINESSE, 64, "network hidden"},
    {"both-reasons", "desktop", 0, FINESSE, 64, "show"},
    {"behind-a-whole-command", "set network", 1, CUIC, 64, ""},
    {"behind-an-unknown-word", "xyzzy", 1, CUIC, 64, ""},
    {"behind-an-argument", "show status", 1, CUIC, 64, ""},
    {"behind-the-other-product", "desktop", 1, CUIC, 64, ""},
    {"room-for-one", "show version", 1, CUIC, 1, "active"},
    {"room-for-none", "show version", 1, CUIC, 0, ""},
};
const size_t next_n_rows = COUNT(next_rows);

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

const struct suggest_row suggest_rows[] = {
    {"one-letter-missing", "shw", 0, 1, CUIC, "show"},
    {"one-letter-too-many", "showw", 0, 1, CUIC, "show"},
    {"one-letter-wrong", "shox", 0, 1, CUIC, "show"},
    {"two-letters-swapped", "sohw", 0, 1, CUIC, "show"},
    {"three-edits", "show versXYZ", 1, 1, CUIC, "version"},
    {"four-edits", "show verWXYZ", 1, 1, CUIC, NULL},
    {"nearest-of-two", "show version inctive", 2, 1, CUIC, "inactive"},
    {"shorter-is-nearer", "sew", 0, 1, CUIC, "set"},
    {"nothing-near", "xyzzy", 0, 1, CUIC, NULL},
    {"half-of-the-letters", "sxyw", 0, 1, CUIC, "show"},
    {"over-half-of-the-letters", "xhyz", 0, 1, CUIC, NULL},
    {"every-letter-wrong-is-not-near", "xyz", 0, 1, CUIC, NULL},
    {"hidden-is-not-suggested", "labb", 0, 0, CUIC, NULL},
    {"hidden-at-1", "labb", 0, 1, CUIC, "lab"},
    {"other-product-is-not-suggested", "desktp", 0, 1, CUIC, NULL},
    {"this-product-is", "desktp", 0, 1, FINESSE, "desktop"},
    {"behind-an-unknown-word", "xyzzy versio", 1, 1, CUIC, NULL},
    {"no-word-there", "show", 1, 1, CUIC, NULL},
    {"far-beyond-the-words", "show", 99, 1, CUIC, NULL},
    {"sixty-three-letters", A63, 0, 1, CUIC, NULL},
    {"sixty-four-letters", A63 "a", 0, 1, CUIC, NULL},
    {"control-bytes", "\x1bshow", 0, 1, CUIC, "show"},
};
const size_t suggest_n_rows = COUNT(suggest_rows);
