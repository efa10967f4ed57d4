// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * clear - clearing huge pages that have left the caches, one after the other:
 * memset(), and the instructions from which the module chooses (kmod/clear.c).
 * The mode names the way.
 */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "array.h"
#include "crew.h"
#include "work.h"

#define PAGE	4096
#define LINE	64
#define BLOCK	((size_t)2 << 20)

struct way {
	const char *mode;
	const char *(*missing)(void);	/* NULL, or why this CPU cannot */
	void (*clear)(void *start, unsigned long bytes);
};

static const struct line *line;
static const struct way *way;
static char *area;

static const char *missing_nothing(void)
{
	return NULL;
}

static void clear_memset(void *start, unsigned long bytes)
{
	memset(start, 0, bytes);
	__asm__ volatile("" : : "r"(start) : "memory");
}

#ifdef __x86_64__
#include <cpuid.h>
#include <emmintrin.h>

#include "clear_x86.h"

static const char *missing_stosb(void)
{
	unsigned int eax, ebx, ecx, edx;

	if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) &&
	    (ebx & 1U << 9 || edx & 1U << 4))
		return NULL;
	return "this CPU has neither ERMS nor FSRM";
}

static const char *missing_clzero(void)
{
	unsigned int eax, ebx, ecx, edx;

	if (__get_cpuid(0x80000008, &eax, &ebx, &ecx, &edx) && ebx & 1)
		return NULL;
	return "this CPU has no clzero";
}

static void clear_stosb_pages(void *start, unsigned long bytes)
{
	for (unsigned long at = 0; at < bytes; at += PAGE)
		aoipool_clear_stosb((char *)start + at, PAGE);
}

/* Past the caches, by the widest store that needs no FPU. */
static void clear_nt(void *start, unsigned long bytes)
{
	long long *word = start, *end = word + bytes / sizeof(*word);

	for (; word < end; word++)
		_mm_stream_si64(word, 0);
	_mm_sfence();
}

#define X86_WAY(mode, missing, clear)	{ mode, missing, clear }
#else
static const char *missing_x86(void)
{
	return "an instruction of x86-64";
}

#define X86_WAY(mode, missing, clear)	{ mode, missing_x86, NULL }
#endif

static const struct way ways[] = {
	{ "memset", missing_nothing, clear_memset },
	X86_WAY("stosb-4k", missing_stosb, clear_stosb_pages),
	X86_WAY("stosb-2m", missing_stosb, aoipool_clear_stosb),
	X86_WAY("clzero", missing_clzero, aoipool_clear_clzero),
	X86_WAY("nt", missing_nothing, clear_nt),
};

/* Transparent huge pages, as far as the host gives them. */
static const char *map_area(void)
{
	char *raw = mmap(NULL, line->bytes + BLOCK, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (raw == MAP_FAILED)
		return "no memory";
	area = raw + (-(uintptr_t)raw & (BLOCK - 1));
	madvise(area, line->bytes, MADV_HUGEPAGE);
	return NULL;
}

/* A way that cleared nothing would be the fastest. */
static void check_way(void)
{
	memset(area, 0xa5, line->bytes);
	for (size_t at = 0; at < line->bytes; at += BLOCK)
		way->clear(area + at, BLOCK);
	for (size_t at = 0; at < line->bytes; at++)
		if (area[at])
			die("byte %zu is not cleared", at);
}

static const char *open_way(const struct line *chosen, const char *mode)
{
	const char *reason;

	line = chosen;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(ways[i].mode, mode))
			way = &ways[i];
	if (!way)
		die("no way \"%s\"", mode);
	reason = way->missing();
	if (!reason)
		reason = map_area();
	if (!reason)
		check_way();
	return reason;
}

static void read_block(const char *block)
{
	for (size_t at = 0; at < BLOCK; at += LINE)
		(void)*(const volatile char *)(block + at);
}

/* Each thread goes round in its own part of the area. */
static void clear_blocks(unsigned int thread, uint64_t n)
{
	const size_t blocks = line->bytes / BLOCK / line->threads;
	static size_t next[CREW_MAX];
	char *part = area + thread * blocks * BLOCK;

	while (n--) {
		char *block = part + next[thread]++ % blocks * BLOCK;

		way->clear(block, BLOCK);
		if (line->kind == LINE_CLEAR_READ)
			read_block(block);
	}
}

static double run(uint64_t units)
{
	return (double)crew_run(clear_blocks, units) / (double)units;
}

static const char *what(void)
{
	return "";
}

const struct work work = {
	.open = open_way,
	.run = run,
	.note = what,
};
