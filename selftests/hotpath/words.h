/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The slab words of this process's one pool on the kernel provider, seen past
 * the library.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdint.h>
#include <linux/types.h>

struct words {
	const __u64 *word;
	uint32_t nr;
	uint32_t slab_blocks;
};

/* Return: 0; -ENODEV: no descriptor of this process is a pool's. */
int words_map(struct words *words);
void words_unmap(struct words *words);

/*
 * The held slabs whose word names another node than their first page is on.
 * @data: where slab 0 begins.
 */
uint32_t words_that_lie(const struct words *words, char *data);
uint32_t words_held(const struct words *words);

#endif /* WORDS_H */
