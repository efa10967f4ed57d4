// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "cpus.h"

#include <ctype.h>
#include <stdlib.h>

void cpus_add(struct cpus *cpus, unsigned int cpu)
{
	if (cpu < CPUS_MAX)
		cpus->bits[cpu / 64] |= 1ULL << cpu % 64;
}

bool cpus_has(const struct cpus *cpus, unsigned int cpu)
{
	return cpu < CPUS_MAX && cpus->bits[cpu / 64] >> cpu % 64 & 1;
}

bool cpus_meet(const struct cpus *a, const struct cpus *b)
{
	for (unsigned int i = 0; i < CPUS_MAX / 64; i++)
		if (a->bits[i] & b->bits[i])
			return true;
	return false;
}

void cpus_parse(struct cpus *cpus, const char *list)
{
	unsigned long first, last;
	char *end;

	*cpus = (struct cpus){ 0 };
	while (isdigit((unsigned char)*list)) {
		first = last = strtoul(list, &end, 10);
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last && first < CPUS_MAX; first++)
			cpus_add(cpus, first);
		list = *end == ',' ? end + 1 : end;
	}
}
