// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoi-watch - an event as a line of text. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "aoi-watch.h"

static void print_place(const struct aoipool_event *event)
{
	if (event->node == AOIPOOL_EVENT_NODE_HOST)
		printf(" host");
	else
		printf(" node %d", event->node);
}

static void print_level(const struct aoipool_event *event)
{
	print_place(event);
	printf(" %s -> %s, available %" PRIu64 " of %" PRIu64
	       " MiB, idle %" PRIu64 " MiB%s",
	       watch_level(event->level_before), watch_level(event->level),
	       event->available_bytes / MIB, event->total_bytes / MIB,
	       event->idle_bytes / MIB, event->seq ? "" : " (caught up)");
}

static void print_reclaim(const struct aoipool_event *event)
{
	print_place(event);
	printf(" %" PRIu64 " MiB in %" PRIu64 " slabs, by",
	       event->reclaimed_bytes / MIB, event->reclaimed_slabs);
	for (unsigned int bit = 0; watch_cause(bit); bit++)
		if (event->causes >> bit & 1)
			printf(" %s", watch_cause(bit));
}

static void print_sweep(const struct aoipool_event *event)
{
	printf(" pool %" PRIu64 " \"%s\" client %" PRIu32 " (%" PRIu32
	       " %s): %" PRIu64 " slabs, %" PRIu64 " MiB",
	       event->pool, event->name, event->client, event->pid, event->comm,
	       event->count, event->held_bytes / MIB);
}

static void print_exhausted(const struct aoipool_event *event)
{
	printf(" pool %" PRIu64 " \"%s\" short of %s, %" PRIu64 " times",
	       event->pool, event->name, watch_reason(event->reason),
	       event->count);
}

static void print_lost(const struct aoipool_event *event)
{
	if (event->seq)
		printf(" %" PRIu64 " events up to number %" PRIu64, event->lost,
		       event->seq);
	else
		printf(" the module is gone, numbers begin anew");
}

static void print_holders(const struct aoipool_event *event)
{
	for (size_t i = 0; i < event->nr_holders; i++)
		printf("%s%s/%" PRIu32 " (%" PRIu32 " %s) %" PRIu64 " MiB",
		       i ? ", " : "; held by ", event->holders[i].name,
		       event->holders[i].client, event->holders[i].pid,
		       event->holders[i].comm,
		       event->holders[i].held_bytes / MIB);
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

int watch_line(const struct aoipool_event *event)
{
	printf("%" PRIu64 ".%06" PRIu64 " #%" PRIu64 " %s",
	       event->time_ns / 1000000000, event->time_ns % 1000000000 / 1000,
	       event->seq, watch_kind(event->kind) ? watch_kind(event->kind) : "?");
	print_content(event);
	print_holders(event);
	return putchar('\n') == EOF || fflush(stdout) ? -EIO : 0;
}
