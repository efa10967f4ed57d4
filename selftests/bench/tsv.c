// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <errno.h>
#include <stdio.h>

#include "tsv.h"

static void write_cell(FILE *file, const struct line *line, const char *name,
		       const struct cell *cell)
{
	fprintf(file, "%s\t%s\t%.3f\t%.3f\t%.3f\t", line->name, name,
		cell->median, cell->min, cell->max);
	if (cell->ratio > 0)
		fprintf(file, "%.6f", cell->ratio);
	fputc('\n', file);
}

int tsv_write(const struct report *report, const char *path)
{
	FILE *file = fopen(path, "we");
	int bad;

	if (!file)
		return -errno;
	fputs("line\tvariant\tmedian_ns\tmin_ns\tmax_ns\tratio_to_best_peer\n",
	      file);
	for (unsigned int n = 0; n < report->nr; n++)
		for (unsigned int i = 0; i < nr_variants; i++)
			if (report->results[n].cells[i].state == CELL_DONE)
				write_cell(file, report->results[n].line,
					   variants[i].name,
					   &report->results[n].cells[i]);
	bad = ferror(file);
	return fclose(file) || bad ? -EIO : 0;
}
