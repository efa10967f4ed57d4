// SPDX-License-Identifier: GPL-2.0-only
#include "proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t done;
	int err;

	if (fd < 0)
		return -errno;
	done = write(fd, text, strlen(text));
	err = done < 0 ? -errno : 0;
	close(fd);
	return err;
}

int file_write_long(const char *path, long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", value);
	return file_write(path, text);
}

/* The first number after @field, in the first line that holds it as a word. */
static long field_read(const char *path, const char *field)
{
	FILE *file = fopen(path, "re");
	size_t length = strlen(field);
	char line[256];
	long value = -1;

	if (!file)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), file)) {
		char *at = strstr(line, field);

		if (at && (at == line || at[-1] == ' ') && strchr(": \n", at[length]))
			value = strtol(at + length + strspn(at + length, ": "), NULL, 10);
	}
	fclose(file);
	return value;
}

long file_read_long(const char *path)
{
	FILE *file = fopen(path, "re");
	long value = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &value) != 1)
		value = -1;
	fclose(file);
	return value;
}

long meminfo_kib(const char *field)
{
	return field_read("/proc/meminfo", field);
}

long node_meminfo_kib(int node, const char *field)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/meminfo", node);
	return field_read(path, field);
}

long vmstat(const char *field)
{
	return field_read("/proc/vmstat", field);
}

/* A line of smaps that opens a mapping: "start-end perms ...". */
static bool smaps_range(const char *line, uintptr_t *start, uintptr_t *end)
{
	unsigned long from, to;
	char perm;

	if (sscanf(line, "%lx-%lx %c", &from, &to, &perm) != 3)
		return false;
	*start = from;
	*end = to;
	return true;
}

long smaps_kib(const void *mem, size_t bytes, const char *field)
{
	uintptr_t first = (uintptr_t)mem, last = first + bytes, start, end;
	FILE *file = fopen("/proc/self/smaps", "re");
	size_t length = strlen(field);
	bool inside = false;
	char line[512];
	long sum = -1;

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (smaps_range(line, &start, &end))
			inside = start >= first && end <= last;
		else if (inside && !strncmp(line, field, length) && line[length] == ':')
			sum = (sum < 0 ? 0 : sum) + strtol(line + length + 1, NULL, 10);
	}
	fclose(file);
	return sum;
}

int fd_count(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	if (!dir)
		return -1;
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

char process_state(pid_t pid)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(file);
	return state;
}

int drop_slabs(void)
{
	const char *path = "/proc/sys/vm/drop_caches";
	/* 4 keeps the kernel from logging who did it. */
	int err = file_write(path, "4");

	return err ? err : file_write(path, "2");
}
