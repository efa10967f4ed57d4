/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "here.h"

#include "sys.h"

struct here here_ask(struct here_nodes *nodes)
{
	struct here here;

	sys_here(&here.cpu, &here.node);
	if (here.cpu < HERE_CPUS && here.node < UINT8_MAX)
		__atomic_store_n(&nodes->known[here.cpu], here.node + 1,
				 __ATOMIC_RELAXED);
	return here;
}
