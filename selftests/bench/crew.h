/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * crew - one or two threads, each on a CPU of its own, that begin together.
 * The caller is thread 0.
 */
#ifndef CREW_H
#define CREW_H

#include <stdint.h>

#define CREW_MAX	2

/*
 * Takes the first CPUs that the process may use.  Return: NULL, or why not.
 * The second thread begins to live at the first run, after heap_open().
 */
const char *crew_start(unsigned int threads);

/* The CPU of thread @n. */
int crew_cpu(unsigned int n);

/* In each further thread, once, before its first body. */
void crew_on_enter(void (*enter)(void));

/*
 * Runs @body in each thread.  Return: ns from the first one's begin to the last
 * one's end.
 */
uint64_t crew_run(void (*body)(unsigned int thread, uint64_t n), uint64_t n);

static inline void crew_pause(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

#endif
