// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* memory - read from /proc. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"

/* The value of "KEY:  N kB" in @path, as bytes; 0 if it is not there. */
static uint64_t read_kib(const char *path, const char *key)
{
	FILE *file = fopen(path, "re");
	size_t length = strlen(key);
	uint64_t kib = 0;
	char line[256];

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, length) || line[length] != ':')
			continue;
		if (sscanf(line + length + 1, "%" SCNu64, &kib) != 1)
			kib = 0;
		break;
	}
	fclose(file);
	return kib * 1024;
}

uint64_t memory_resident(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	uint64_t pages = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%*u %" SCNu64, &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t memory_available(void)
{
	return read_kib("/proc/meminfo", "MemAvailable");
}

struct memory memory_now(void)
{
	static const char status[] = "/proc/self/status";
	struct memory memory = {
		.resident = read_kib("/proc/self/smaps_rollup", "Rss"),
		.anon = read_kib(status, "RssAnon"),
		.file = read_kib(status, "RssFile"),
		.shmem = read_kib(status, "RssShmem"),
		.peak = read_kib(status, "VmHWM"),
	};

	if (!memory.resident)
		memory.resident = memory_resident();
	/* the kernel's peak lags as its cheap counters do */
	if (memory.peak < memory.resident)
		memory.peak = memory.resident;
	return memory;
}
