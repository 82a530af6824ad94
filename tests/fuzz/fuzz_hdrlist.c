/* Names of a method or header list, separated by commas. */
#include "cors/hdrlist.h"
#include "fuzz.h"

#define NAMES_MAX 512

static void check_name(struct slice name)
{
    struct diag why = {0, ""};
    enum err e = hdrlist_check_name(name, &why);

    if (e == ERR_OK) {
        REQUIRE(name.n > 0 && name.n <= HDRLIST_NAME_MAX);
        REQUIRE(memchr(name.at, ',', name.n) == NULL && memchr(name.at, '\0', name.n) == NULL);
        return;
    }
    REQUIRE(e == ERR_SYNTAX || e == ERR_LIMIT);
    REQUIRE(why.offset <= name.n && why.text[0] != '\0' && is_harmless(why.text));
}

/** The position of a name in the list; its length when it is not there. */
static size_t position(const struct hdrlist *l, const char *name)
{
    size_t i = 0;

    while (i < hdrlist_count(l) && strcmp(hdrlist_at(l, i), name) != 0)
        i++;
    return i;
}

/** Every name is in the list once, is found, and in any case when it is a lower-case one. */
static void check_list(const struct hdrlist *l, const char *const *names, size_t n)
{
    size_t used = 0;
    const char *text = hdrlist_text(l);

    REQUIRE(hdrlist_count(l) <= n && (n == 0 || hdrlist_count(l) > 0));
    for (size_t i = 0; i < n; i++) {
        struct slice name = slice_of(names[i]);
        REQUIRE(position(l, names[i]) < hdrlist_count(l));
        REQUIRE(hdrlist_has(l, name));
        REQUIRE(ascii_has_upper(name) || hdrlist_has_nocase(l, name));
    }
    for (size_t i = 0; i < hdrlist_count(l); i++) {
        const char *name = hdrlist_at(l, i);
        REQUIRE(position(l, name) == i);
        REQUIRE(strncmp(text + used, name, strlen(name)) == 0);
        used += strlen(name);
        REQUIRE(text[used] == (i + 1 < hdrlist_count(l) ? ',' : '\0'));
        used++;
    }
}

static void check_upper(const struct hdrlist *l, const char *name)
{
    char upper[HDRLIST_NAME_MAX + 1];
    size_t n = strlen(name);

    if (n >= sizeof upper || ascii_has_upper(slice_of(name)))
        return;
    for (size_t i = 0; i <= n; i++)
        upper[i] = (char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - 'a' + 'A' : name[i]);
    REQUIRE(hdrlist_has_nocase(l, slice_of(upper)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = input_of(data, size);
    char *names[NAMES_MAX];
    size_t n = 0;
    struct hdrlist *l = NULL;

    while (rest.at != NULL && n < NAMES_MAX) {
        struct slice name = take_until(&rest, ',');
        check_name(name);
        names[n] = calloc(1, name.n + 1);
        REQUIRE(names[n] != NULL);
        if (name.n > 0)
            memcpy(names[n], name.at, name.n);
        n++;
    }
    REQUIRE(hdrlist_new((const char *const *)names, n, &l) == ERR_OK);
    check_list(l, (const char *const *)names, n);
    for (size_t i = 0; i < n; i++) {
        check_upper(l, names[i]);
        free(names[i]);
    }
    hdrlist_free(l);
    return 0;
}
