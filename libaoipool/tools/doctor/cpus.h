/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Sets of CPUs or nodes, as the kernel lists them: "0-3,8". */
#ifndef CPUS_H
#define CPUS_H

#include <stdbool.h>
#include <stdint.h>

#define CPUS_MAX	8192

struct cpus {
	uint64_t bits[CPUS_MAX / 64];
};

/* What is beyond CPUS_MAX, or no number, is left out. */
void cpus_parse(struct cpus *cpus, const char *list);

void cpus_add(struct cpus *cpus, unsigned int cpu);
bool cpus_has(const struct cpus *cpus, unsigned int cpu);
bool cpus_meet(const struct cpus *a, const struct cpus *b);

#endif
