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

uint32_t self_tag(void)
{
	return ledger_who_tag(self.who);
}

void self_set_tag(uint32_t tag)
{
	self.who = ledger_who(ledger_who_tid(self.who), tag);
}
