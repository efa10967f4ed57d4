/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Content that says whose it is: words made from a seed and their place, so
 * that a slot that was lost, doubled, shifted or torn does not pass.
 */
#ifndef SELFTESTS_LIB_PATTERN_H
#define SELFTESTS_LIB_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Wholly; @bytes need not be a multiple of anything. */
void pattern_write(void *ptr, size_t bytes, uint64_t seed);
bool pattern_intact(const void *ptr, size_t bytes, uint64_t seed);

/* One word a page and the last one: enough to see a page that went. */
void pattern_sprinkle(void *ptr, size_t bytes, uint64_t seed);
bool pattern_sprinkled(const void *ptr, size_t bytes, uint64_t seed);

/* The same for a part: what was sprinkled from @from to @to. */
bool pattern_sprinkled_in(const void *ptr, size_t bytes, uint64_t seed,
			  size_t from, size_t to);
/* Where sprinkled words were, there is now 0. */
bool pattern_zero_in(const void *ptr, size_t bytes, size_t from, size_t to);

bool all_zero(const void *ptr, size_t bytes);

#endif
