/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#define MAX_NODES	64

/* "Field:   123 kB" at the start of a line of @text, in bytes. */
static int64_t field_bytes(const char *text, const char *field)
{
	const char *at = text_line(text, field);

	return at && *at == ':' ? strtoll(at + 1, NULL, 10) << 10 : -ENODATA;
}

int host_memory(struct host_memory *memory)
{
	char text[512];	/* both stand in the first lines */
	int err = text_read("/proc/meminfo", text, sizeof(text));
	int64_t total, available;

	if (err)
		return err;
	total = field_bytes(text, "MemTotal");
	available = field_bytes(text, "MemAvailable");
	if (total <= 0 || available < 0)
		return -ENODATA;
	memory->total_bytes = total;
	memory->available_bytes = available;
	return 0;
}

/* "0-3,5" of which 0 to 63 count. */
static uint64_t parse_list(const char *text)
{
	unsigned long first, last;
	uint64_t mask = 0;
	char *end;

	while (*text >= '0' && *text <= '9') {
		first = last = strtoul(text, &end, 10);
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last && first < 64; first++)
			mask |= 1ULL << first;
		text = *end == ',' ? end + 1 : end;
	}
	return mask;
}

uint64_t host_nodes(void)
{
	char text[1024];
	uint64_t mask = 0;

	if (!text_read("/sys/devices/system/node/has_memory", text,
		       sizeof(text)))
		mask = parse_list(text);
	return mask ? mask : 1;
}

uint32_t host_cpus_online(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? n : 1;
}

/* "0-255": what the kernel has room for, also where fewer are there. */
uint32_t host_cpus_possible(void)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);
	const char *last;
	char text[1024];

	if (!text_read("/sys/devices/system/cpu/possible", text,
		       sizeof(text))) {
		last = text + strcspn(text, "\n");
		while (last > text && last[-1] >= '0' && last[-1] <= '9')
			last--;
		if (strtol(last, NULL, 10) >= n)
			n = strtol(last, NULL, 10) + 1;
	}
	return n > 0 ? n : 1;
}

/* Its folder names the CPUs that are off as well; its lists leave them out. */
static void mark_cpus(const char *path, uint8_t *nodes, uint32_t n, uint8_t node)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	unsigned int cpu;
	char rest;

	if (!folder)
		return;
	while ((entry = readdir(folder)))
		if (sscanf(entry->d_name, "cpu%u%c", &cpu, &rest) == 1 && cpu < n)
			nodes[cpu] = node;
	closedir(folder);
}

void host_cpu_nodes(uint8_t *nodes, uint32_t n)
{
	char path[64];
	uint32_t node;

	memset(nodes, 0, n);
	for (node = 1; node < MAX_NODES; node++) {
		snprintf(path, sizeof(path), "/sys/devices/system/node/node%u",
			 node);
		mark_cpus(path, nodes, n, node);
	}
}

/* Adds up the lines of one mapping, from its header line on. */
static int64_t sum_huge(FILE *smaps)
{
	static const char *const fields[] = { "ShmemPmdMapped",
					      "FilePmdMapped" };
	int64_t sum = 0, bytes;
	char line[512];
	size_t i;

	while (fgets(line, sizeof(line), smaps) && strncmp(line, "VmFlags", 7))
		for (i = 0; i < 2; i++) {
			bytes = field_bytes(line, fields[i]);
			sum += bytes > 0 ? bytes : 0;
		}
	return sum;
}

int64_t host_huge_bytes(const void *start)
{
	FILE *smaps = fopen("/proc/self/smaps", "re");
	int64_t sum = -ENOENT;
	char line[512], header[32];
	size_t n;

	if (!smaps)
		return -errno;
	n = snprintf(header, sizeof(header), "%lx-", (unsigned long)start);
	while (sum < 0 && fgets(line, sizeof(line), smaps))
		if (!strncmp(line, header, n))
			sum = sum_huge(smaps);
	fclose(smaps);
	return sum;
}
