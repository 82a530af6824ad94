#ifndef CUICSIM_CLI_PIN_H
#define CUICSIM_CLI_PIN_H

#include "base/diag.h"
#include "base/err.h"

/** The only file of the shell that knows certificates. */

#define PIN_TEXT 45 /* bytes of a SHA-256 in base64, with the terminator */

/** The hash of a certificate's public key (SubjectPublicKeyInfo, DER) as Chromium's
 *  --ignore-certificate-errors-spki-list wants it.
 * @param path  PEM; the first certificate counts
 * @return ERR_OK, ERR_IO, ERR_TLS, ERR_NOMEM */
enum err pin_of_file(const char *path, char ret[PIN_TEXT], struct diag *why);

#define PIN_NAME 17 /* bytes of a name that nobody guesses, with the terminator */

/** @return ERR_OK, ERR_IO */
enum err pin_random_name(char ret[PIN_NAME], struct diag *why);

#endif
