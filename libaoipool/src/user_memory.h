/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The user provider's memory: one memfd, mapped once, in blocks that can be
 * brought and given back one by one.  Knows nothing of slabs.
 */
#ifndef USER_MEMORY_H
#define USER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum user_pages {
	USER_PAGES_HUGETLB,	/* from the host's pool of huge pages */
	USER_PAGES_COLLAPSED,	/* made huge one block at a time */
	USER_PAGES_SMALL,	/* 4 KiB */
};

struct user_memory {
	int fd;
	unsigned char *data;		/* 2 MiB aligned */
	size_t bytes;
	enum user_pages pages;
	bool verified;			/* smaps has shown the huge pages */
	bool many_nodes;
};

/* Return: 0; -ENOMEM: no address space; what memfd_create() says. */
int user_memory_open(struct user_memory *memory, size_t bytes);
void user_memory_close(struct user_memory *memory);

/* In a fork()ed child, where the mapping is not. */
void user_memory_abandon(struct user_memory *memory);

/* Where blocks that are brought from now on are to be; once for a whole slab. */
void user_memory_prefer(struct user_memory *memory, size_t block, size_t blocks,
			uint32_t node);

/**
 * user_memory_bring() - one block, zeroed, its memory there
 * @small: set when it came in 4 KiB pages though huge ones were wanted
 *
 * Return: 0; -ENOMEM, and the block has no memory.
 */
int user_memory_bring(struct user_memory *memory, size_t block, bool *small);

/* Afterwards the blocks read as zeroes and cost nothing. */
int user_memory_punch(struct user_memory *memory, size_t block, size_t blocks);

#endif
