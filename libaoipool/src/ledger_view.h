/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A ledger as a reader has it, mostly another process's: nothing in it is
 * believed before it was looked at, and it may change at any moment.
 */
#ifndef LEDGER_VIEW_H
#define LEDGER_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger_format.h"

struct ledger_view {
	int fd;
	struct ledger_head head;	/* looked at; names are terminated */
	char (*tags)[LEDGER_TAG_BYTES];	/* likewise; NULL until one is asked for */
};

/* One thing that is out. */
struct ledger_item {
	uint64_t who;		/* 0: not known */
	uint64_t since_ns;
	int32_t node;		/* -1: not known */
};

/**
 * ledger_view_open() - look at a ledger
 * @fd: stays the caller's
 *
 * Return: 0; -EAGAIN: it is not finished, or its pool is closed; -EPROTO: it is
 * none, or of another layout; -ENOMEM; what reading it said.
 */
int ledger_view_open(struct ledger_view *view, int fd);
void ledger_view_close(struct ledger_view *view);

/* The name of a tag, as long as the view is open; "" where it has none. */
const char *ledger_view_tag(struct ledger_view *view, uint32_t tag);

/**
 * ledger_view_each() - what is out
 * @each: called with @arg for each slot, or each slab where slots have no notes;
 *	what it returns other than 0 ends the walk
 *
 * Return: 0; what @each returned; -EPROTO; -ENOMEM; what reading it said.
 */
int ledger_view_each(const struct ledger_view *view,
		     int (*each)(void *arg, const struct ledger_item *item),
		     void *arg);

/* What each of those has. */
uint64_t ledger_view_item_bytes(const struct ledger_view *view);

#endif
