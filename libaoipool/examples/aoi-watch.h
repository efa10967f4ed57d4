/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* aoi-watch - how it shows what it hears: a line each. */
#ifndef AOI_WATCH_H
#define AOI_WATCH_H

#include <aoipool-events.h>

#define MIB	((uint64_t)1 << 20)

/* For people.  Return: 0; -EIO: standard output is gone. */
int watch_line(const struct aoipool_event *event);
/* For programs: one JSON object.  Return: the same; -ENOMEM. */
int watch_json(const struct aoipool_event *event);

/* Nodes, pools and holders, as tables.  Return: 0; a negative errno. */
int watch_list(void);

const char *watch_level(enum aoipool_pressure_level level);
const char *watch_reason(uint32_t reason);
/* The name of a kind; NULL: not known. */
const char *watch_kind(enum aoipool_event_kind kind);
/* The name of a cause, by the number of its bit; NULL: there is no such bit. */
const char *watch_cause(unsigned int bit);

#endif
