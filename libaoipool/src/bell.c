/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A descriptor for poll().  Only a getter that went away empty-handed arms it,
 * so that a put costs a load and no system call while nobody polls.
 */
#include "bell.h"

#include "sys.h"

int bell_init(struct bell *bell)
{
	int fd = sys_eventfd();

	*bell = (struct bell){ .fd = fd };
	return fd < 0 ? fd : 0;
}

void bell_exit(struct bell *bell)
{
	sys_close(bell->fd);
	bell->fd = -1;
}

void bell_arm(struct bell *bell)
{
	uint64_t rings;

	sys_read(bell->fd, &rings, sizeof(rings));
	__atomic_store_n(&bell->armed, 1, __ATOMIC_SEQ_CST);
}

void bell_ring(struct bell *bell)
{
	const uint64_t one = 1;

	if (!__atomic_load_n(&bell->armed, __ATOMIC_SEQ_CST))
		return;
	if (__atomic_exchange_n(&bell->armed, 0, __ATOMIC_SEQ_CST))
		sys_write(bell->fd, &one, sizeof(one));
}
