/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Clearing memory by single instructions of x86-64, without the FPU.  Nothing of
 * the kernel is in here: selftests/bench measures what the module runs.
 */
#ifndef AOIPOOL_CLEAR_X86_H
#define AOIPOOL_CLEAR_X86_H

/* What clzero clears: a cache line, which has 64 bytes wherever there is one. */
#define AOIPOOL_CLZERO_BYTES	64

/* One string instruction; an interrupt finds it restartable. */
static inline void aoipool_clear_stosb(void *start, unsigned long bytes)
{
	asm volatile("rep stosb"
		     : "+D" (start), "+c" (bytes)
		     : "a" (0)
		     : "memory");
}

/*
 * By whole cache lines, which are neither read first nor kept in the cache.
 * Such stores are weakly ordered, hence the fence: whoever is given the memory
 * next must find it cleared.
 */
static inline void aoipool_clear_clzero(void *start, unsigned long bytes)
{
	char *line = start, *end = line + bytes;

	for (; line < end; line += AOIPOOL_CLZERO_BYTES)
		asm volatile("clzero" : : "a" (line) : "memory");
	asm volatile("sfence" : : : "memory");
}

#endif /* AOIPOOL_CLEAR_X86_H */
