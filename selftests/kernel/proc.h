/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What /proc and /sys say.  Numbers are -1 where a file or a field is missing,
 * so that a test that compares them fails instead of passing on nothing.
 */
#ifndef PROC_H
#define PROC_H

#include <stddef.h>
#include <sys/types.h>

#define PARAMETERS	"/sys/module/aoipool/parameters/"

/* Negative errno on failure. */
int file_write(const char *path, const char *text);
int file_write_long(const char *path, long value);
long file_read_long(const char *path);

long meminfo_kib(const char *field);
long node_meminfo_kib(int node, const char *field);
long vmstat(const char *field);

/* Sum of a field over the mappings that lie inside [@mem, @mem + @bytes). */
long smaps_kib(const void *mem, size_t bytes, const char *field);

/* Descriptors that this process has open. */
int fd_count(void);

/* The state letter of a process as ps shows it; 0 when it is gone. */
char process_state(pid_t pid);

/* Have every shrinker asked for all it has. */
int drop_slabs(void);

#endif /* PROC_H */
