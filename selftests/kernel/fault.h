/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults on demand: the kernel's fault injection, by /proc/thread-self/fail-nth.
 * What fails is one allocation (slab or pages) or one copy from or to the user, of
 * the calling thread only.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

/* Only a debug kernel has it. */
bool fault_is_there(void);

/*
 * Every allocation may fail, also those that may wait; nothing is logged of it.
 * Return: 0 or a negative errno.
 */
int fault_arm(void);

/* The @nth place from now on where something may fail does, @nth at least 1. */
int fault_at(unsigned int nth);
/* No more of it.  Return: whether it has come; a negative errno. */
int fault_over(void);

#endif /* FAULT_H */
