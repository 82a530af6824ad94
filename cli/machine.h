#ifndef CUICSIM_CLI_MACHINE_H
#define CUICSIM_CLI_MACHINE_H

#include <stdbool.h>

/** What `show status` tells of the machine that the simulator runs on. All zero where /proc does
 *  not say. */
struct machine {
    unsigned long up_s;
    double load[3];
    double cpu[6]; /* percent since boot: idle, system, user, iowait, irq, soft irq */
    unsigned long total_kb, free_kb, cached_kb, shared_kb, buffers_kb; /* memory */
};
void machine_read(struct machine *ret);

/** A file system. */
struct machine_disk {
    unsigned long long total_kb, free_kb;
};
bool machine_read_disk(const char *path, struct machine_disk *ret);

#endif
