/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The calling thread as notes have it: its number, its tag, and what time it is.
 */
#ifndef SELF_H
#define SELF_H

#include <stdint.h>

#include "refspace.h"
#include "sys.h"

/* Initial exec: a note is written at each get, and that must not call. */
struct self {
	uint64_t process;	/* @who is of; a fork()ed child's threads differ */
	uint64_t who;		/* as struct ledger_note has it, node and gen 0 */
	uint64_t now_ns;	/* the coarse clock at the last look, */
	uint64_t second;	/* and the wall clock's second then */
	uint32_t same;		/* looks in a row that found it unchanged */
	uint32_t skip;		/* looks to be left out */
};

extern __thread struct self self __attribute__((tls_model("initial-exec")));

/* Asks the kernel. */
void self_learn(uint64_t process);

/* For who has a pool open. */
static inline uint64_t self_who(void)
{
	uint64_t now = __atomic_load_n(
		__atomic_load_n(&refspace_process, __ATOMIC_RELAXED),
		__ATOMIC_RELAXED);

	if (__builtin_expect(self.process != now, 0))
		self_learn(now);
	return self.who;
}

/* Looks at the clock. */
uint64_t self_look(void);

/*
 * What the coarse clock says; or, for who asks so often that it says the same
 * again and again, what it said a moment ago, and never in another second.
 */
static inline uint64_t self_now_ns(void)
{
	if (!self.skip || self.second != sys_second())
		return self_look();
	self.skip--;
	return self.now_ns;
}

uint32_t self_tag(void);
void self_set_tag(uint32_t tag);

#endif
