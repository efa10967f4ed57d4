/* SPDX-License-Identifier: GPL-2.0-only */
/* Clearing a block, by the fastest way that the CPU has. */
#ifndef AOIPOOL_CLEAR_H
#define AOIPOOL_CLEAR_H

#include <linux/types.h>

struct page;

/* The names of all modes, with what is between them */
#define AOIPOOL_CLEAR_LIST_BYTES	32

void aoipool_clear_block(struct page *block);

int aoipool_clear_choose(const char *name);
const char *aoipool_clear_chosen(void);
void aoipool_clear_list(char *text, size_t bytes);

int aoipool_clear_init(void);

#endif /* AOIPOOL_CLEAR_H */
