// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "process.h"
#include "test.h"

#define PAGE	((size_t)4096)

/* Two seconds in all: an emulated machine may do something else first. */
#define TRIES	2000
#define WAIT_US	1000

static size_t entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void count_mappings(struct footprint *footprint)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end, inode;
	char line[512];

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %*s %*s %*s %lu", &start, &end,
			   &inode) != 3 || !inode)
			continue;
		footprint->mappings++;
		footprint->address_bytes += end - start;
	}
	fclose(maps);
}

struct footprint process_footprint(void)
{
	struct footprint footprint = {
		.descriptors = entries("/proc/self/fd"),
		.threads = entries("/proc/self/task"),
	};

	count_mappings(&footprint);
	return footprint;
}

/*
 * A thread that was joined is listed until the kernel has buried it, and that
 * is a moment later; one that was forgotten stays.
 */
struct footprint process_footprint_after(const struct footprint *before)
{
	struct footprint after = process_footprint();

	for (int i = 0; after.threads > before->threads && i < TRIES; i++) {
		usleep(WAIT_US);
		after = process_footprint();
	}
	return after;
}

size_t process_resident(const void *ptr, size_t bytes)
{
	static unsigned char pages[16384];
	size_t n = (bytes + PAGE - 1) / PAGE, resident = 0;

	assert_true(n <= sizeof(pages));
	assert_ok(mincore((void *)ptr, bytes, pages) ? -errno : 0);
	for (size_t i = 0; i < n; i++)
		resident += (pages[i] & 1) * PAGE;
	return resident;
}

bool process_unmapped(const void *ptr)
{
	unsigned char page;
	void *start = (void *)((uintptr_t)ptr & ~(PAGE - 1));

	return mincore(start, PAGE, &page) && errno == ENOMEM;
}

size_t process_smaps(const void *ptr, const char *field)
{
	FILE *smaps = fopen("/proc/self/smaps", "re");
	unsigned long start, end, kb = 0;
	bool inside = false;
	char line[512];

	assert_non_null(smaps);
	while (fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			inside = start <= (uintptr_t)ptr &&
				 (uintptr_t)ptr < end;
		else if (inside && !strncmp(line, field, strlen(field)) &&
			 sscanf(line, "%*[^:]: %lu kB", &kb) == 1)
			break;
	}
	fclose(smaps);
	return (size_t)kb << 10;
}
