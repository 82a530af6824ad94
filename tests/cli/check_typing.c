/* What the keys of a terminal do: editing, completion, Ctrl-C, pages, windows of all sizes. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

#include "state.h"
#include "suites.h"
#include "typing.h"

#define LINE_BYTES 65536 /* of the longest line */

/* One that can only write over what it wrote, and one that can do more. */
static const char *const terms[] = {"dumb", "xterm"};

/* --- editing --- */

static const struct edit_row {
    const char *name;
    const char *keys;
    const char *line; /* as shown, and as run */
} edit_rows[] = {
    {"plain", "xyzzy", "xyzzy"},
    {"left-insert", "xyzy\002\033[Dz", "xyzzy"},
    {"left-right", "xyzy\033[D\033[D\033[Cz", "xyzzy"},
    {"application-keys", "xyzy\033OD\033ODz\033OCy\177", "xyzzy"},
    {"beginning-and-end", "yzz\001x\005y", "xyzzy"},
    {"home-and-end", "yzz\033[Hx\033[Fy", "xyzzy"},
    {"home-and-end-vt", "yzz\033[1~x\033[4~y", "xyzzy"},
    {"drop-the-line", "something else\025xyzzy", "xyzzy"},
    {"drop-the-rest", "xyzzy plugh\002\002\002\002\002\002\013", "xyzzy"},
    {"drop-a-word", "xyzzyplugh\027xyzzy", "xyzzy"},
    {"word-left", "xyzzy-ab\033b\033[1;5DX", "Xxyzzy-ab"},
    {"word-right", "xyzzy-ab\001\033f\033[1;5CX", "xyzzy-abX"},
    {"delete", "xyyzzy\001\006\033[3~", "xyzzy"},
    {"ctrl-d-deletes", "xyyzzy\001\006\004", "xyzzy"},
    {"ctrl-d-at-the-end", "xyzzy\004", "xyzzy"},
    {"ctrl-z-backslash", "xy\032z\034zy", "xyzzy"},
    {"paste-marks", "\033[200~xyz\033[201~zy", "xyzzy"},
    {"tab-in-a-paste", "\033[200~xyz\tzy\033[201~", "xyz zy"},
    {"unknown-sequences", "x\033[?1;2cy\033[15~z\033[[Az\033[0000000000000000000000000;1Hy",
     "xyzzy"},
    {"broken-sequence", "x\033[12\005yzzy", "xyzzy"},
    {"lone-escape", "xyzzy\033", "xyzzy"},
    {"counts", "\0339\0339\0339\0339\0339\0339xyzzy", "xyzzy"},
    {"no-command-line", "xyzzy\033x", "xyzzy"},
    {"ctrl-r-in-no-history", "xyzzy\022", "xyzzy"},
    {"utf8", "xyz\303\274", "xyz\303\274"},
    {"utf8-left", "\303\274z\002\002x\005y", "x\303\274zy"},
    {"utf8-backspace", "xyz\303\274\303\251\177zy\177", "xyz\303\274z"},
    {"not-utf8", "x\377y\303z\342\202y", "x\357\277\275y\357\277\275z\357\277\275y"},
    {"c1-control", "x\302\233zzy", "x\357\277\275zzy"},
};

/** What is shown is what is run. */
static void try_row(const struct edit_row *row, const char *term)
{
    char shown[256];
    char said[256];
    struct pty p;

    (void)snprintf(shown, sizeof shown, "admin:%s", row->line);
    (void)snprintf(said, sizeof said, "\n'%.*s' is not known here", (int)strcspn(row->line, " "),
                   row->line);
    begin_on(&p, &(struct pty_options){.term = term});
    pty_try(&p, row->keys, shown);
    pty_type(&p, "\r");
    pty_expect_somewhere(&p, said);
    pty_expect_end(&p, "\nadmin:");
    end(&p);
}

START_TEST(editing)
{
    for (size_t i = 0; i < COUNT(terms); i++)
        try_row(&edit_rows[_i], terms[i]);
}
END_TEST

/** What a control character would do to a terminal, no message does. */
START_TEST(control_characters)
{
    struct pty p;

    begin(&p);
    pty_try(&p, "xy\026\033[31m\026\007", "admin:xy^[[31m^G");
    pty_type(&p, "\r");
    pty_expect_somewhere(&p, "\n'xy?[31m?' is not known here");
    pty_expect_end(&p, "\nadmin:");
    run(&p, "utils cuic cors allowed_origin add https://x\026\033[31m.example\r");
    run(&p, "utils service restart \026\033]0;x\026\007\r");
    ck_assert_ptr_null(strchr(p.bytes, '\033'));
    ck_assert_ptr_null(strchr(p.bytes, '\007'));
    end(&p);
}
END_TEST

/* --- completion and help --- */

static const struct tab_row {
    const char *name;
    const char *keys;
    const char *screen;
} tab_rows[] = {
    {"prefix", "utils cu\t", "admin:utils cuic "},
    {"common-prefix", "utils cuic \t", "admin:utils cuic c"},
    {"list", "utils cuic c\t", "admin:utils cuic c\n  cors*\n  cluster*\nadmin:utils cuic c"},
    {"list-of-commands", "set cli \t", "admin:set cli\n  pagination\n  session*\nadmin:set cli "},
    {"nothing", "utils x\t", "admin:utils x\nadmin:utils x"},
    {"nothing-twice", "utils x\t\t", "admin:utils x\nadmin:utils x\nadmin:utils x"},
    {"chain", "u\tcu\tco\ts\t", "admin:utils cuic cors status "},
    {"left-of-the-cursor", "utils cX\002\t", "admin:utils cuic X"},
    {"list-then-type", "utils cuic c\to\t",
     "admin:utils cuic c\n  cors*\n  cluster*\n"
     "admin:utils cuic cors "},
    {"list-left-of-the-cursor", "utils cuic cX\002\tlu\t",
     "admin:utils cuic cX\n  cors*\n  cluster*\nadmin:utils cuic cluster X"},
    {"question-mark", "utils cuic ?\r", "admin:utils cuic ?\n  cors*\n  cluster*\nadmin:"},
};

START_TEST(tab)
{
    const struct tab_row *row = &tab_rows[_i];
    struct pty p;

    for (size_t i = 0; i < COUNT(terms); i++) {
        begin_on(&p, &(struct pty_options){.term = terms[i]});
        pty_try(&p, row->keys, row->screen);
        pty_type(&p, "\003");
        pty_expect_end(&p, "\nControl-C pressed\nadmin:");
        end(&p);
    }
}
END_TEST

/** The list appears below a line of several rows, were the cursor in the first of them. */
START_TEST(tab_in_a_long_line)
{
    static const char word[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    struct pty p;

    begin_on(&p, &(struct pty_options){.term = "xterm", .columns = 40});
    pty_type(&p, word);
    pty_type(&p, word);
    pty_type(&p, "\001utils cuic c\t");
    pty_expect_end(&p, "x\n  cors*\n  cluster*\nadmin:utils cuic cxxxxxxxxxxxxxxxxxxxxxx\n"
                       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nxxxxxxxxxxxxxx");
    pty_type(&p, "\003");
    pty_expect_end(&p, "\nxxxxxxxxxxxxxx\nControl-C pressed\nadmin:");
    end(&p);
}
END_TEST

/* --- Ctrl-C, Ctrl-D --- */

static void check_origins(struct pty *p)
{
    pty_try(p, "utils cuic cors allowed_origin list\r",
            "admin:utils cuic cors allowed_origin list\ncors_allowedorigins\n"
            "===========================\n"
            "1. https://finessep.uccelab.tac\n2. https://finessep.uccelab.tac:8445\n"
            "3. https://finesses.uccelab.tac\n4. https://finesses.uccelab.tac:8445\nadmin:");
}

START_TEST(interrupt)
{
    struct pty p;

    begin(&p);
    pty_try(&p, "\003", "admin:\nControl-C pressed\nadmin:");
    pty_try(&p, "utils cuic cors disable\002\002\003",
            "admin:utils cuic cors disable\nControl-C pressed\nadmin:");
    pty_try(&p, "utils\026\003", "admin:utils\nControl-C pressed\nadmin:");
    pty_try(&p, "utils\033[\003", "admin:utils\nControl-C pressed\nadmin:");
    pty_try(&p, "ut\303\003\303\251\025", "admin:ut\nControl-C pressed\nadmin:");
    pty_type(&p, DELETE "\r");
    pty_expect_end(&p, QUESTION);
    pty_type(&p, "1\003");
    pty_expect_end(&p, QUESTION "1\nControl-C pressed\nadmin:");
    check_origins(&p);
    end(&p);
}
END_TEST

/** No answer, no change: neither the end of input nor a closed window is one. */
START_TEST(end_in_a_dialogue)
{
    struct pty p;

    for (int i = 0; i < 2; i++) {
        begin(&p);
        pty_type(&p, DELETE "\r");
        pty_expect_end(&p, QUESTION);
        pty_type(&p, i == 0 ? "\004" : "1");
        pty_expect_end(&p, i == 0 ? "Nothing was changed.\nExecuted command unsuccessfully\nadmin:"
                                  : QUESTION "1");
        ck_assert_int_lt(pty_hang_up(&p), 4);
    }
    begin(&p);
    check_origins(&p);
    end(&p);
}
END_TEST

/** A running command: the key arrives as a signal. What was typed ahead of it is forgotten, and
 *  neither Ctrl-Z nor Ctrl-\ does anything. */
START_TEST(interrupt_a_command)
{
    struct pty p;

    begin(&p);
    pty_type(&p, "utils service restart " REPORTING "\r");
    pty_expect_end(&p, REPORTING "[STOPPING]\n");
    pty_try(&p, "\032\034ahead\003", "Control-C pressed\nadmin:");
    end(&p);
}
END_TEST

/** While a line is edited the terminal makes no signals of keys; while a command runs it does. */
static bool runs_a_command(void *pty)
{
    const struct pty *p = pty;
    struct termios now;

    ck_assert_int_eq(tcgetattr(p->fd, &now), 0);
    return (now.c_lflag & ISIG) != 0;
}

/** What is typed while a command runs waits for its turn, and is shown once. The command runs until
 *  the test gives it the store. */
START_TEST(typed_ahead)
{
    struct pty p;
    sqlite3 *db = NULL;

    begin(&p);
    ck_assert_int_eq(sqlite3_open(lab_path(&lab, "state/cuicsim.db"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    pty_type(&p, "utils cuic cors disable\r");
    pty_expect(&p, "admin:utils cuic cors disable\n");
    test_until(runs_a_command, &p, "a command runs");
    pty_type(&p, "xyzzy\rutils cuic cors status\rutils cu");
    ck_assert_int_eq(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    pty_expect(&p, "CUIC CORS is disabled now.\n\n"
                   "Ensure CORS is disabled in all the CUIC nodes in the cluster.\n\n"
                   "Restart " REPORTING " for the changes to take effect:\n"
                   " utils service restart " REPORTING "\n"
                   "(cuicsim has applied the change already: apply_changes = immediate)\n"
                   "admin:xyzzy\nNo valid command entered\n'xyzzy' is not known here\n"
                   "admin:utils cuic cors status\nCUIC CORS is disabled.\nadmin:utils cu");
    pty_try(&p, "\t\025", "admin:");
    end(&p);
}
END_TEST

/* --- pages --- */

/** Rows of the screen, the last one included, and its last two lines. */
static void expect_page(struct pty *p, size_t rows, const char *first, const char *last)
{
    char *text;
    size_t n = 1;

    pty_expect_end(p, last);
    text = screen_text(&p->screen, p->mark);
    for (const char *c = text; *c != '\0'; c++)
        n += *c == '\n' ? 1 : 0;
    ck_assert_msg(n == rows, "%zu rows, expected %zu:\n%s", n, rows, text);
    ck_assert_msg(strncmp(text, first, strlen(first)) == 0, "expected '%s':\n%s", first, text);
    free(text);
}

START_TEST(pages)
{
    struct pty p;

    for (size_t i = 0; i < COUNT(terms); i++) {
        begin_on(&p, &(struct pty_options){.term = terms[i], .rows = 24});
        pty_type(&p, "help\r");
        expect_page(&p, 25, "admin:help\nutils cuic cors enable\n", "\n" PAGE_END);
        pty_type(&p, "\r");
        expect_page(&p, 2, "  ", "\n" PAGE_END);
        pty_type(&p, " ");
        expect_page(&p, 24, "utils ", "\n" PAGE_END);
        pty_try(&p, "z", PAGE_END);
        pty_try(&p, "q", "admin:");
        pty_type(&p, "help\r");
        pty_expect_end(&p, "\n" PAGE_END);
        pty_type(&p, "\003");
        pty_expect_end(&p, "admin:");
        end(&p);
    }
}
END_TEST

/** The next screenful is as large as the window is by then. */
START_TEST(pages_resized)
{
    struct pty p;

    begin_on(&p, &(struct pty_options){.term = "dumb", .rows = 24});
    pty_type(&p, "help\r");
    expect_page(&p, 25, "admin:help\n", "\n" PAGE_END);
    pty_resize(&p, 10, 100);
    pty_type(&p, " ");
    expect_page(&p, 10, "", "\n" PAGE_END);
    pty_try(&p, "q", "admin:");
    end(&p);
}
END_TEST

START_TEST(no_pages)
{
    struct pty p;

    begin_on(&p, &(struct pty_options){.term = "dumb", .rows = 5});
    pty_try(&p, "set cli pagination off\r",
            "admin:set cli pagination off\nAutomatic pagination is turned off\nadmin:");
    run(&p, "help\r");
    ck_assert_ptr_null(strstr(p.bytes, "<space>"));
    end(&p);
}
END_TEST

/* --- large windows, small windows, long lines --- */

START_TEST(resized_while_editing)
{
    struct pty p;

    for (size_t i = 0; i < COUNT(terms); i++) {
        begin_on(&p, &(struct pty_options){.term = terms[i]});
        pty_try(&p, "utils cuic cors sttus\002\002\002", "admin:utils cuic cors sttus");
        pty_resize(&p, 50, 132);
        pty_try(&p, "a", "admin:utils cuic cors status");
        pty_resize(&p, 24, 60);
        pty_try(&p, "\r", "admin:utils cuic cors status\nCUIC CORS is enabled.\nadmin:");
        end(&p);
    }
}
END_TEST

/** The line is drawn for the new width: its beginning is found again. */
START_TEST(resized_to_wrap)
{
    struct pty p;

    begin_on(&p, &(struct pty_options){.term = "xterm"});
    pty_try(&p, "utils cuic cors statu", "admin:utils cuic cors statu");
    pty_resize(&p, 24, 30);
    pty_type(&p, "s and more of it\001X");
    pty_expect_end(&p, "admin:Xutils cuic cors status\nand more of it");
    pty_resize(&p, 24, 60);
    pty_type(&p, "\002Y");
    pty_expect_end(&p, "admin:YXutils cuic cors status and more of it");
    run(&p, "\003");
    end(&p);
}
END_TEST

/** The question at the end of a page never takes two rows, which could not be wiped away. */
START_TEST(narrow_pages)
{
    struct pty p;

    begin_on(&p, &(struct pty_options){.term = "dumb", .columns = 40});
    pty_type(&p, "help\r");
    pty_expect_end(&p, "\nPress <enter> for 1 line, <space> for o");
    pty_try(&p, "q", "admin:");
    end(&p);
}
END_TEST

static char *long_line(size_t n)
{
    char *line = malloc(n + 2);

    ck_assert_ptr_nonnull(line);
    memset(line, 'x', n);
    memcpy(line + n, "\r", 2);
    return line;
}

/** As long as a line may be, and a byte longer; the shell goes on after both. */
START_TEST(long_lines)
{
    struct pty p;

    for (size_t i = 0; i < COUNT(terms); i++) {
        begin_on(&p, &(struct pty_options){.term = terms[i], .columns = 80});
        char *line = long_line(LINE_BYTES);
        pty_type(&p, line);
        pty_expect_end(&p, "x' is not known here\nadmin:");
        free(line);
        line = long_line(LINE_BYTES + 1);
        pty_type(&p, line);
        pty_expect_end(&p, "x\nA line over 65536 bytes is no command\nadmin:");
        free(line);
        line = long_line((size_t)LINE_BYTES * 3);
        pty_type(&p, line);
        pty_expect_end(&p, "x\nA line over 65536 bytes is no command\nadmin:");
        ck_assert_uint_lt(p.screen.row - p.mark, LINE_BYTES / 80 + 5); /* the rest is not kept */
        free(line);
        pty_try(&p, "utils cuic cors status\r",
                "admin:utils cuic cors status\nCUIC CORS is enabled.\nadmin:");
        end(&p);
    }
}
END_TEST

static void set_up_slow(void)
{
    lab_init(&lab, "restart_seconds = 600\n");
    state_article(&lab);
}

/* --- what is pasted --- */

/** A browser's message of several lines, pasted behind `lab explain --console`; the commands are
 *  for the prompt then, and no here-document. Ctrl-C in the paste drops it. */
START_TEST(pasted_message)
{
    struct pty p;

    begin_on(&p, &(struct pty_options){.term = "dumb", .rows = 60});
    pty_type(&p, "lab explain --console\r");
    pty_expect_end(&p, "and an empty line behind it:\n");
    pty_type(&p, "\033[200~Access to fetch at 'https://cuicsub.uccelab.tac/cuic/' from origin "
                 "'https://finessep.uccelab.tac:8445'\nhas been blocked by CORS policy: No "
                 "'Access-Control-Allow-Origin' header is present on the requested resource.\n"
                 "\033[201~\r");
    pty_expect_end(&p, "On cuicsub:\n"
                       "  utils cuic cors allowed_origin add https://finessep.uccelab.tac:8445\n"
                       "  utils service restart " REPORTING "\n\n"
                       "(cuicsim applies the edit at once: apply_changes = immediate; the product "
                       "needs\nthe restart)\nadmin:");
    pty_type(&p, "lab explain --console\r");
    pty_expect_end(&p, "and an empty line behind it:\n");
    pty_type(&p, "Failed to fetch\r");
    pty_type(&p, "\003");
    pty_expect_end(&p, "Control-C pressed\nadmin:");
    end(&p);
}
END_TEST

static TCase *new_case(const char *name, void (*set_up)(void))
{
    TCase *tc = tcase_create(name);

    tcase_set_timeout(tc, TYPING_TIMEOUT_S);
    tcase_add_checked_fixture(tc, set_up, state_tear_down);
    return tc;
}

static TCase *case_keys(void)
{
    TCase *tc = new_case("keys", state_set_up);

    tcase_add_loop_test(tc, editing, 0, (int)COUNT(edit_rows));
    tcase_add_test(tc, control_characters);
    tcase_add_loop_test(tc, tab, 0, (int)COUNT(tab_rows));
    tcase_add_test(tc, tab_in_a_long_line);
    tcase_add_test(tc, interrupt);
    tcase_add_test(tc, end_in_a_dialogue);
    tcase_add_test(tc, typed_ahead);
    tcase_add_test(tc, pasted_message);
    return tc;
}

static TCase *case_screen(void)
{
    TCase *tc = new_case("screen", state_set_up);

    tcase_add_test(tc, pages);
    tcase_add_test(tc, pages_resized);
    tcase_add_test(tc, no_pages);
    tcase_add_test(tc, narrow_pages);
    tcase_add_test(tc, resized_while_editing);
    tcase_add_test(tc, resized_to_wrap);
    tcase_add_test(tc, long_lines);
    return tc;
}

Suite *suite_typing(void)
{
    Suite *s = suite_create("typing");
    TCase *slow = new_case("slow", set_up_slow);

    tcase_add_test(slow, interrupt_a_command);
    suite_add_tcase(s, case_keys());
    suite_add_tcase(s, case_screen());
    suite_add_tcase(s, slow);
    return s;
}
