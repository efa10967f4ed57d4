// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "resync.h"

#include "host_state.h"
#include "tell.h"

/* From one event that the module sends to the next, when many are under way. */
#define UNDER_WAY_MS	250

void resync_need(struct aoipool_listener *listener)
{
	listener->resync.due = true;
	listener_come_back(listener, 0);
}

static void wait_for_more(struct aoipool_listener *listener)
{
	listener->resync.heard = listener->sequence.next;
	alarm_set(&listener->alarm, UNDER_WAY_MS);
}

static void ask(struct aoipool_listener *listener)
{
	struct resync *resync = &listener->resync;
	int err = host_state_ask(&resync->host, listener->family.id);

	if (!err)
		err = listing_nodes(&resync->nodes, listener->family.id);
	if (err) {
		listener_come_back(listener, LISTENER_AGAIN_MS);
		return;
	}
	resync->due = false;
	resync->asked = true;
	wait_for_more(listener);
}

static void learn(struct aoipool_listener *listener,
		  struct aoipool_event *event)
{
	if (!levels_learn(&listener->levels, event->node, event->level,
			  listener->resync.host.seq, &event->level_before))
		return;
	event->size = sizeof(*event);
	event->kind = AOIPOOL_EVENT_LEVEL;
	event->time_ns = listener->resync.host.time_ns;
	tell(listener, event);
}

static void learn_host(struct aoipool_listener *listener,
		       const struct aoipool_host_state *host)
{
	struct aoipool_event event = {
		.node = AOIPOOL_EVENT_NODE_HOST,
		.level = host->level,
		.available_bytes = host->available_bytes,
		.total_bytes = host->total_bytes,
		.idle_bytes = host->idle_bytes,
	};

	learn(listener, &event);
}

static void learn_node(struct aoipool_listener *listener,
		       const struct aoipool_node_state *node)
{
	struct aoipool_event event = {
		.node = node->node,
		.level = node->level,
		.available_bytes = node->available_bytes,
		.total_bytes = node->total_bytes,
	};

	learn(listener, &event);
}

static void learn_levels(struct aoipool_listener *listener)
{
	const struct listing *nodes = &listener->resync.nodes;

	learn_host(listener, &listener->resync.host);
	for (size_t i = 0; i < nodes->nr; i++)
		learn_node(listener, listing_at(nodes, i));
}

static void tell_missing(struct aoipool_listener *listener)
{
	uint64_t last = listener->resync.host.seq;
	uint64_t lost = sequence_reach(&listener->sequence, last);

	if (lost)
		tell_lost(listener, lost, last);
}

static void put_answer_away(struct resync *resync)
{
	listing_free(&resync->nodes);
	resync->asked = false;
}

static void settle(struct aoipool_listener *listener)
{
	tell_missing(listener);
	learn_levels(listener);
	put_answer_away(&listener->resync);
	if (listener->resync.due || listener->family_unsure)
		listener_come_back(listener, 0);
}

static void settle_or_wait(struct aoipool_listener *listener, bool late)
{
	const struct resync *resync = &listener->resync;

	if (!sequence_behind(&listener->sequence, resync->host.seq))
		settle(listener);
	else if (late && resync->heard == listener->sequence.next)
		settle(listener);
	else if (late)
		wait_for_more(listener);
}

/* Asked again at the next step only: events come in between. */
void resync_step(struct aoipool_listener *listener, bool late)
{
	if (!listener->family.id)
		return;
	if (listener->resync.asked)
		settle_or_wait(listener, late);
	else if (listener->resync.due)
		ask(listener);
}

void resync_end(struct aoipool_listener *listener)
{
	if (listener->resync.asked)
		tell_missing(listener);
	put_answer_away(&listener->resync);
	listener->resync.due = false;
}
