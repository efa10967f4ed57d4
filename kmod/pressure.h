/* SPDX-License-Identifier: GPL-2.0-only */
/* Pressure: what level the host and each node are on. */
#ifndef AOIPOOL_PRESSURE_H
#define AOIPOOL_PRESSURE_H

#include <linux/nodemask.h>
#include <linux/types.h>
#include <linux/aoipool.h>

/**
 * struct aoipool_thresholds - when a level begins and ends; each is read as one
 * @percent: a level begins where less than that is available; of NONE unused
 * @hysteresis_percent: it ends where that much more is available
 * @hold_ms: and not earlier than that after the last change
 */
struct aoipool_thresholds {
	u32 percent[AOIPOOL_PRESSURE_CRITICAL + 1];
	u32 hysteresis_percent;
	u32 hold_ms;
};

extern struct aoipool_thresholds aoipool_thresholds;

enum aoipool_pressure aoipool_pressure_of_host(void);
enum aoipool_pressure aoipool_pressure_of_node(int nid);
enum aoipool_pressure aoipool_pressure_on_node(int nid);
enum aoipool_pressure aoipool_pressure_of_nodes(const nodemask_t *nodes);
bool aoipool_pressure_is_none(void);
u64 aoipool_pressure_grace_ns(const nodemask_t *nodes);
bool aoipool_pressure_in_grace(int nid);

bool aoipool_pressure_note_stall(int nid);
void aoipool_pressure_note_oom(void);

bool aoipool_pressure_update(void);
unsigned int aoipool_pressure_next_ms(void);

int aoipool_pressure_init(void);
void aoipool_pressure_exit(void);

#endif /* AOIPOOL_PRESSURE_H */
