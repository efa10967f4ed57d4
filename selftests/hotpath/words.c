// SPDX-License-Identifier: GPL-2.0-only
#include "words.h"

#include <errno.h>
#include <linux/aoipool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "node.h"

#define MAX_FD	256

/* The library keeps its descriptor to itself, and there is no other pool. */
static int find(struct aoipool_pool_info *info)
{
	int fd;

	for (fd = 0; fd < MAX_FD; fd++) {
		*info = (struct aoipool_pool_info){ .size = sizeof(*info) };
		if (!ioctl(fd, AOIPOOL_POOL_INFO, info))
			return fd;
	}
	return -ENODEV;
}

static size_t bytes(const struct words *words)
{
	size_t page = 4096;

	return (words->nr * sizeof(*words->word) + page - 1) / page * page;
}

int words_map(struct words *words)
{
	struct aoipool_pool_info info;
	int fd = find(&info);
	void *map;

	if (fd < 0)
		return fd;
	words->nr = info.nr_slabs;
	words->slab_blocks = info.slab_blocks;
	map = mmap(NULL, bytes(words), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   (off_t)info.layout.words_offset);
	if (map == MAP_FAILED)
		return -errno;
	words->word = map;
	return 0;
}

void words_unmap(struct words *words)
{
	munmap((void *)words->word, bytes(words));
}

static __u64 load(const struct words *words, uint32_t slab)
{
	return __atomic_load_n(&words->word[slab], __ATOMIC_ACQUIRE);
}

uint32_t words_that_lie(const struct words *words, char *data)
{
	size_t slab_bytes = (size_t)words->slab_blocks * AOIPOOL_BLOCK_BYTES;
	uint32_t slab, lies = 0;
	__u64 word;

	for (slab = 0; slab < words->nr; slab++) {
		word = load(words, slab);
		if (aoipool_word_state(word) != AOIPOOL_SLAB_HELD)
			continue;
		lies += node_of_policy(data + slab * slab_bytes) !=
			(int)aoipool_word_node(word);
	}
	return lies;
}

uint32_t words_held(const struct words *words)
{
	uint32_t slab, held = 0;

	for (slab = 0; slab < words->nr; slab++)
		held += aoipool_word_state(load(words, slab)) ==
			AOIPOOL_SLAB_HELD;
	return held;
}
