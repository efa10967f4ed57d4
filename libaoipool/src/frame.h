/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A slab is a slot.  The slab word is all there is: its generation is the
 * ref's, park is put.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdint.h>

#include "slab.h"

/* Return: as object_get(). */
int frame_get(struct slab_table *table, uint32_t node, struct slab *slab);

#endif
