/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* table - the report for people. */
#ifndef TABLE_H
#define TABLE_H

#include "host.h"
#include "result.h"

void table_print(const struct report *report, const struct host *host);

/** One line that says how @result stands, for the progress. */
void table_progress(const struct result *result);

#endif
