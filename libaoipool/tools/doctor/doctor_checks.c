// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The groups of checks, the host's first. */
#include "check.h"

#include <stddef.h>

const struct check *const check_groups[] = {
	checks_oom,	 checks_host,  checks_huge,  checks_module,
	checks_growth,	 checks_resident, checks_maps, checks_pages,
	checks_node,	 checks_limits, checks_cgroup, checks_pool,
	NULL,
};
