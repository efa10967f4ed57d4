/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "self.h"

#include "ledger_format.h"
#include "sys.h"

__thread struct self self __attribute__((tls_model("initial-exec")));

void self_learn(uint64_t process)
{
	self.who = ledger_who(sys_thread(), self_tag());
	self.process = process;
}

/*
 * The clock is a fifth of what a get and a put of a warm frame cost.  So many
 * looks in a row within one of its steps, of milliseconds, are no engine's gets,
 * but a storm; in that so many are left out.  What is got when it is over may be
 * noted too early, by a second at most.
 */
#define STORM	64

uint64_t self_look(void)
{
	uint64_t now = sys_coarse_ns();

	self.same = now == self.now_ns ? self.same + 1 : 0;
	self.skip = self.same >= STORM ? STORM : 0;
	self.now_ns = now;
	if (self.skip)
		self.second = sys_second();
	return now;
}

uint32_t self_tag(void)
{
	return ledger_who_tag(self.who);
}

void self_set_tag(uint32_t tag)
{
	self.who = ledger_who(ledger_who_tid(self.who), tag);
}
