/* SPDX-License-Identifier: GPL-2.0-only */
/* Clearing a block, by the fastest way that the CPU has. */
#ifndef AOIPOOL_CLEAR_H
#define AOIPOOL_CLEAR_H

struct page;

void aoipool_clear_block(struct page *block);

void aoipool_clear_init(void);

#endif /* AOIPOOL_CLEAR_H */
