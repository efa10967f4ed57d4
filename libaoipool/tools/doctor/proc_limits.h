/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What a process may have, as /proc/PID/limits lists it. */
#ifndef PROC_LIMITS_H
#define PROC_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * proc_limits_soft() - the soft limit of one line
 * @name: "Max open files"
 * @value: out; UINT64_MAX: unlimited
 *
 * Return: whether there is such a line.
 */
bool proc_limits_soft(const char *text, const char *name, uint64_t *value);

#endif
