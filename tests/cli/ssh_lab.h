#ifndef CUICSIM_TESTS_SSH_LAB_H
#define CUICSIM_TESTS_SSH_LAB_H

#include <stdbool.h>
#include <stddef.h>

#include "../support/lab.h"

#define SSH_TEXT_MAX 65536

/** Start a real sshd for the lab of the test (state.h), under the documented drop-in: hosts
 * cuicpub, cuicsub, finessep, and stranger, whose address is no node's; cuicpub-port and
 * cuicsub-port are told by their ports. It and the clients are the current user's.
 * @param account         as whom the current user comes in: "admin" or "trainee"
 * @param is_uncommented  with the lines of the drop-in that are to be uncommented where needed */
void ssh_start(const char *account, bool is_uncommented);

/** Stop it. Aborts the test when a shell is left behind. */
void ssh_stop(void);

const char *ssh_user_name(void);
unsigned ssh_port(void); /* the one in place of 22 */

/** Can sshd make terminals here? Says so on stderr when it cannot. */
bool ssh_has_terminals(void);

/** Run ssh, sftp or scp with words; `input` is its standard input, NULL for none. */
struct proc_result ssh_client(const char *program, const char *input, ...)
    __attribute__((sentinel));

/** A client that goes on; what came from the other side and was not awaited yet. */
struct ssh_session {
    struct proc p;
    char text[SSH_TEXT_MAX];
    size_t n;
};

/** @param option  -tt for a terminal on the other side, -T for none
 *  @param env     "NAME=value", added to the client's environment */
void ssh_begin(struct ssh_session *s, const char *option, const char *host, const char *env);

/** Read until this came; forget it, and what was before it. */
void ssh_expect(struct ssh_session *s, const char *want);
void ssh_type(struct ssh_session *s, const char *keys);

/** Wait for the end. @return the exit status */
int ssh_end(struct ssh_session *s);

/** How many shells run for this lab's clients. @param ret_pid  one of them */
size_t ssh_shells(char ret_pid[16]);
bool ssh_no_shell(void *unused); /* for test_until */

/** A file of /proc, whose size is not known beforehand. NULs stay. @return bytes, 0 when gone */
size_t ssh_read_proc(const char *pid, const char *name, char text[SSH_TEXT_MAX]);

#endif
