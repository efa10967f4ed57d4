// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "follow.h"

#include <errno.h>

#include "message.h"
#include "resync.h"
#include "tell.h"

/* Modules do not come and go by the hundred. */
#define NEWS_BYTES	(64 << 10)

static void hear_event(void *arg, struct nlmsghdr *header)
{
	struct aoipool_listener *listener = arg;
	struct aoipool_event event;
	uint64_t lost;

	if (listener->closing || header->nlmsg_type != listener->family.id)
		return;
	if (message_event(header, &event)) {
		/* its number is missing now */
		resync_need(listener);
		return;
	}
	if (!sequence_take(&listener->sequence, event.seq, &lost))
		return;
	if (lost) {
		tell_lost(listener, lost, event.seq - 1);
		resync_need(listener);
	}
	listener_count(&listener->counts.received, 1);
	levels_hear(&listener->levels, &event);
	if (event.kind)
		tell(listener, &event);
}

static void hear_news(void *arg, struct nlmsghdr *header)
{
	struct aoipool_listener *listener = arg;
	int id;

	switch (family_hear(header, &id)) {
	case FAMILY_CAME:
		listener->family_unsure = true;
		break;
	case FAMILY_WENT:
		if (id == listener->family.id)
			listener->family_gone = true;
		break;
	case FAMILY_OTHER:
		break;
	}
}

static void overrun(struct aoipool_listener *listener)
{
	listener_count(&listener->counts.overruns, 1);
	resync_need(listener);
}

/* An error that stays, as want of memory may, must not keep us here. */
bool follow_events(struct aoipool_listener *listener, unsigned int max)
{
	int before = 0, err;

	while (!listener->closing && listener->told < max) {
		err = stream_read(&listener->events);
		if (err == -ENOBUFS)
			overrun(listener);
		if (err && (err == -EAGAIN || before))
			return true;
		before = err;
	}
	return false;
}

void follow_news(struct aoipool_listener *listener)
{
	int before, err = 0;

	do {
		before = err;
		err = stream_read(&listener->news);
		if (err == -ENOBUFS)
			listener->family_unsure = true;
	} while (err != -EAGAIN && !(err && before));
}

static int join(struct aoipool_listener *listener, const struct family *family)
{
	int err = stream_open(&listener->events, family->group,
			      listener->receive_bytes);

	if (err)
		return err;
	listener->family = *family;
	resync_need(listener);
	return 0;
}

static void leave(struct aoipool_listener *listener)
{
	stream_close(&listener->events);
	resync_end(listener);
	listener->family = (struct family){ 0 };
	listener->family_gone = false;
	sequence_restart(&listener->sequence);
	levels_restart(&listener->levels);
	listener_count(&listener->counts.restarts, 1);
	tell_lost(listener, 0, 0);
}

/* To look for a family that is away may load the module: only when it came. */
static int look(struct aoipool_listener *listener)
{
	struct family found;
	int err = family_find(&found);

	if (err == -ENODEV)
		found = (struct family){ 0 };
	else if (err)
		return err;
	listener->family_unsure = false;
	if (found.id == listener->family.id)
		return 0;
	if (!listener->family.id)
		return join(listener, &found);
	listener->family_gone = true;
	listener->family_unsure = found.id;
	return 0;
}

int follow_family(struct aoipool_listener *listener, unsigned int max)
{
	int err = listener->family_unsure ? look(listener) : 0;

	if (err) {
		listener->family_unsure = true;
		listener_come_back(listener, LISTENER_AGAIN_MS);
	}
	if (listener->family_gone) {
		if (follow_events(listener, max))
			leave(listener);
		if (listener->family_gone || listener->family_unsure)
			listener_come_back(listener, 0);
	}
	return err;
}

int follow_begin(struct aoipool_listener *listener)
{
	int group, err;

	listener->events.epoll = listener->epoll;
	listener->events.hear = hear_event;
	listener->events.arg = listener;
	listener->news.epoll = listener->epoll;
	listener->news.hear = hear_news;
	listener->news.arg = listener;
	err = family_watch_group(&group);
	if (!err)
		err = stream_open(&listener->news, group, NEWS_BYTES);
	listener->family_unsure = true;
	return err;
}

void follow_end(struct aoipool_listener *listener)
{
	stream_close(&listener->events);
	stream_close(&listener->news);
}

void follow_disown(struct aoipool_listener *listener)
{
	stream_disown(&listener->events);
	stream_disown(&listener->news);
}
