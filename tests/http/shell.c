#include "shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct proc shell_open(const struct lab *l)
{
    const char *argv[] = {"cuicsim-cli", "-c", l->config, "-n", "cuicsub", NULL};

    return proc_start(argv, l->options);
}

bool shell_say(struct proc *shell, const char *command)
{
    char line[512];
    int n = snprintf(line, sizeof line, "%s\n", command);

    return write(shell->in, line, (size_t)n) == n;
}

void shell_await(struct proc *shell, const char *text)
{
    char *line;

    while ((line = proc_read_line(shell)) != NULL) {
        bool is_it = strstr(line, text) != NULL;
        free(line);
        if (is_it)
            return;
    }
    ck_abort_msg("the shell ended without '%s': %s", text, proc_stderr(shell));
}

void shell_close(struct proc *shell)
{
    int status = proc_wait(shell);

    ck_assert_msg(status == 0, "the shell ended with %d", status);
}
