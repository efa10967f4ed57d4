/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* board-set - the different boards of a run, from a folder or generated. */
#ifndef BOARD_SET_H
#define BOARD_SET_H

#include "board.h"
#include "skips.h"

struct board_set {
	struct board *boards;
	size_t nr;
	uint32_t widest;	/* pixels */
	uint32_t highest;
	bool each;		/* decode anew each time a board is used */
	struct skips *skips;
};

struct board_limits {
	uint32_t width;		/* a board must fit the panel */
	uint32_t height;
};

/*
 * Boards of a folder: N_temp.* and N_test.*, and N.txt if there is one.  What
 * is not usable goes to set->skips and is left out.
 * Return: 0, also for a folder without a usable board; -EBADMSG with @why when
 * the folder cannot be listed; -ENOMEM.
 */
int board_set_load(struct board_set *set, const char *folder,
		   struct board_limits limits, struct complaint *why);

/* @nr boards drawn from @seed. */
int board_set_generate(struct board_set *set, size_t nr, uint64_t seed);

/* Write the set as PGM pairs with annotations.  Return: 0; -EBADMSG, @why. */
int board_set_save(const struct board_set *set, const char *folder,
		   struct complaint *why);

void board_set_free(struct board_set *set);

#endif
