// SPDX-License-Identifier: GPL-2.0-only
#include "content.h"

#include <setjmp.h>
#include <signal.h>

#define PAGE		4096
#define PAGE_WORDS	(PAGE / sizeof(__u64))

static __thread sigjmp_buf touch_env;

void stamp_write(void *mem, size_t bytes, __u64 stamp)
{
	volatile __u64 *word = mem;

	for (size_t i = 0; i < bytes / sizeof(*word); i += PAGE_WORDS)
		word[i] = stamp;
}

bool stamp_is(const void *mem, size_t bytes, __u64 stamp)
{
	const volatile __u64 *word = mem;

	for (size_t i = 0; i < bytes / sizeof(*word); i += PAGE_WORDS)
		if (word[i] != stamp)
			return false;
	return true;
}

void pattern_fill(void *mem, size_t bytes, __u64 pattern)
{
	__u64 *word = mem;

	for (size_t i = 0; i < bytes / sizeof(*word); i++)
		word[i] = pattern;
}

bool pattern_is(const void *mem, size_t bytes, __u64 pattern)
{
	const __u64 *word = mem;
	__u64 differs = 0;

	for (size_t i = 0; i < bytes / sizeof(*word); i++)
		differs |= word[i] ^ pattern;
	return !differs;
}

static void touch_signal(int signal)
{
	siglongjmp(touch_env, signal);
}

static void touch_begin(struct sigaction old[2])
{
	struct sigaction action = { .sa_handler = touch_signal };

	sigaction(SIGBUS, &action, &old[0]);
	sigaction(SIGSEGV, &action, &old[1]);
}

static void touch_end(const struct sigaction old[2])
{
	sigaction(SIGBUS, &old[0], NULL);
	sigaction(SIGSEGV, &old[1], NULL);
}

int touch_read(const void *mem, unsigned char *byte)
{
	struct sigaction old[2];
	int signal;

	touch_begin(old);
	signal = sigsetjmp(touch_env, 1);
	if (!signal)
		*byte = *(const volatile unsigned char *)mem;
	touch_end(old);
	return signal;
}

int touch_write(void *mem, unsigned char byte)
{
	struct sigaction old[2];
	int signal;

	touch_begin(old);
	signal = sigsetjmp(touch_env, 1);
	if (!signal)
		*(volatile unsigned char *)mem = byte;
	touch_end(old);
	return signal;
}
