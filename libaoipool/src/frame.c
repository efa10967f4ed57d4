/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "frame.h"

#include <errno.h>

#include "sys.h"

int frame_get(struct slab_table *table, uint32_t node, struct slab *slab)
{
	uint32_t scans = slab_patience(table);
	int err;

	while (scans--) {
		err = slab_take(table, node, slab);
		if (err != -EAGAIN)
			return err;
		sys_yield();
	}
	return -EAGAIN;
}
