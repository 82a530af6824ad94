/* What the keys of a terminal do: editing, completion, history, Ctrl-C, pages, and the ways that a
 * session ends. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/lab.h"
#include "../support/pty.h"
#include "config.h"
#include "state.h"
#include "store.h"
#include "suites.h"

#define TIMEOUT_S 120
#define LINE_MAX_ 65536 /* bytes of a line */
#define BUSY_MS   5000
#define REPORTING "Intelligence Center Reporting Service"
#define DELETE    "utils cuic cors allowed_origin delete"
#define PAGE_END  "Press <enter> for 1 line, <space> for one page, or <q> to quit"
#define QUESTION  "Select the index of origin to be deleted [1-4 or a,q]"

/* One that can only write over what it wrote, and one that can do more. */
static const char *const terms[] = {"dumb", "xterm"};

static void begin_on(struct pty *p, const struct pty_options *o)
{
    pty_start_shell(p, &lab, NULL, o);
    pty_expect_end(p, "\n\nadmin:");
}

static void begin(struct pty *p)
{
    begin_on(p, &(struct pty_options){.term = "dumb"});
}

/** Type a line, and wait for the next prompt. */
static void run(struct pty *p, const char *line)
{
    pty_type(p, line);
    pty_expect_end(p, "\nadmin:");
}

static void end(struct pty *p)
{
    pty_try(p, "\004", "admin:\n");
    ck_assert_int_lt(pty_wait(p), 3);
    ck_assert(pty_is_restored(p));
    pty_clear(p);
}

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

/* --- history --- */

static void begin_for_history(struct pty *p)
{
    begin_on(p, &(struct pty_options){.term = "xterm"});
}

START_TEST(history)
{
    struct pty p;

    begin_for_history(&p);
    run(&p, "utils cuic cors status\r");
    run(&p, "   \r");
    pty_type(&p, DELETE "\r");
    pty_expect_end(&p, QUESTION);
    run(&p, "q\r");
    run(&p, "xyzzy\r");
    run(&p, "xyzzy\r");
    pty_try(&p, "draft\033[A", "admin:xyzzy");
    pty_try(&p, "\020", "admin:" DELETE);
    pty_try(&p, "\033OA", "admin:utils cuic cors status");
    pty_try(&p, "\033[B", "admin:" DELETE);
    pty_try(&p, "\016\016", "admin:draft");
    pty_try(&p, "\025stat\022", "admin:utils cuic cors status");
    pty_try(&p, "\025", "admin:");
    end(&p);
}
END_TEST

/** Nothing of it appears in a dialogue. */
START_TEST(no_history_in_a_dialogue)
{
    struct pty p;

    begin_for_history(&p);
    pty_type(&p, DELETE "\r");
    pty_expect_end(&p, QUESTION);
    pty_type(&p, "\033[A\t7");
    pty_expect_end(&p, QUESTION " 7");
    pty_type(&p, "\025q\r");
    pty_expect_end(&p, "\nadmin:");
    end(&p);
}
END_TEST

static void check_file(const char *name, unsigned mode, const char *text)
{
    const char *path = lab_path(&lab, name);
    char *got = test_read_file(path, NULL);
    struct stat st;

    ck_assert_ptr_nonnull(got);
    ck_assert_str_eq(got, text);
    free(got);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, mode);
}

/** Two sessions at once keep each other's lines; the next one offers them all. */
START_TEST(history_file)
{
    struct pty p;
    struct pty q;

    begin_for_history(&p);
    begin_for_history(&q);
    run(&p, "one\r");
    run(&q, "two\303\274\r");
    run(&p, "three\r");
    pty_type(&p, DELETE "\r");
    pty_expect_end(&p, QUESTION);
    run(&p, "q\r");
    end(&p);
    end(&q);
    check_file(".cuicsim_history", 0600, "one\ntwo\303\274\nthree\n" DELETE "\n");
    begin_for_history(&p);
    pty_try(&p, "\033[A\033[A", "admin:three");
    pty_try(&p, "\033[A", "admin:two\303\274");
    pty_try(&p, "\033[A", "admin:one");
    pty_try(&p, "\025", "admin:");
    end(&p);
}
END_TEST

/** A file that others may read is mended; what is in it cannot harm the terminal. */
START_TEST(history_found)
{
    static const char found[] = "one\n\n\033[2J\377\ntorn";
    char path[256];
    struct pty p;

    (void)snprintf(path, sizeof path, "%s", lab_path(&lab, ".cuicsim_history"));
    test_write_file(path, found, sizeof found - 1);
    ck_assert_int_eq(chown(path, geteuid(), getegid()), 0);
    ck_assert_int_eq(chmod(path, 0644), 0);
    begin_for_history(&p);
    pty_try(&p, "\033[A", "admin:torn");
    pty_try(&p, "\033[A", "admin:^[[2J\357\277\275");
    pty_try(&p, "\033[A", "admin:one");
    pty_try(&p, "\025", "admin:");
    run(&p, "two\r");
    end(&p);
    check_file(".cuicsim_history", 0600, "one\n\n\033[2J\377\ntorn\ntwo\n");
}
END_TEST

/** A link may point to anything: it is left alone, and so is a folder. */
START_TEST(history_refused)
{
    char path[256];
    char target[256];
    struct pty p;

    (void)snprintf(path, sizeof path, "%s", lab_path(&lab, ".cuicsim_history"));
    (void)snprintf(target, sizeof target, "%s", lab_path(&lab, "target"));
    test_write_file(target, "mine\n", 5);
    ck_assert_int_eq(chmod(target, 0644), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(i == 0   ? symlink(target, path)
                         : i == 1 ? link(target, path)
                                  : mkdir(path, 0700),
                         0);
        begin_for_history(&p);
        pty_try(&p, "x\033[A", i == 2 ? "admin:x" : "admin:x");
        pty_try(&p, "\025", "admin:");
        run(&p, "one\r");
        pty_try(&p, "\033[A", "admin:one");
        pty_try(&p, "\025", "admin:");
        end(&p);
        check_file("target", 0644, "mine\n");
        ck_assert_int_eq(remove(path), 0);
    }
}
END_TEST

/** It grows, but not for ever: the older half goes. */
START_TEST(history_bounded)
{
    size_t n = 300000;
    char *text = malloc(n);
    struct stat st;
    struct pty p;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < n; i += 10)
        memcpy(text + i, "old line \n", 10);
    memcpy(text, "oldest", 6);
    memcpy(text + n - 10, "last one \n", 10);
    test_write_file(lab_path(&lab, ".cuicsim_history"), text, n);
    free(text);
    begin_for_history(&p);
    run(&p, "newest\r");
    end(&p);
    text = test_read_file(lab_path(&lab, ".cuicsim_history"), &n);
    ck_assert_ptr_nonnull(text);
    ck_assert(n > 100000 && n < 200000);
    ck_assert_str_eq(text + n - 17, "last one \nnewest\n");
    ck_assert_int_eq(strncmp(text, "old line \n", 10), 0);
    ck_assert_ptr_null(strstr(text, "oldest"));
    free(text);
    ck_assert_int_eq(stat(lab_path(&lab, ".cuicsim_history"), &st), 0);
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

static void set_up_slow(void)
{
    lab_init(&lab, "restart_seconds = 600\n");
    state_article(&lab);
}

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

/** What is typed while a command runs waits for its turn, and is shown once. */
START_TEST(typed_ahead)
{
    struct pty p;

    begin(&p);
    pty_try(&p, "xyzzy\rutils cuic cors status\rutils cu",
            "admin:xyzzy\nNo valid command entered\n'xyzzy' is not known here\n"
            "admin:utils cuic cors status\nCUIC CORS is enabled.\nadmin:utils cu");
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
        char *line = long_line(LINE_MAX_);
        pty_type(&p, line);
        pty_expect_end(&p, "x' is not known here\nadmin:");
        free(line);
        line = long_line(LINE_MAX_ + 1);
        pty_type(&p, line);
        pty_expect_end(&p, "x\nA line over 65536 bytes is no command\nadmin:");
        free(line);
        pty_try(&p, "utils cuic cors status\r",
                "admin:utils cuic cors status\nCUIC CORS is enabled.\nadmin:");
        end(&p);
    }
}
END_TEST

/* --- the end of a session --- */

static const struct ending_row {
    const char *name;
    const char *keys;
    const char *until; /* the screen's end before it goes on */
    const char *more;
} ending_rows[] = {
    {"at-the-prompt", "", "\nadmin:", ""},
    {"editing", "utils cu", "\nadmin:utils cu", ""},
    {"quoting", "utils", "\nadmin:utils", "\026"},
    {"in-a-sequence", "utils", "\nadmin:utils", "\033["},
    {"in-a-dialogue", DELETE "\r", QUESTION, ""},
    {"at-the-end-of-a-page", "help\r", PAGE_END, ""},
    {"in-a-command", "utils service restart " REPORTING "\r", "[STOPPING]\n", ""},
    {"stopped", "utils", "\nadmin:utils", "\023"},
};

/** Told to end, the shell does, and leaves the terminal as it was. */
START_TEST(told_to_end)
{
    const struct ending_row *row = &ending_rows[_i];
    static const int signals[] = {SIGTERM, SIGHUP};
    struct pty p;

    for (size_t i = 0; i < COUNT(signals); i++) {
        begin(&p);
        pty_type(&p, row->keys);
        p.mark = 0;
        pty_expect_end(&p, row->until);
        pty_type(&p, row->more);
        ck_assert_int_eq(kill(p.pid, signals[i]), 0);
        ck_assert_int_lt(pty_wait(&p), 4);
        ck_assert_msg(pty_is_restored(&p), "%s", row->name);
        pty_clear(&p);
    }
}
END_TEST

static void set_timeout(unsigned seconds)
{
    struct change by = {"test", "local", "test", 0, APPLY_ON_RESTART};
    struct config *c = NULL;
    struct store *s = NULL;
    struct diag why = {0, ""};

    ck_assert_msg(config_load(lab.config, &c, &why) == ERR_OK, "%s", why.text);
    ck_assert_msg(store_open(c, BUSY_MS, &s, &why) == ERR_OK, "%s", why.text);
    ck_assert_msg(store_set_cli_timeout(s, "cuicpub", seconds, &by, &why) == ERR_OK, "%s",
                  why.text);
    store_close(s);
    config_free(c);
}

/** Nobody types: the session ends by itself, wherever it was. */
START_TEST(idle)
{
    static const char *const keys[] = {"", "utils cu", DELETE "\r", "help\r"};
    struct pty p;

    set_timeout(1);
    for (size_t i = 0; i < COUNT(keys); i++) {
        begin(&p);
        pty_type(&p, keys[i]);
        pty_expect_end(&p, "\nThe session was idle for too long and is closed\n");
        ck_assert_int_lt(pty_wait(&p), 4);
        ck_assert(pty_is_restored(&p));
        pty_clear(&p);
    }
}
END_TEST

static TCase *new_case(const char *name, void (*set_up)(void))
{
    TCase *tc = tcase_create(name);

    tcase_set_timeout(tc, TIMEOUT_S);
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
    tcase_add_test(tc, typed_ahead);
    return tc;
}

static TCase *case_history(void)
{
    TCase *tc = new_case("history", state_set_up);

    tcase_add_test(tc, history);
    tcase_add_test(tc, no_history_in_a_dialogue);
    tcase_add_test(tc, history_file);
    tcase_add_test(tc, history_found);
    tcase_add_test(tc, history_refused);
    tcase_add_test(tc, history_bounded);
    return tc;
}

static TCase *case_screen(void)
{
    TCase *tc = new_case("screen", state_set_up);

    tcase_add_test(tc, pages);
    tcase_add_test(tc, pages_resized);
    tcase_add_test(tc, no_pages);
    tcase_add_test(tc, resized_while_editing);
    tcase_add_test(tc, long_lines);
    return tc;
}

static TCase *case_end(void)
{
    TCase *tc = new_case("end", set_up_slow);

    tcase_add_test(tc, interrupt_a_command);
    tcase_add_loop_test(tc, told_to_end, 0, (int)COUNT(ending_rows));
    tcase_add_test(tc, idle);
    return tc;
}

Suite *suite_typing(void)
{
    Suite *s = suite_create("typing");

    suite_add_tcase(s, case_keys());
    suite_add_tcase(s, case_history());
    suite_add_tcase(s, case_screen());
    suite_add_tcase(s, case_end());
    return s;
}
