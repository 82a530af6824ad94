#include "xml_write.h"

#include "base/form.h"

#define DEPTH_MAX 16 /* of our own trees */

static void add_value(struct buf *to, const json_t *value)
{
    if (json_is_string(value))
        (void)form_escape(to, (struct slice){json_string_value(value), json_string_length(value)});
    else if (json_is_integer(value))
        (void)buf_printf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_boolean(value))
        (void)buf_puts(to, json_is_true(value) ? "true" : "false");
}

static void add_attributes(struct buf *to, json_t *element)
{
    const char *name = NULL;
    json_t *value = NULL;

    json_object_foreach(element, name, value)
    {
        if (name[0] != '@')
            continue;
        (void)buf_printf(to, " %s=\"", name + 1);
        add_value(to, value);
        (void)buf_putc(to, '"');
    }
}

static void add_start(struct buf *to, const char *name, json_t *value)
{
    (void)buf_printf(to, "<%s", name);
    add_attributes(to, value);
    (void)buf_putc(to, '>');
}

static void add_element(struct buf *to, const char *name, json_t *value, unsigned depth);

static void add_children(struct buf *to, json_t *object, unsigned depth)
{
    const char *name = NULL;
    json_t *value = NULL;

    json_object_foreach(object, name, value)
    {
        if (name[0] == '@')
            continue;
        if (!json_is_array(value))
            add_element(to, name, value, depth);
        for (size_t i = 0; i < json_array_size(value); i++)
            add_element(to, name, json_array_get(value, i), depth);
    }
}

static void add_element(struct buf *to, const char *name, json_t *value, unsigned depth)
{
    if (depth == 0)
        return;
    add_start(to, name, value);
    if (json_is_object(value))
        add_children(to, value, depth - 1);
    else
        add_value(to, value);
    (void)buf_printf(to, "</%s>", name);
}

enum err xml_write(struct buf *to, json_t *tree)
{
    (void)buf_puts(to, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
    add_children(to, tree, DEPTH_MAX);
    return to->state;
}
