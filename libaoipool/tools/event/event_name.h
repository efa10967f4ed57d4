/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Names of what events have as numbers, and back. */
#ifndef EVENT_NAME_H
#define EVENT_NAME_H

#include <stdint.h>

#include <aoipool/event.h>

/* NULL: none. */
const char *event_kind_name(unsigned int kind);
const char *event_reason_name(unsigned int reason);
const char *event_cause_name(unsigned int bit);

/* -1: none of that name. */
int event_kind_of(const char *name);
int event_reason_of(const char *name);
int event_cause_of(const char *name);	/* the bit */
int event_level_of(const char *name);

#endif
