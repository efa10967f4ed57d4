// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* latency - each line is written by one call, and is there at once. */
#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "engine.h"
#include "latency.h"
#include "report.h"

int latency_open(struct latency *latency, const char *path,
		 struct complaint *why)
{
	if (!path)
		return 0;
	latency->file = fopen(path, "we");
	if (latency->file)
		return 0;
	complain(why, "%.120s: %s", path, strerror(errno));
	return -EBADMSG;
}

void latency_close(struct latency *latency)
{
	if (latency->file)
		fclose(latency->file);
	latency->file = NULL;
}

static void sum(struct meters *sum, const struct engine *engine)
{
	*sum = (struct meters){ 0 };
	for (unsigned int n = 0; n < engine->options.threads; n++)
		for (int meter = 0; meter < METERS; meter++)
			histogram_merge(&sum->of[meter],
					&engine->inspectors[n].meters->of[meter]);
}

/* Other programs, and people, go by the time of the day. */
static uint64_t time_of_day_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void write_line(FILE *file, const char *name,
		       const struct histogram *of)
{
	fprintf(file,
		"{\"time_ns\":%" PRIu64 ",\"meter\":\"%s\",\"count\":%" PRIu64
		",\"p50_ns\":%" PRIu64 ",\"p99_ns\":%" PRIu64
		",\"max_ns\":%" PRIu64 "}\n",
		time_of_day_ns(), name, (uint64_t)of->count,
		histogram_percentile(of, 50), histogram_percentile(of, 99),
		histogram_percentile(of, 100));
	fflush(file);
}

void latency_look(struct latency *latency, const struct engine *engine,
		  uint64_t now)
{
	if (!latency->file || now < latency->next_line)
		return;
	latency->next_line = now + NS_PER_S;
	sum(&latency->now, engine);
	for (int meter = 0; meter < METERS; meter++) {
		histogram_between(&latency->between, &latency->before.of[meter],
				  &latency->now.of[meter]);
		if (latency->between.count)
			write_line(latency->file, report_meter_names[meter],
				   &latency->between);
	}
	latency->before = latency->now;
}
