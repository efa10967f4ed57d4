// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* work - the queue of panels. */
#include "clock.h"
#include "work.h"

/* With nothing in flight only time can bring memory. */
#define DEFER_WAIT_MS	20

const char *work_phase_name(enum work_phase phase)
{
	static const char *const names[] = { "burst", "drain", "idle",
					     "steady" };

	return names[phase];
}

void work_init(struct work *work, const struct work_config *config,
	       struct panel *spare)
{
	pthread_condattr_t attr;

	*work = (struct work){
		.config = *config,
		.phase = config->burst ? WORK_BURST : WORK_STEADY,
		.spare = spare,
	};
	work->ready_end = &work->ready;
	pthread_mutex_init(&work->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&work->changed, &attr);
	pthread_condattr_destroy(&attr);
}

void work_exit(struct work *work)
{
	pthread_cond_destroy(&work->changed);
	pthread_mutex_destroy(&work->lock);
}

static bool more_to_take(const struct work *work)
{
	return !work->stopped &&
	       (work->deferred || work->next < work->config.panels);
}

static struct panel *pop(struct panel **list)
{
	struct panel *panel = *list;

	*list = panel->next;
	panel->next = NULL;
	return panel;
}

static void push(struct panel **list, struct panel *panel)
{
	panel->next = *list;
	*list = panel;
}

/* In a burst nobody puts: what there is not now does not come by waiting. */
static enum work_kind take(struct work *work, struct work_order *order)
{
	order->wait = work->phase != WORK_BURST;
	order->again = work->deferred != NULL;
	if (order->again) {
		order->panel = pop(&work->deferred);
		order->nr = order->panel->nr;
	} else {
		order->panel = pop(&work->spare);
		order->nr = work->next++;
	}
	work->since_burst++;
	if (++work->in_flight > work->in_flight_peak)
		work->in_flight_peak = work->in_flight;
	return WORK_TAKE;
}

static enum work_kind inspect(struct work *work, struct work_order *order)
{
	order->panel = pop(&work->ready);
	if (!work->ready)
		work->ready_end = &work->ready;
	work->nr_ready--;
	return WORK_INSPECT;
}

static void wait_until(struct work *work, uint64_t ns)
{
	struct timespec until = {
		.tv_sec = (time_t)(ns / NS_PER_S),
		.tv_nsec = (long)(ns % NS_PER_S),
	};

	pthread_cond_timedwait(&work->changed, &work->lock, &until);
}

/* The phases.  Each returns true when *@kind is decided, false to look again. */

static bool burst(struct work *work, enum work_kind *kind,
		  struct work_order *order)
{
	if (more_to_take(work) && work->in_flight < work->config.burst) {
		*kind = take(work, order);
		return true;
	}
	/* some are still getting frames, or inspect what steady left */
	if (work->nr_ready < work->in_flight) {
		pthread_cond_wait(&work->changed, &work->lock);
		return false;
	}
	work->phase = WORK_DRAIN;
	return false;
}

static bool drain(struct work *work, enum work_kind *kind,
		  struct work_order *order)
{
	if (work->ready) {
		*kind = inspect(work, order);
		return true;
	}
	if (work->in_flight) {
		pthread_cond_wait(&work->changed, &work->lock);
		return false;
	}
	work->phase = WORK_IDLE;
	work->since_burst = 0;
	work->idle_until =
		clock_ns() + work->config.idle_ms * NS_PER_MS;
	pthread_cond_broadcast(&work->changed);
	return false;
}

static void idle(struct work *work)
{
	if (work->stopped || clock_ns() >= work->idle_until)
		work->phase = WORK_STEADY;
	else
		wait_until(work, work->idle_until);
}

static bool burst_due(const struct work *work)
{
	return work->config.burst && work->config.burst_every &&
	       work->since_burst >= work->config.burst_every;
}

/* Wait for the next panel of the line.  Return: true when it is there. */
static bool arrived(struct work *work)
{
	uint64_t now = clock_ns();

	if (!work->config.pace_ms)
		return true;
	if (now < work->next_arrival) {
		wait_until(work, work->next_arrival);
		return false;
	}
	work->next_arrival = now + work->config.pace_ms * NS_PER_MS;
	return true;
}

static bool steady(struct work *work, enum work_kind *kind,
		   struct work_order *order)
{
	if (work->ready) {
		*kind = inspect(work, order);
		return true;
	}
	if (!more_to_take(work) || work->in_flight >= work->config.depth) {
		pthread_cond_wait(&work->changed, &work->lock);
		return false;
	}
	if (burst_due(work)) {
		work->phase = WORK_BURST;
		return false;
	}
	if (!arrived(work))
		return false;
	*kind = take(work, order);
	return true;
}

static bool decide(struct work *work, enum work_kind *kind,
		   struct work_order *order)
{
	switch (work->phase) {
	case WORK_BURST:
		return burst(work, kind, order);
	case WORK_DRAIN:
		return drain(work, kind, order);
	case WORK_IDLE:
		idle(work);
		return false;
	case WORK_STEADY:
		return steady(work, kind, order);
	}
	return false;
}

enum work_kind work_next(struct work *work, struct work_order *order)
{
	enum work_kind kind = WORK_DONE;

	pthread_mutex_lock(&work->lock);
	while (more_to_take(work) || work->in_flight)
		if (decide(work, &kind, order))
			break;
	pthread_mutex_unlock(&work->lock);
	return kind;
}

void work_taken(struct work *work, struct panel *panel)
{
	pthread_mutex_lock(&work->lock);
	work->starved_since = 0;
	panel->next = NULL;
	*work->ready_end = panel;
	work->ready_end = &panel->next;
	work->nr_ready++;
	pthread_cond_broadcast(&work->changed);
	pthread_mutex_unlock(&work->lock);
}

uint64_t work_defer(struct work *work, struct panel *panel)
{
	uint64_t now = clock_ns(), starved;
	bool alone;

	pthread_mutex_lock(&work->lock);
	push(&work->deferred, panel);
	work->deferrals++;
	if (!work->starved_since)
		work->starved_since = now;
	starved = now - work->starved_since;
	alone = --work->in_flight == 0;
	if (work->phase == WORK_BURST)
		work->phase = WORK_DRAIN;
	pthread_cond_broadcast(&work->changed);
	pthread_mutex_unlock(&work->lock);
	if (alone)
		clock_sleep_ms(DEFER_WAIT_MS);
	return starved;
}

uint64_t work_inspected(struct work *work, struct panel *panel)
{
	uint64_t done;

	pthread_mutex_lock(&work->lock);
	push(&work->spare, panel);
	work->in_flight--;
	work->starved_since = 0;
	done = ++work->done;
	pthread_cond_broadcast(&work->changed);
	pthread_mutex_unlock(&work->lock);
	return done;
}

void work_stop(struct work *work)
{
	pthread_mutex_lock(&work->lock);
	work->stopped = true;
	pthread_cond_broadcast(&work->changed);
	pthread_mutex_unlock(&work->lock);
}

struct work_state work_state(struct work *work)
{
	struct work_state state;

	pthread_mutex_lock(&work->lock);
	state = (struct work_state){
		.phase = work->phase,
		.done = work->done,
		.in_flight = work->in_flight,
		.in_flight_peak = work->in_flight_peak,
		.deferrals = work->deferrals,
		.stopped = work->stopped,
	};
	pthread_mutex_unlock(&work->lock);
	return state;
}
