#include "traced.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD_MAX 65536
#define AT_ONCE  8

static sqlite3 *open_db(const struct lab *l)
{
    sqlite3 *db = NULL;
    const char *path = lab_path(l, "state/trace.db");

    if (access(path, R_OK) != 0)
        return NULL;
    ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    (void)sqlite3_busy_timeout(db, PROC_DEADLINE_MS);
    return db;
}

/** One row; NULL when there is none, or no such table yet. */
static sqlite3_stmt *ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q = NULL;

    if (db == NULL || sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
        return NULL;
    if (sqlite3_step(q) == SQLITE_ROW)
        return q;
    (void)sqlite3_finalize(q);
    return NULL;
}

static void close_db(sqlite3 *db, sqlite3_stmt *q)
{
    (void)sqlite3_finalize(q);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

long long traced_number(const struct lab *l, const char *sql)
{
    sqlite3 *db = open_db(l);
    sqlite3_stmt *q = ask(db, sql);
    long long n = q == NULL ? 0 : sqlite3_column_int64(q, 0);

    close_db(db, q);
    return n;
}

char *traced_bytes(const struct lab *l, const char *sql, size_t *ret_n)
{
    sqlite3 *db = open_db(l);
    sqlite3_stmt *q = ask(db, sql);
    char *bytes = NULL;

    if (q != NULL && sqlite3_column_type(q, 0) != SQLITE_NULL) {
        const void *at = sqlite3_column_blob(q, 0);
        size_t n = (size_t)sqlite3_column_bytes(q, 0);
        bytes = calloc(1, n + 1);
        ck_assert_ptr_nonnull(bytes);
        if (n > 0)
            memcpy(bytes, at, n);
        if (ret_n != NULL)
            *ret_n = n;
    }
    close_db(db, q);
    return bytes;
}

struct wait {
    const struct lab *lab;
    long long n;
};

static bool has_come(void *arg)
{
    const struct wait *w = arg;

    return traced_number(w->lab, "SELECT count(*) FROM exchange WHERE kind <> 'gap'") >= w->n;
}

void traced_wait(const struct lab *l, long long n)
{
    struct wait w = {l, n};

    char what[64];

    (void)snprintf(what, sizeof what, "%lld records", n);
    test_until(has_come, &w, what);
    ck_assert_int_eq(traced_number(l, "SELECT count(*) FROM exchange WHERE kind <> 'gap'"), n);
}

const char *traced_last(const struct lab *l, const char *column)
{
    static char text[AT_ONCE][4096];
    static size_t next;
    char sql[256];
    char *to = text[next++ % AT_ONCE];

    (void)snprintf(sql, sizeof sql,
                   "SELECT %s FROM exchange LEFT JOIN message USING (id) ORDER BY id DESC LIMIT 1",
                   column);
    char *bytes = traced_bytes(l, sql, NULL);
    (void)snprintf(to, sizeof text[0], "%s", bytes == NULL ? "(none)" : bytes);
    free(bytes);
    return to;
}

static size_t content_length(const char *head)
{
    static const char name[] = "\r\nContent-Length: ";
    const char *at = strstr(head, name);

    return at == NULL ? 0 : strtoul(at + strlen(name), NULL, 10);
}

char *traced_wire_head(struct wire *w, bool has_body)
{
    char *head = calloc(1, HEAD_MAX);
    size_t n = 0;

    ck_assert_ptr_nonnull(head);
    while (n < 4 || memcmp(head + n - 4, "\r\n\r\n", 4) != 0) {
        char *byte = wire_read_bytes(w, 1);
        if (byte == NULL) {
            free(head);
            return NULL;
        }
        ck_assert_uint_lt(n, HEAD_MAX - 1);
        head[n++] = *byte;
        free(byte);
    }
    if (has_body && content_length(head) > 0)
        free(wire_read_bytes(w, content_length(head)));
    return head;
}

char *traced_masked(char *head)
{
    static const char before[] = "JSESSIONID=";
    static const char mask[] = "[masked ~32]";
    char *at = strstr(head, before);

    if (at == NULL)
        return head;
    at += strlen(before);
    memcpy(at, mask, strlen(mask));
    memmove(at + strlen(mask), at + 32, strlen(at + 32) + 1);
    return head;
}
