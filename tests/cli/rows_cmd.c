#include "rows_cmd.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

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

static const struct cmd rows[] = {
    {"show", "[WHAT]", "Show", 0, 1, 0, 0, NULL},
    {"show version active", "", "Show the version", 0, 0, 0, 0, NULL},
    {"show version inactive", "", "Show the other version", 0, 0, 0, 0, NULL},
    {"set network", "", "Set", 0, 0, 1, 0, NULL},
    {"lab reset", "", "Reset", 0, 0, 1, CMD_LAB, NULL},
    {"set hidden", "", "Hide", 0, 0, 1, CMD_LAB, NULL},
};

const struct cmd *const small_table[] = {
    &rows[0], &rows[1], &rows[2], &rows[3], &rows[4], &rows[5],
};
const size_t small_n = COUNT(small_table);

const struct match_row match_rows[] = {
    {"empty-line", "", 1, CMD_INCOMPLETE, -1, 0},
    {"short-command", "show", 1, CMD_MATCH, 0, 1},
    {"short-command-with-argument", "show status", 1, CMD_MATCH, 0, 1},
    {"short-command-with-a-word-of-the-longer", "show version", 1, CMD_MATCH, 0, 1},
    {"longer-command-wins", "show version active", 1, CMD_MATCH, 1, 3},
    {"longer-command-with-argument", "show version active now", 1, CMD_MATCH, 1, 3},
    {"second-longer-command", "show version inactive", 1, CMD_MATCH, 2, 3},
    {"longer-command-misspelt", "show version activ", 1, CMD_MATCH, 0, 1},
    {"argument-that-is-a-command", "show show", 1, CMD_MATCH, 0, 1},
    {"prefix", "set", 1, CMD_INCOMPLETE, -1, 1},
    {"no-abbreviation", "se", 1, CMD_UNKNOWN, -1, 0},
    {"no-abbreviation-behind", "set net", 1, CMD_UNKNOWN, -1, 1},
    {"case-counts", "Set network", 1, CMD_UNKNOWN, -1, 0},
    {"unknown-first", "xyzzy network", 1, CMD_UNKNOWN, -1, 0},
    {"unknown-second", "set xyzzy network", 1, CMD_UNKNOWN, -1, 1},
    {"lab-at-1", "lab reset", 1, CMD_MATCH, 4, 2},
    {"lab-at-0", "lab reset", 0, CMD_UNKNOWN, -1, 0},
    {"lab-prefix-at-0", "lab", 0, CMD_UNKNOWN, -1, 0},
    {"lab-beside-others-at-0", "set hidden", 0, CMD_UNKNOWN, -1, 1},
    {"needs-level-1-but-is-no-lab-command", "set network", 0, CMD_MATCH, 3, 2},
};
const size_t match_n_rows = COUNT(match_rows);

const struct next_row next_rows[] = {
    {"first-words", "", 1, 64, "show set lab"},
    {"first-words-at-0", "", 0, 64, "show set"},
    {"each-once", "show", 1, 64, "version"},
    {"two", "show version", 1, 64, "active inactive"},
    {"hidden-left-out", "set", 0, 64, "network"},
    {"hidden-shown", "set", 1, 64, "network hidden"},
    {"behind-a-whole-command", "set network", 1, 64, ""},
    {"behind-an-unknown-word", "xyzzy", 1, 64, ""},
    {"behind-an-argument", "show status", 1, 64, ""},
    {"room-for-one", "show version", 1, 1, "active"},
    {"room-for-none", "show version", 1, 0, ""},
};
const size_t next_n_rows = COUNT(next_rows);

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

const struct suggest_row suggest_rows[] = {
    {"one-letter-missing", "shw", 0, 1, "show"},
    {"one-letter-too-many", "showw", 0, 1, "show"},
    {"one-letter-wrong", "shox", 0, 1, "show"},
    {"two-letters-swapped", "sohw", 0, 1, "show"},
    {"three-edits", "show versXYZ", 1, 1, "version"},
    {"four-edits", "show verWXYZ", 1, 1, NULL},
    {"nearest-of-two", "show version inctive", 2, 1, "inactive"},
    {"shorter-is-nearer", "sew", 0, 1, "set"},
    {"nothing-near", "xyzzy", 0, 1, NULL},
    {"every-letter-wrong-is-not-near", "xyz", 0, 1, NULL},
    {"hidden-is-not-suggested", "labb", 0, 0, NULL},
    {"hidden-at-1", "labb", 0, 1, "lab"},
    {"behind-an-unknown-word", "xyzzy versio", 1, 1, NULL},
    {"no-word-there", "show", 1, 1, NULL},
    {"far-beyond-the-words", "show", 99, 1, NULL},
    {"sixty-three-letters", A63, 0, 1, NULL},
    {"sixty-four-letters", A63 "a", 0, 1, NULL},
    {"control-bytes", "\x1bshow", 0, 1, "show"},
};
const size_t suggest_n_rows = COUNT(suggest_rows);
