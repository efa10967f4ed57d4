/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * generator - draws boards from a seed, so that the engine runs where no
 * pictures are: tracks, pads and vias, and on the inspected board defects of
 * all six types, grey noise and ragged edges as a camera sees them.
 */
#ifndef GENERATOR_H
#define GENERATOR_H

#include "board.h"

#define GENERATOR_SIDE 640

struct generator_defects {
	struct annotation list[16];
	size_t nr;
};

/*
 * The same seed draws the same pixels and the same defects, on any machine.
 * Return: 0, and @pictures is the caller's; -ENOMEM, leaving what was drawn in
 * @pictures.  @defects may be NULL.
 */
int generator_draw(uint64_t seed, struct board_pictures *pictures,
		   struct generator_defects *defects);

#endif
