// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * memory - populating 1 GiB and giving it back: the kernel's ways to do it, and
 * a pool of ours.  The mode names the way.  Settings of the host are looked at,
 * never changed.
 *
 * Populated is what is there and mapped, cleared, so that using it costs no
 * fault; ours is touched once a block for that.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array.h"
#include "bare.h"
#include "clock.h"
#include "ours.h"
#include "work.h"

#define PAGE	4096
#define BLOCK	((size_t)2 << 20)

#define FREE_HUGE_PAGES \
	"/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"

#define DEPOT_HIGH	"/sys/class/misc/aoipool/node0/depot_high_bytes"
/* The depot fills in the background, with what lies free. */
#define DEPOT_WAIT_MS	60000

/* 16 frames of 32 blocks; a pitch of 127 cache lines needs no padding. */
#define FRAMES		16
#define FRAME_BLOCKS	32
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

static char *raw, *area;	/* area: aligned, in what was mapped */
static int file = -1;
static struct aoipool_pool *pool;
static struct aoipool_slot frames[FRAMES];

/* Of the module, for what two processes do. */
static struct bare bare;
static pid_t owner;

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

static void touch_blocks(void)
{
	for (size_t at = 0; at < line->bytes; at += BLOCK)
		*(volatile char *)(area + at) = 1;
}

static void drop_all(void)
{
	if (madvise(area, line->bytes, MADV_DONTNEED))
		die("madvise fails");
}

static const char *open_anonymous(int advice)
{
	raw = mmap(NULL, line->bytes + BLOCK, PROT_READ | PROT_WRITE,
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

/* The whole of it anew each time, for it goes with its address space. */
static void map_and_touch(void)
{
	const char *reason = open_anonymous(MADV_HUGEPAGE);

	if (reason)
		die("%s", reason);
	touch_all();
}

static void unmap_all(void)
{
	if (munmap(raw, line->bytes + BLOCK))
		die("munmap fails");
}

static const char *open_unmapped(void)
{
	const char *reason = open_thp();

	if (!reason)
		unmap_all();
	return reason;
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

/* mmap() does not say when it could not: a touch would. */
static void map_file(void)
{
	area = mmap(NULL, line->bytes, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_POPULATE, file, 0);
	if (area == MAP_FAILED)
		die("mapping the memfd fails");
	touch_blocks();
}

static void punch_file(void)
{
	if (fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
		      (off_t)line->bytes))
		die("punching fails");
	munmap(area, line->bytes);
}

/* Of all nodes: the worker's is one of them, and not the only one that fills. */
static uint64_t depot_wanted(void)
{
	long nodes = 0;
	char path[64];

	do
		snprintf(path, sizeof(path), "/sys/devices/system/node/node%ld",
			 nodes);
	while (!access(path, F_OK) && ++nodes);
	return (uint64_t)(nodes ? nodes : 1) * line->bytes / BLOCK;
}

static void await_depot(void)
{
	for (int ms = 0; bare_info().depot_blocks < depot_wanted(); ms++) {
		if (ms == DEPOT_WAIT_MS)
			die("the depot has %llu blocks after %d s",
			    (unsigned long long)bare_info().depot_blocks,
			    DEPOT_WAIT_MS / 1000);
		usleep(1000);
	}
}

static long depot_high_blocks(void)
{
	return read_number(DEPOT_HIGH, "") / (long)BLOCK;
}

/*
 * A block that is charged to a cgroup comes from the page allocator, which clears
 * it where it runs with init_on_alloc: then the depot helps in the root cgroup
 * only, where nothing is charged (kmod/charge.c).
 */
static const char *depot_missing(void)
{
	long high = depot_high_blocks();

	if (high < (long)(line->bytes / BLOCK)) {
		snprintf(note, sizeof(note),
			 "needs a depot of %zu blocks a node, the module keeps %ld",
			 line->bytes / BLOCK, high < 0 ? 0 : high);
		return note;
	}
	return NULL;
}

static bool in_root_cgroup(void)
{
	char text[256] = "";
	FILE *stream = fopen("/proc/self/cgroup", "re");
	bool root = stream && fgets(text, sizeof(text), stream) &&
		    !strcmp(text, "0::/\n");

	if (stream)
		fclose(stream);
	return root;
}

/* What a populate of the module's is made of. */
static void note_depot(void)
{
	size_t used = strlen(note);

	snprintf(note + used, sizeof(note) - used,
		 ", depot of %ld blocks a node, charged to %s",
		 depot_high_blocks(),
		 in_root_cgroup() ? "nobody" : "a cgroup");
}

static const char *open_pool(void)
{
	struct aoipool_attr *attr = ours_attr(way->mode);
	const char *reason;

	ours_check(aoipool_attr_set_frame(attr, FRAME_WIDTH, FRAME_HEIGHT,
					  AOIPOOL_PIXEL_MONO8, FRAMES),
		   "attr");
	reason = ours_open(attr, &pool);
	if (reason)
		return reason;
	snprintf(note, sizeof(note), "%s", aoipool_pool_provider_reason(pool));
	if (!strcmp(way->mode, "kernel"))
		note_depot();
	return NULL;
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
	for (unsigned int i = 0; i < FRAMES; i++) {
		area = frames[i].ptr;
		for (size_t at = 0; at < line->bytes / FRAMES; at += BLOCK)
			*(volatile char *)(area + at) = 1;
	}
	check_resident(line->bytes);
}

static void put_and_trim(void)
{
	for (unsigned int i = 0; i < FRAMES; i++)
		ours_check(aoipool_put(pool, frames[i].ref), "put");
	ours_check(aoipool_pool_trim(pool, SIZE_MAX, NULL), "trim");
	check_resident(0);
}

/*
 * The owner of a pool, in a process of its own: each time that it is told to go
 * on it fills the pool, parks all of it and stops.
 */
__attribute__((noreturn)) static void own(void)
{
	struct bare mine;

	bare_join(&mine, &bare);
	bare_map_words(&mine);
	bare_map_data(&mine);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		raise(SIGSTOP);
		bare_claim(&mine);
		bare_populate(&mine, FRAMES);
		bare_touch(&mine);
		bare_park(&mine);
	}
}

static void await_stop(void)
{
	int status;

	if (waitpid(owner, &status, WUNTRACED) != owner || !WIFSTOPPED(status))
		die("the owner of the pool is gone");
}

static const char *open_stopped(void)
{
	const char *reason = bare_open(&bare, FRAMES, FRAME_BLOCKS);

	if (reason)
		return reason;
	owner = fork();
	if (owner == 0)
		own();
	if (owner < 0)
		die("fork: %s", strerror(errno));
	await_stop();
	snprintf(note, sizeof(note),
		 "parked by a process that is stopped, trimmed by another");
	return NULL;
}

static void let_owner_fill(void)
{
	kill(owner, SIGCONT);
	await_stop();
}

static void trim_stopped(void)
{
	uint64_t freed = bare_trim(&bare);

	if (freed != FRAMES * FRAME_BLOCKS)
		die("%llu blocks were given back, not %d",
		    (unsigned long long)freed, FRAMES * FRAME_BLOCKS);
}

static const struct way ways[] = {
	{ "anon-4k", open_small, touch_all, drop_all },
	{ "anon-thp", open_thp, touch_all, drop_all },
	{ "thp-munmap", open_unmapped, map_and_touch, unmap_all },
	{ "hugetlb", open_hugetlb, map_file, punch_file },
	{ "user", open_pool, get_frames, put_and_trim },
	{ "kernel", open_pool, get_frames, put_and_trim },
	{ "stopped", open_stopped, let_owner_fill, trim_stopped },
};

static const char *open_way(const struct line *chosen, const char *mode)
{
	const char *reason;

	line = chosen;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(ways[i].mode, mode))
			way = &ways[i];
	if (!way)
		die("no way \"%s\"", mode);
	reason = line->kind == LINE_POPULATE_WARM ? depot_missing() : NULL;
	return reason ? reason : way->open();
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

/* Before each populate, and after the last: the others want a calm machine. */
static void refill(void)
{
	if (line->kind == LINE_POPULATE_WARM && pool)
		await_depot();
}

static double run(uint64_t units)
{
	uint64_t spent[2] = { 0 };

	warm_up();
	for (uint64_t i = 0; i < units; i++) {
		refill();
		spent[0] += time_of(way->populate);
		spent[1] += time_of(way->give_back);
	}
	refill();
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
