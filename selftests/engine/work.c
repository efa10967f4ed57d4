// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * work CASE - who is told to do what, with no thread but this one: where
 * work_next() would sleep, the case says what another inspector does meanwhile.
 * Linked with --wrap=pthread_cond_wait.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "work.h"

#define PANELS 3

static struct panel panels[PANELS];
static struct work work;

/* What happens at the next sleep; a sleep with nothing to come is a failure. */
static void (*meanwhile)(void);

int __wrap_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock);

static void fail(const char *what)
{
	printf("%s\n", what);
	exit(1);
}

static void check(bool holds, const char *what)
{
	if (!holds)
		fail(what);
}

int __wrap_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock)
{
	void (*now)(void) = meanwhile;

	(void)cond;
	if (!now)
		fail("sleeps where nobody would wake it");
	meanwhile = NULL;
	pthread_mutex_unlock(lock);
	now();
	pthread_mutex_lock(lock);
	return 0;
}

static void begin(struct work_config config)
{
	for (int n = 1; n < PANELS; n++)
		panels[n - 1].next = &panels[n];
	work_init(&work, &config, panels);
}

static struct work_order next(enum work_kind kind, const char *what)
{
	struct work_order order = { 0 };

	check(work_next(&work, &order) == kind, what);
	return order;
}

static struct panel *take(void)
{
	return next(WORK_TAKE, "does not take").panel;
}

static struct panel *inspect(void)
{
	return next(WORK_INSPECT, "does not inspect").panel;
}

static struct panel *late;

static void late_is_taken(void)
{
	work_taken(&work, late);
}

static void late_is_inspected(void)
{
	work_inspected(&work, late);
}

/* The last of a burst is still getting its frames; the first has them. */
static void inspected_when_all_are_taken(void)
{
	struct panel *first;

	begin((struct work_config){ .panels = 9, .depth = 1, .burst = 2 });
	first = take();
	late = take();
	work_taken(&work, first);
	meanwhile = late_is_taken;
	check(inspect() == first, "the first is not inspected first");
	check(!meanwhile, "inspects before all of the burst hold their frames");
}

/* Its frames may have been put already: it is not one of the new burst. */
static void not_made_of_old_panels(void)
{
	struct panel *old, *first;

	begin((struct work_config){
		.panels = 9, .depth = 2, .burst = 2, .burst_every = 1 });
	work.phase = WORK_STEADY;
	old = take();
	work_taken(&work, old);
	late = inspect();
	check(late == old, "another panel than the one taken");
	first = take();
	check(work.phase == WORK_BURST, "no burst begins");
	work_taken(&work, first);
	meanwhile = late_is_inspected;
	old = take();
	check(!meanwhile, "takes more than the burst");
	work_taken(&work, old);
	check(inspect() == first, "the first is not inspected first");
}

/* In a burst nobody puts, so waiting for frames would only lose time. */
static void ended_by_a_panel_without_frames(void)
{
	struct work_order order;
	struct panel *first;

	begin((struct work_config){ .panels = 9, .depth = 2, .burst = 3 });
	first = take();
	work_taken(&work, first);
	order = next(WORK_TAKE, "does not take");
	check(!order.wait, "waits for frames in a burst");
	order.panel->nr = order.nr;
	work_defer(&work, order.panel);
	check(inspect() == first, "goes on with the burst");
	work_inspected(&work, first);
	order = next(WORK_TAKE, "does not take");
	check(order.again && order.nr == 1, "not the one put off");
	check(order.wait, "does not wait for frames in steady work");
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "inspected_when_all_are_taken", inspected_when_all_are_taken },
	{ "not_made_of_old_panels", not_made_of_old_panels },
	{ "ended_by_a_panel_without_frames", ended_by_a_panel_without_frames },
};

int main(int argc, char **argv)
{
	for (size_t n = 0; argc == 2 && n < sizeof(cases) / sizeof(*cases); n++)
		if (!strcmp(argv[1], cases[n].name)) {
			cases[n].run();
			return 0;
		}
	fprintf(stderr, "usage: work CASE\n");
	return 2;
}
