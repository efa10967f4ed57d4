/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* callgrind - instructions, which no noise of the host changes. */
#ifndef CALLGRIND_H
#define CALLGRIND_H

#include <stdint.h>

#include "variant.h"

/** Return: instructions of one pair of @variant; 0 when it cannot be told. */
uint64_t callgrind_pair(const struct variant *variant, const char *folder);

#endif
