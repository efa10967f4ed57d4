/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "frame.h"

#include <errno.h>

#include "sys.h"

/*
 * The budget has promised a slab, so a scan that finds none was overtaken: a
 * slab behind it was given up and one before it taken.  Each such scan means
 * that another thread got on; so many in a row mean that somebody has scribbled
 * over the words.
 */
#define FRUITLESS_SCANS	(1U << 16)

int frame_get(struct slab_table *table, uint32_t node, struct slab *slab)
{
	uint32_t scans;
	int err;

	for (scans = 0; scans < FRUITLESS_SCANS; scans++) {
		err = slab_take(table, node, slab);
		if (err != -EAGAIN)
			return err;
		sys_yield();
	}
	return -EAGAIN;
}
