// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "event_text.h"

#include <errno.h>
#include <inttypes.h>

#include "event_name.h"
#include "event_time.h"
#include "terminal.h"
#include "unit.h"

static const char *or_unknown(const char *name)
{
	return name ? name : "?";
}

static void print_place(const struct aoipool_event *event)
{
	if (event->node == AOIPOOL_EVENT_NODE_HOST)
		printf("host");
	else
		printf("node %d", event->node);
}

static void print_level(const struct aoipool_event *event)
{
	print_place(event);
	printf(" %s -> %s%s%s, %s of %s available (%s), %s idle%s",
	       level_name(event->level_before),
	       terminal_colour(terminal_level_colour(event->level)),
	       level_name(event->level), terminal_colour(COLOUR_PLAIN),
	       unit_bytes(event->available_bytes).text,
	       unit_bytes(event->total_bytes).text,
	       unit_percent(event->available_bytes, event->total_bytes).text,
	       unit_bytes(event->idle_bytes).text,
	       event->seq ? "" : " (caught up)");
}

static void print_reclaim(const struct aoipool_event *event)
{
	const char *between = " by ";

	print_place(event);
	printf(" %s in %" PRIu64 " slabs taken",
	       unit_bytes(event->reclaimed_bytes).text, event->reclaimed_slabs);
	for (unsigned int bit = 0; event_cause_name(bit); bit++) {
		if (!(event->causes >> bit & 1))
			continue;
		printf("%s%s", between, event_cause_name(bit));
		between = ", ";
	}
}

static void print_sweep(const struct aoipool_event *event)
{
	printf("process %" PRIu32 " (%s) is gone: %" PRIu64 " slabs of pool %" PRIu64
	       " \"%s\", %s, are free again",
	       event->pid, event->comm, event->count, event->pool, event->name,
	       unit_bytes(event->held_bytes).text);
}

static void print_exhausted(const struct aoipool_event *event)
{
	printf("pool %" PRIu64 " \"%s\" short of %s, %" PRIu64 " times",
	       event->pool, event->name,
	       or_unknown(event_reason_name(event->reason)), event->count);
}

static void print_lost(const struct aoipool_event *event)
{
	if (event->seq)
		printf("%" PRIu64 " events up to number %" PRIu64 " did not arrive",
		       event->lost, event->seq);
	else
		printf("the module was unloaded, numbers begin anew");
}

static void print_holders(const struct aoipool_event *event)
{
	for (size_t i = 0; i < event->nr_holders; i++) {
		const struct aoipool_holder *holder = &event->holders[i];

		printf("%s%s of %s (%" PRIu32 " %s)",
		       i ? ", " : "; held: ",
		       unit_bytes(holder->held_bytes).text, holder->name,
		       holder->pid, holder->comm);
	}
}

static void print_content(const struct aoipool_event *event)
{
	switch (event->kind) {
	case AOIPOOL_EVENT_LEVEL:
		print_level(event);
		break;
	case AOIPOOL_EVENT_RECLAIM:
		print_reclaim(event);
		break;
	case AOIPOOL_EVENT_SWEEP:
		print_sweep(event);
		break;
	case AOIPOOL_EVENT_EXHAUSTED:
		print_exhausted(event);
		break;
	case AOIPOOL_EVENT_LOST:
		print_lost(event);
		break;
	}
}

int event_print(const struct aoipool_event *event, uint64_t unix_ns)
{
	printf("%s  %-9s ", event_time_local(unix_ns).text,
	       or_unknown(event_kind_name(event->kind)));
	print_content(event);
	print_holders(event);
	return putchar('\n') == EOF || fflush(stdout) ? -EIO : 0;
}
