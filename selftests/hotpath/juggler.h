/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ordinary user of a pool: one thread that gets and puts at random, one
 * slot and several, and looks at every answer.
 */
#ifndef JUGGLER_H
#define JUGGLER_H

#include <stddef.h>
#include <stdint.h>

#include <aoipool.h>

#define JUGGLER_HOLD	48	/* slots it has at most */

struct juggler {
	struct aoipool_pool *pool;
	uint64_t mark;
	unsigned int random;
	unsigned int trim_turns;	/* trims once in so many; 0: never */
	unsigned long turns;
	unsigned long gets;	/* slots */
	unsigned long wrong;
	size_t n;
	struct aoipool_slot slots[JUGGLER_HOLD];
};

/*
 * @number: unique among those who share the pool, which has room for all that
 * they may hold: none of them may be told that it is exhausted
 */
void juggler_init(struct juggler *juggler, struct aoipool_pool *pool,
		  unsigned int number);
void juggler_turn(struct juggler *juggler);
/* Puts what it has; what it saw go wrong in all its turns. */
unsigned long juggler_end(struct juggler *juggler);

#endif /* JUGGLER_H */
