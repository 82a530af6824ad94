#ifndef CUICSIM_BASE_LOG_H
#define CUICSIM_BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/** The level is one of the program's two global variables: set once, before threads start. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/** One line to stderr, "level: text", written with a single call so that threads do not mix.
 *  Control bytes in the text are shown as '?'. */
void log_write(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
