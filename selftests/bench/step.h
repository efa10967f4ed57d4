/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* step - instructions of a pair, counted one by one on the real processor. */
#ifndef STEP_H
#define STEP_H

#include <stdint.h>

#include "variant.h"

/** Return: instructions of one pair of @variant; 0 when it cannot be told. */
uint64_t step_pair(const struct variant *variant, const char *folder);

#endif
