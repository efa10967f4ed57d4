// SPDX-License-Identifier: GPL-2.0-only
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "hog.h"
#include "node.h"

#include <sys/mman.h>
#include <unistd.h>

/* Small enough that a watcher hears of progress well within its limit. */
#define STEP	(16UL << 20)
#define PAGE	4096

void *hog_eat(size_t bytes)
{
	char *mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED)
		return NULL;
	for (size_t at = 0; at < bytes; at += PAGE)
		mem[at] = 1;
	return mem;
}

static int eat(int sock, void *arg)
{
	const struct hog *hog = arg;

	if (oom_volunteer())
		return 1;
	if (hog->node >= 0 && node_bind_self(hog->node))
		return 1;
	for (size_t eaten = 0; eaten < hog->bytes; eaten += STEP) {
		if (!hog_eat(STEP))
			return 1;
		child_tell(sock, 's');
	}
	child_tell(sock, 'd');
	return child_expect(sock, 'q') ? 1 : 0;
}

int hog_start(struct hog *hog, size_t bytes, int node)
{
	hog->bytes = bytes;
	hog->node = node;
	return child_start(&hog->child, eat, hog);
}

int hog_await(struct hog *hog)
{
	char word = 's';
	int err = 0;

	while (!err && word == 's')
		err = child_hear(hog->child.sock, &word);
	return err;
}

int hog_end(struct hog *hog)
{
	child_tell(hog->child.sock, 'q');
	return child_wait(&hog->child);
}
