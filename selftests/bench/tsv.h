/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* tsv - the report for programs: one measurement a row, tabs between. */
#ifndef TSV_H
#define TSV_H

#include "result.h"

/** Return: 0; -errno. */
int tsv_write(const struct report *report, const char *path);

#endif
