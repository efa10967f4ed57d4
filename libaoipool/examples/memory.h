/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * memory - what this process has in memory.
 *
 * Frames of aoipool are shared or file pages: they count as RssShmem or
 * RssFile, malloc's as RssAnon; the resident size has all of them.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>

struct memory {
	uint64_t resident;	/* bytes; exact, the page tables are walked */
	uint64_t anon;
	uint64_t file;
	uint64_t shmem;
	uint64_t peak;		/* of the resident size, so far */
};

struct memory memory_now(void);

/* The resident size only: cheap, may lag by some pages a thread. */
uint64_t memory_resident(void);

/* What the host could give to somebody without swapping. */
uint64_t memory_available(void);

#endif
