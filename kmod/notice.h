/* SPDX-License-Identifier: GPL-2.0-only */
/* A notice: an event as a message, to whoever listens. */
#ifndef AOIPOOL_NOTICE_H
#define AOIPOOL_NOTICE_H

struct aoipool_event;
struct aoipool_holders;

int aoipool_notice_send(const struct aoipool_event *event,
			struct aoipool_holders *holders);

#endif /* AOIPOOL_NOTICE_H */
