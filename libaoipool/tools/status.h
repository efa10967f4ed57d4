/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What 'aoipoolctl status' tells, as a screen or as JSON. */
#ifndef STATUS_H
#define STATUS_H

#include "holding.h"
#include "sample.h"
#include "tunable.h"
#include "user_process.h"

/**
 * struct status - what there is
 * @sample: with everything but slabs
 * @module_version: "" where not known
 * @users: processes with pools of the user provider
 * @holdings: of each process what it has of each pool, the largest first
 */
struct status {
	struct sample sample;
	char module_version[TUNABLE_BYTES];
	struct user_processes users;
	struct holdings holdings;
};

/* Return: 0, and status_free() is the caller's to call; a negative errno value. */
int status_take(struct status *status);

void status_free(struct status *status);

/* At most 23 lines of 80 columns, and a prompt below. */
void status_print(const struct status *status);

/* Return: 0; a negative errno value. */
int status_print_json(const struct status *status);

#endif
