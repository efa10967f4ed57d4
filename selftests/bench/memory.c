// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * memory - populating 1 GiB and giving it back: the kernel's ways to do it, and
 * a pool of ours.  The mode names the way.  Settings of the host are looked at,
 * never changed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "array.h"
#include "clock.h"
#include "ours.h"
#include "work.h"

#define PAGE	4096
#define BLOCK	((size_t)2 << 20)

#define FREE_HUGE_PAGES \
	"/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"

/* 16 frames of 32 blocks; a pitch of 127 cache lines needs no padding. */
#define FRAMES		16
#define FRAME_WIDTH	8128
#define FRAME_HEIGHT	8256

#ifndef MFD_HUGE_2MB
#define MFD_HUGE_2MB	(21U << 26)
#endif

struct way {
	const char *mode;
	const char *(*open)(void);
	void (*populate)(void);
	void (*give_back)(void);
};

static const struct line *line;
static const struct way *way;
static char note[256];

static char *area;
static int file = -1;
static struct aoipool_pool *pool;
static struct aoipool_slot frames[FRAMES];

static long read_number(const char *path, const char *key)
{
	char text[256];
	long value = -1;
	FILE *stream = fopen(path, "re");

	if (!stream)
		return -1;
	while (value < 0 && fgets(text, sizeof(text), stream))
		if (!strncmp(text, key, strlen(key)))
			value = strtol(text + strlen(key), NULL, 10);
	fclose(stream);
	return value;
}

static void touch_all(void)
{
	for (size_t at = 0; at < line->bytes; at += PAGE)
		*(volatile char *)(area + at) = 1;
}

static void drop_all(void)
{
	if (madvise(area, line->bytes, MADV_DONTNEED))
		die("madvise fails");
}

static const char *open_anonymous(int advice)
{
	char *raw = mmap(NULL, line->bytes + BLOCK, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (raw == MAP_FAILED)
		return "no address space";
	area = raw + (-(uintptr_t)raw & (BLOCK - 1));
	if (madvise(area, line->bytes, advice))
		return "this kernel has no transparent huge pages";
	return NULL;
}

static const char *open_small(void)
{
	return open_anonymous(MADV_NOHUGEPAGE);
}

/* Huge pages may be switched off, or none be left: then it is no such line. */
static const char *open_thp(void)
{
	const char *reason = open_anonymous(MADV_HUGEPAGE);
	long huge_kib;

	if (reason)
		return reason;
	touch_all();
	huge_kib = read_number("/proc/self/smaps_rollup", "AnonHugePages:");
	drop_all();
	if (huge_kib < (long)(line->bytes >> 11))
		return "the host gives no transparent huge pages";
	snprintf(note, sizeof(note), "%ld %% in huge pages",
		 huge_kib * 100 / (long)(line->bytes >> 10));
	return NULL;
}

static const char *open_hugetlb(void)
{
	long wanted = (long)(line->bytes / BLOCK);
	long have = read_number(FREE_HUGE_PAGES, "");

	if (have < wanted) {
		snprintf(note, sizeof(note),
			 "needs %ld free huge pages of hugetlb, the host has %ld",
			 wanted, have < 0 ? 0 : have);
		return note;
	}
	file = memfd_create("bench", MFD_HUGETLB | MFD_HUGE_2MB);
	if (file < 0 || ftruncate(file, (off_t)line->bytes))
		return "no hugetlb memfd";
	return NULL;
}

static void allocate_file(void)
{
	if (fallocate(file, 0, 0, (off_t)line->bytes))
		die("fallocate fails");
}

static void punch_file(void)
{
	if (fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
		      (off_t)line->bytes))
		die("punching fails");
}

static const char *open_pool(void)
{
	struct aoipool_attr *attr = ours_attr(way->mode);
	const char *reason;

	ours_check(aoipool_attr_set_frame(attr, FRAME_WIDTH, FRAME_HEIGHT,
					  AOIPOOL_PIXEL_MONO8, FRAMES),
		   "attr");
	reason = ours_open(attr, &pool);
	if (!reason)
		snprintf(note, sizeof(note), "%s",
			 aoipool_pool_provider_reason(pool));
	return reason;
}

/* A pool that did nothing would be the fastest. */
static void check_resident(size_t wanted)
{
	struct aoipool_stats stats = { .size = sizeof(stats) };
	int err = aoipool_pool_stats(pool, &stats);

	if (err || stats.resident_bytes != wanted)
		die("the pool has %zu bytes, not %zu",
		    (size_t)stats.resident_bytes, wanted);
}

static void get_frames(void)
{
	ours_check(aoipool_get_many(pool, frames, FRAMES, 0), "get_many");
	check_resident(line->bytes);
}

static void put_and_trim(void)
{
	for (unsigned int i = 0; i < FRAMES; i++)
		ours_check(aoipool_put(pool, frames[i].ref), "put");
	ours_check(aoipool_pool_trim(pool, SIZE_MAX, NULL), "trim");
	check_resident(0);
}

static const struct way ways[] = {
	{ "anon-4k", open_small, touch_all, drop_all },
	{ "anon-thp", open_thp, touch_all, drop_all },
	{ "hugetlb", open_hugetlb, allocate_file, punch_file },
	{ "user", open_pool, get_frames, put_and_trim },
	{ "kernel", open_pool, get_frames, put_and_trim },
};

static const char *open_way(const struct line *chosen, const char *mode)
{
	line = chosen;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(ways[i].mode, mode))
			way = &ways[i];
	if (!way)
		die("no way \"%s\"", mode);
	return way->open();
}

static uint64_t time_of(void (*step)(void))
{
	uint64_t start = clock_ns();

	step();
	return clock_ns() - start;
}

/*
 * Once before the clock runs: a virtual machine's host may have taken back what
 * this kernel had free, and would be measured instead (1.3 s a GiB was seen).
 */
static void warm_up(void)
{
	way->populate();
	way->give_back();
}

static double run(uint64_t units)
{
	uint64_t spent[2] = { 0 };

	warm_up();
	for (uint64_t i = 0; i < units; i++) {
		spent[0] += time_of(way->populate);
		spent[1] += time_of(way->give_back);
	}
	return (double)spent[line->kind == LINE_RETURN] / (double)units;
}

static const char *what(void)
{
	return note;
}

const struct work work = {
	.open = open_way,
	.run = run,
	.note = what,
};
