/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A module for the listener to listen to, played by the test: the listener's
 * sockets are of NETLINK_USERSOCK, to whose groups any process may send, with the
 * kernel's own queues and overruns; what it would ask the controller and the
 * module is answered from here.  Ten times as fast as it is, the listener gives
 * up waiting.  Programs that use it are linked with WRAP_listener.
 */
#ifndef SELFTESTS_LIB_FAKE_FAMILY_H
#define SELFTESTS_LIB_FAKE_FAMILY_H

#include <stdbool.h>

#include <netlink/msg.h>

#include "aoipool-events.h"

#define FAKE_NODES	2
#define FAKE_POOLS	40

extern struct fake_family {
	bool loaded;
	int id;
	_Atomic uint64_t seq;	/* of the last event, sent or not */
	int find_err;		/* in place of an answer of the controller */
	int ask_err;		/* in place of one of the module */
	unsigned int interrupted; /* dumps that are not of one piece */
	enum aoipool_pressure_level host_level;
	enum aoipool_pressure_level node_level[FAKE_NODES];
	bool time_stands_still;	/* the listener's patience does not end */
	/* called by the fake itself */
	void (*when_looked_for)(void);	/* it is about to be found */
	void (*when_asked)(void);	/* the answer is written, not yet read */
} fake_family;

/* A test's set-up: a module is loaded that has said nothing. */
int fake_family_set_up(void **state);
int fake_family_tear_down(void **state);

/* A new number each time, and the controller's news of it. */
void fake_family_load(void);
void fake_family_unload(void);
/* The news alone. */
void fake_family_news(uint8_t command, int id, const char *name);

/* An event begins, with the next number; the test adds what it likes. */
struct nl_msg *fake_event(uint8_t command);
void fake_send(struct nl_msg *event);
/* So many have a number, but are never sent. */
void fake_drop(unsigned int nr);

/* Whole events. */
void fake_sweep(uint64_t pool);
void fake_level(int node, enum aoipool_pressure_level now);

#endif
