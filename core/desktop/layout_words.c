#include <string.h>

#include "base/form.h"
#include "layout.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Texts of a layout that stand for others: labels of Finesse's own, and the user's data in URLs. */

/** @source the labels of the documented default layout; the English texts of the desktop guide */
static const struct {
    const char *label, *text;
} labels[] = {
    {"finesse.container.tabs.agent.homeLabel", "Home"},
    {"finesse.container.tabs.agent.manageCallLabel", "Manage Call"},
    {"finesse.container.tabs.agent.myHistoryLabel", "My History"},
    {"finesse.container.tabs.agent.myStatisticsLabel", "My Statistics"},
    {"finesse.container.tabs.agent.moreLiveDataReportsLabel", "More Live Data Reports"},
    {"finesse.container.tabs.supervisor.homeLabel", "Home"},
    {"finesse.container.tabs.supervisor.manageCallLabel", "Manage Call"},
    {"finesse.container.tabs.supervisor.moreLiveDataReportsLabel", "More Live Data Reports"},
    {"finesse.container.tabs.supervisor.queueDataLabel", "Queue Data"},
    {"finesse.container.tabs.supervisor.teamDataLabel", "Team Data"},
};

struct slice layout_label(const struct layout_tab *t)
{
    for (size_t i = 0; i < COUNT(labels); i++)
        if (slice_is(t->label, labels[i].label))
            return slice_of(labels[i].text);
    return t->label;
}

static bool begins(struct slice s, const char *text)
{
    size_t n = strlen(text);

    return s.n >= n && memcmp(s.at, text, n) == 0;
}

bool layout_is_component(struct slice url)
{
    return begins(url, "/desktop/scripts/js/") || begins(url, "/desktop/gadgets/");
}

void layout_url(struct buf *to, struct slice url, const struct layout_user *user)
{
    /* UNVERIFIED: where in a URL the desktop replaces them; settled by a gadget that shows its own
     * URL. Longer words first: one is a part of another. */
    const struct {
        const char *word, *value;
    } words[] = {{"~loginId~", user->login_id},
                 {"~teams~", user->teams},
                 {"teamName", user->team_name},
                 {"loginId", user->login_id}};
    bool is_value = false;

    while (url.n > 0) {
        size_t n = 1;
        const char *value = NULL;
        for (size_t i = 0; is_value && value == NULL && i < COUNT(words); i++)
            if (begins(url, words[i].word)) {
                value = words[i].value;
                n = strlen(words[i].word);
            }
        if (url.at[0] == '=' || url.at[0] == '&' || url.at[0] == '?')
            is_value = url.at[0] == '=' || (is_value && url.at[0] == '?');
        if (value != NULL)
            (void)form_encode(to, slice_of(value));
        else
            (void)buf_putc(to, url.at[0]);
        url = (struct slice){url.at + n, url.n - n};
    }
}
