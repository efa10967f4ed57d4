/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The ledgers of all processes that the caller may look into. */
#ifndef LEDGERS_H
#define LEDGERS_H

#include <sys/types.h>

#include "sample.h"

/**
 * ledgers_take() - fill in what a sample has of ledgers
 * @wanted: SAMPLE_LEDGERS, SAMPLE_CUSTODY
 *
 * Return: 0; a negative errno value: what is there already stays.
 */
int ledgers_take(struct sample *sample, unsigned int wanted);

/* The same of one process; that it has ended is no error. */
int ledgers_take_of(struct sample *sample, unsigned int wanted, pid_t pid);

#endif
