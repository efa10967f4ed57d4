/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The calling thread as notes have it: its number and its tag.
 */
#ifndef SELF_H
#define SELF_H

#include <stdint.h>

#include "refspace.h"

/* Initial exec: a note is written at each get, and that must not call. */
struct self {
	uint64_t process; /* @who is of; a fork()ed child's threads differ */
	uint64_t who; /* as struct ledger_note has it, node and gen 0 */
};

extern __thread struct self self __attribute__((tls_model("initial-exec")));

/* Asks the kernel. */
void self_learn(uint64_t process);

/* For who has a pool open. */
static inline uint64_t self_who(void)
{
	uint64_t now = __atomic_load_n(__atomic_load_n(&refspace_process,
						       __ATOMIC_RELAXED),
				       __ATOMIC_RELAXED);

	if (__builtin_expect(self.process != now, 0))
		self_learn(now);
	return self.who;
}

uint32_t self_tag(void);
void self_set_tag(uint32_t tag);

#endif
