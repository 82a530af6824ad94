#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#define LINE_MAX_BYTES 256

/** The numbers of the first line that begins with `label`; zeros where there are none. */
static void read_numbers(const char *path, const char *label, double *ret, size_t n)
{
    FILE *f = fopen(path, "r");
    char line[LINE_MAX_BYTES];
    const char *at = NULL;

    for (size_t i = 0; i < n; i++)
        ret[i] = 0;
    while (f != NULL && at == NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, label, strlen(label)) == 0)
            at = line + strlen(label);
    for (size_t i = 0; at != NULL && i < n; i++) {
        char *end = NULL;
        ret[i] = strtod(at, &end);
        at = end == at ? NULL : end;
    }
    if (f != NULL)
        (void)fclose(f);
}

static unsigned long read_kb(const char *label)
{
    double kb = 0;

    read_numbers("/proc/meminfo", label, &kb, 1);
    return (unsigned long)kb;
}

static void read_cpu(struct machine *m)
{
    double t[7]; /* user, nice, system, idle, iowait, irq, softirq */
    double sum = 0;

    read_numbers("/proc/stat", "cpu ", t, 7);
    for (int i = 0; i < 7; i++)
        sum += t[i];
    const double shown[] = {t[3], t[2], t[0] + t[1], t[4], t[5], t[6]};
    for (int i = 0; i < 6; i++)
        m->cpu[i] = sum > 0 ? 100 * shown[i] / sum : 0;
}

void machine_read(struct machine *ret)
{
    double up = 0;

    read_numbers("/proc/uptime", "", &up, 1);
    ret->up_s = (unsigned long)up;
    read_numbers("/proc/loadavg", "", ret->load, 3);
    read_cpu(ret);
    ret->total_kb = read_kb("MemTotal:");
    ret->free_kb = read_kb("MemFree:");
    ret->cached_kb = read_kb("Cached:");
    ret->shared_kb = read_kb("Shmem:");
    ret->buffers_kb = read_kb("Buffers:");
}

bool machine_read_disk(const char *path, struct machine_disk *ret)
{
    struct statvfs v;

    if (statvfs(path, &v) != 0)
        return false;
    ret->total_kb = (unsigned long long)v.f_blocks * v.f_frsize / 1024;
    ret->free_kb = (unsigned long long)v.f_bavail * v.f_frsize / 1024;
    return true;
}
