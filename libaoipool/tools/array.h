/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* An array that grows: a pointer, NULL at first, and how many it has. */
#ifndef ARRAY_H
#define ARRAY_H

#include <stddef.h>

/**
 * array_add() - one more at the end
 * @array: address of the pointer
 * @nr: address of the number
 * @entry: what is copied there, of the type that the pointer points to
 *
 * The array is its owner's to free().  Return: 0; -ENOMEM, and it is unchanged.
 */
#define array_add(array, nr, entry)                                         \
	({                                                                  \
		__auto_type array_entry_ = (entry);                         \
		_Static_assert(sizeof(**(array)) == sizeof(*array_entry_),  \
			       "an entry of another type");                 \
		array_add_bytes((void **)(array), (nr), array_entry_,       \
				sizeof(*array_entry_));                     \
	})

int array_add_bytes(void **array, size_t *nr, const void *entry, size_t bytes);

#endif
