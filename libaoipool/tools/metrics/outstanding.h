/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What is out of a process's pool, of all threads and nodes together. */
#ifndef OUTSTANDING_H
#define OUTSTANDING_H

#include <stddef.h>
#include <stdint.h>

#include "sample.h"

struct outstanding {
	uint32_t pid;
	uint64_t pool; /* of the process */
	uint64_t count;
	uint64_t bytes;
	uint64_t oldest_ns;
	uint64_t ages[AOIPOOL_AGES];
	const char *name; /* of the pool; the sample's, as is the tag */
	const char *tag;
};

enum outstanding_by {
	OUTSTANDING_BY_POOL, /* @tag is the first that was found */
	OUTSTANDING_BY_TAG,
};

/**
 * outstanding_list() - add up the custody of a sample
 *
 * Return: 0, and *@list is the caller's to free(), before the sample; -ENOMEM.
 */
int outstanding_list(struct outstanding **list, size_t *nr,
		     const struct sample *sample, enum outstanding_by by);

#endif
