// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* record - each line is written by one call, so that threads do not mix them. */
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "engine.h"
#include "record.h"

#define SAMPLE_NS	(200 * NS_PER_MS)

static double seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

/* Return: NULL with the reason in @why. */
static FILE *open_one(const char *folder, const char *name, const char *title,
		      struct complaint *why)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "we");
	if (!file) {
		complain(why, "%.120s: %s", path, strerror(errno));
		return NULL;
	}
	fprintf(file, "%s\n", title);
	fflush(file);
	return file;
}

static int open_all(struct record *record, const char *folder,
		    struct complaint *why)
{
	record->series = open_one(
		folder, "series.csv",
		"time_s,phase,level,resident_bytes,heap_bytes,available_bytes,boards,minor_faults,major_faults,given_back_bytes",
		why);
	if (!record->series)
		return -EBADMSG;
	record->gets = open_one(folder, "gets.csv",
				"time_s,panel,get_ns,get_touch_ns", why);
	if (!record->gets)
		return -EBADMSG;
	record->results = open_one(
		folder, "results.csv",
		"panel,tile,board,calls,found,typed,false_calls,pixels", why);
	if (!record->results)
		return -EBADMSG;
	record->events = open_one(folder, "events.csv",
				  "time_s,event,level,bytes", why);
	return record->events ? 0 : -EBADMSG;
}

int record_open(struct record *record, const char *folder,
		struct complaint *why)
{
	int err;

	*record = (struct record){ 0 };
	if (!folder)
		return 0;
	err = open_all(record, folder, why);
	if (err)
		record_close(record);
	return err;
}

static void close_one(FILE **file)
{
	if (*file)
		fclose(*file);
	*file = NULL;
}

void record_close(struct record *record)
{
	close_one(&record->series);
	close_one(&record->gets);
	close_one(&record->results);
	close_one(&record->events);
}

/* An allocator that knows no levels leaves its column empty. */
static const char *level_text(int level)
{
	static const char *const texts[] = { "0", "1", "2", "3" };

	return level >= 0 && level < 4 ? texts[level] : "";
}

static void sample(FILE *file, const struct engine *engine,
		   const struct work_state *state, uint64_t now)
{
	struct allocator_stats stats;
	struct rusage usage;

	engine->allocator->ops->stats(engine->allocator, &stats);
	getrusage(RUSAGE_SELF, &usage);
	fprintf(file,
		"%.3f,%s,%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
		",%ld,%ld,%" PRIu64 "\n",
		seconds(now), work_phase_name(state->phase),
		level_text(stats.level), memory_resident(),
		stats.held_bytes, memory_available(), engine_boards(engine, state->done),
		usage.ru_minflt, usage.ru_majflt, stats.reclaimed_bytes);
	fflush(file);
}

void record_look(struct record *record, const struct engine *engine,
		 const struct work_state *state, uint64_t now)
{
	if (!record->series || now < record->next_sample)
		return;
	sample(record->series, engine, state, now);
	record->next_sample = now + SAMPLE_NS;
}

void record_get(struct record *record, uint64_t panel, uint64_t began,
		uint64_t got, uint64_t touched)
{
	if (!record->gets)
		return;
	fprintf(record->gets, "%.3f,%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
		seconds(began), panel, got - began, touched - began);
	fflush(record->gets);
}

void record_result(struct record *record, const struct panel *panel, uint32_t n,
		   const struct tally *tally)
{
	if (!record->results)
		return;
	fprintf(record->results,
		"%" PRIu64 ",%u,%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
		",%" PRIu64 "\n",
		panel->nr, n, panel->tiles[n].board->name, tally->calls,
		tally->found, tally->typed, tally->false_calls, tally->area);
}

void record_results_end(struct record *record)
{
	if (record->results)
		fflush(record->results);
}

void record_event(struct record *record, const struct allocator_event *event)
{
	if (!record->events)
		return;
	fprintf(record->events, "%.3f,%s,%d,%" PRIu64 "\n",
		seconds(event->time_ns), event->what, event->level,
		event->bytes);
	fflush(record->events);
}
