// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* progress - looks ten times a second, speaks once a second. */
#include <inttypes.h>
#include <signal.h>
#include <unistd.h>

#include "clock.h"
#include "engine.h"
#include "progress.h"
#include "units.h"

#define LOOK_MS		100
#define SPEAK_NS	NS_PER_S

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = interrupt,
				    .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Of all inspectors so far; @sum is the caller's room. */
static void sum_meter(const struct engine *engine, enum meter meter,
		      struct histogram *sum)
{
	for (unsigned int n = 0; n < engine->options.threads; n++)
		histogram_merge(sum, &engine->inspectors[n].meters->of[meter]);
}

static void speak_times(const struct engine *engine)
{
	struct histogram sum = { 0 };
	const char *what = "get+touch";
	char text[3][UNITS_MAX];

	sum_meter(engine, METER_GET_TOUCH, &sum);
	if (!sum.count) {
		what = "first get+touch";
		sum_meter(engine, METER_FIRST, &sum);
	}
	fprintf(stderr, "%s p50 %s p99 %s max %s", what,
		units_time(text[0], histogram_percentile(&sum, 50)),
		units_time(text[1], histogram_percentile(&sum, 99)),
		units_time(text[2], histogram_percentile(&sum, 100)));
}

static void speak(const struct engine *engine, const struct work_state *state,
		  uint64_t now)
{
	double seconds = (double)(now - engine->began_ns) / 1e9;
	uint64_t boards = engine_boards(engine, state->done);
	char text[UNITS_MAX];
	bool tty = isatty(STDERR_FILENO);

	fprintf(stderr,
		"%s%5.1f s %-6s %" PRIu64 "/%" PRIu64
		" boards %.1f/s, in flight %u, resident %s, ",
		tty ? "\r" : "", seconds, work_phase_name(state->phase), boards,
		engine->plan.boards, (double)boards / seconds, state->in_flight,
		units_bytes(text, memory_resident()));
	speak_times(engine);
	fputs(tty ? "\033[K" : "\n", stderr);
}

static void *run(void *arg)
{
	struct progress *progress = arg;
	struct engine *engine = progress->engine;
	enum work_phase last = work_state(&engine->work).phase;
	uint64_t spoken = clock_ns();

	while (!atomic_load(&progress->over)) {
		struct work_state state = work_state(&engine->work);
		uint64_t now = clock_ns();

		if (interrupted && !state.stopped)
			work_stop(&engine->work);
		record_look(&engine->record, engine, &state, now);
		latency_look(&engine->latency, engine, now);
		if (!engine->options.quiet &&
		    (state.phase != last || now - spoken >= SPEAK_NS)) {
			speak(engine, &state, now);
			last = state.phase;
			spoken = now;
		}
		clock_sleep_ms(LOOK_MS);
	}
	return NULL;
}

int progress_start(struct progress *progress, struct engine *engine)
{
	progress->engine = engine;
	atomic_store(&progress->over, false);
	catch_signals();
	return -pthread_create(&progress->thread, NULL, run, progress);
}

void progress_stop(struct progress *progress)
{
	struct engine *engine = progress->engine;
	struct work_state state = work_state(&engine->work);

	atomic_store(&progress->over, true);
	pthread_join(progress->thread, NULL);
	engine->record.next_sample = 0;	/* how it ended belongs there, too */
	record_look(&engine->record, engine, &state, clock_ns());
	engine->latency.next_line = 0;
	latency_look(&engine->latency, engine, clock_ns());
	if (engine->options.quiet)
		return;
	speak(engine, &state, clock_ns());
	if (isatty(STDERR_FILENO))
		fputs("\n", stderr);
}
