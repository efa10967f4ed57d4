/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Free memory by the size of its pieces, as /proc/buddyinfo lists it. */
#ifndef BUDDYINFO_H
#define BUDDYINFO_H

#include <stddef.h>
#include <stdint.h>

#define BUDDY_ORDERS	16

/* @pieces: free ones of 2^order pages */
struct buddy_zone {
	int node;
	char name[16];
	unsigned int nr_orders;
	uint64_t pieces[BUDDY_ORDERS];
};

/* Return: 0 and *@zones, to be freed by the caller; -ENOMEM. */
int buddyinfo_parse(const char *text, struct buddy_zone **zones, size_t *nr);

/* Free memory of a zone; and of that what lies in whole free 2 MiB. */
uint64_t buddy_free_bytes(const struct buddy_zone *zone, uint64_t page_bytes);
uint64_t buddy_huge_bytes(const struct buddy_zone *zone, uint64_t page_bytes);

#endif
