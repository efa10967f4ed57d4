/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef BELL_H
#define BELL_H

#include <stdbool.h>
#include <stdint.h>

/* A descriptor that becomes readable once, after it was armed. */
struct bell {
	int fd;
	uint32_t wanted;	/* somebody has asked for the descriptor */
	uint32_t armed;
};

int bell_init(struct bell *bell);
void bell_exit(struct bell *bell);

/* Make it silent and wait for the next ring; look again afterwards. */
void bell_arm(struct bell *bell);
/* Ring if armed. */
void bell_ring(struct bell *bell);

static inline bool bell_armed(const struct bell *bell)
{
	return __atomic_load_n(&bell->armed, __ATOMIC_SEQ_CST);
}

#endif
