/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an administrator may set, below /sys/class/misc/aoipool.
 */
#ifndef TUNE_H
#define TUNE_H

#include <stdbool.h>
#include <linux/aoipool.h>

#define TUNE_LEVELS	(AOIPOOL_PRESSURE_CRITICAL + 1)
#define TUNE_FILES	64

struct tune_value {
	char file[48];
	char value[32];
};

/* All that can be set, as it was. */
struct tune {
	struct tune_value values[TUNE_FILES];
	int nr;
};

/* 0 or a negative errno, as are the others. */
int tune_save(struct tune *tune);
int tune_restore(const struct tune *tune);

int tune_set(const char *file, const char *value);
int tune_set_long(const char *file, long value);
/* Without the newline; empty where there is no such file. */
const char *tune_get(const char *file, char *value);
/* -1: no such file, or no number. */
long tune_get_long(const char *file);

/* The module's bound; 0: the default. */
int tune_limit(__u64 blocks);
/* What the depot keeps of every node that there is. */
int tune_depot(__u64 low_blocks, __u64 high_blocks);
/* The same, of nothing: it counts against the bound, and it moves by itself. */
int tune_no_depot(void);

/* "none" to "critical" */
const char *tune_level_name(int level);
/* The file of a level's policy */
int tune_policy(int level, const char *file, const char *value);
/* Nothing decays for its age on any level. */
int tune_no_decay(void);

/*
 * Make the governor see a level, by thresholds that the memory there is meets or
 * misses by far: nothing is short.  It falls when the hold time is over.
 */
int tune_force_level(int level);
/* The host's, now; -1: not to be read. */
int tune_level(void);
/* In a minute at most.  -ETIMEDOUT: it did not come. */
int tune_await_level(int level);

#endif /* TUNE_H */
