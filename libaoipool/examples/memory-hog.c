// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * memory-hog - another program on the inspection host that needs memory.
 *
 *	memory-hog TOTAL_MIB STEP_MIB STEP_MS HOLD_MS
 *
 * Takes memory step by step and writes to every page of it, keeps all of it for
 * a while, ends.  Says on standard output what it has and when (by
 * CLOCK_MONOTONIC), so that a log shows how far it came.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define PAGE_BYTES	4096
#define MIB		((size_t)1 << 20)

static void sleep_ms(long ms)
{
	struct timespec span = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&span, NULL);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Different bytes on every page: nothing can be merged or compressed away. */
static int take(size_t bytes)
{
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("memory-hog: mmap");
		return -1;
	}
	for (size_t at = 0; at < bytes; at += PAGE_BYTES)
		*(size_t *)(memory + at) = (size_t)memory + at;
	return 0;
}

static long number(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end || value < 0) {
		fprintf(stderr, "memory-hog: \"%s\" is not a number\n", text);
		exit(1);
	}
	return value;
}

static int grow(size_t total, size_t step, long step_ms)
{
	double start = seconds();

	for (size_t have = 0; have < total; have += step) {
		if (total - have < step)
			step = total - have;
		if (take(step * MIB))
			return -1;
		printf("memory-hog: %zu MiB after %.1f s, at %.3f\n",
		       have + step, seconds() - start, seconds());
		fflush(stdout);
		sleep_ms(step_ms);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 5 || number(argv[2]) == 0) {
		fputs("Usage: memory-hog TOTAL_MIB STEP_MIB STEP_MS HOLD_MS\n",
		      stderr);
		return 1;
	}
	if (grow((size_t)number(argv[1]), (size_t)number(argv[2]),
		 number(argv[3])))
		return 1;
	sleep_ms(number(argv[4]));
	puts("memory-hog: done");
	return 0;
}
