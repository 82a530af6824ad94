#include "lab.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct lab_settings lab_article(const struct node *n, enum service service)
{
    static const char *const publisher[] = {
        "https://finessep.uccelab.tac",
        "https://finessep.uccelab.tac:8445",
        "https://finesses.uccelab.tac",
        "https://finesses.uccelab.tac:8445",
    };
    static const char *const subscriber[] = {
        "https://finessep.uccelab.tac",
        "https://finesses.uccelab.tac",
        "https://finesses.uccelab.tac:8445",
    };

    if (service == SERVICE_FINESSE)
        return lab_factory(n, service);
    if (n->is_publisher) /* CUIC and Live Data are listed alike */
        return (struct lab_settings){CORS_ENABLED, publisher, COUNT(publisher)};
    return (struct lab_settings){CORS_ENABLED, subscriber, COUNT(subscriber)};
}

struct lab_settings lab_factory(const struct node *n, enum service service)
{
    (void)n;
    if (service == SERVICE_FINESSE)
        return (struct lab_settings){CORS_ENABLED_ALL, NULL, 0};
    return (struct lab_settings){CORS_DISABLED, NULL, 0};
}
