/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A process with pools of the user provider, and what it has. */
#ifndef USER_PROCESS_H
#define USER_PROCESS_H

#include <stddef.h>
#include <stdint.h>

#include "kinds.h"
#include "sample.h"

struct user_process {
	uint32_t pid;
	char comm[16];
	unsigned int level;	/* the highest that its pools were told */
	unsigned int nr_pools;
	struct kinds kinds;
};

struct user_processes {
	struct user_process *rows;
	size_t nr;
};

/**
 * user_processes_make() - those of a sample with SAMPLE_LEDGERS, who has most
 *	comes first
 *
 * Return: 0, and user_processes_free() is the caller's to call; -ENOMEM.
 */
int user_processes_make(struct user_processes *processes,
			const struct sample *sample);

void user_processes_free(struct user_processes *processes);

/* What the user provider has no means for, one a line; ends with NULL. */
extern const char *const user_process_lacks[];

#endif
