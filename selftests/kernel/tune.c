// SPDX-License-Identifier: GPL-2.0-only
#include "tune.h"
#include "proc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TUNABLES	"/sys/class/misc/aoipool/"
#define PATH_BYTES	128
#define MAX_NODES	8

#define STEP_US		10000
#define WAIT_STEPS	6000

static const char *const names[TUNE_LEVELS] = { "none", "low", "high", "critical" };
static const char *const percents[TUNE_LEVELS] = {
	NULL, "pressure/low_percent", "pressure/high_percent", "pressure/critical_percent",
};
static const char *const policy_files[] = { "decay_ms", "grace_ms", "depot", "gives_reserve" };
static const char *const other_files[] = {
	"pressure/hysteresis_percent", "pressure/hold_ms", "idle_max_bytes",
	"limit_bytes", "clear_mode", "populate_workers",
};
static const char *const node_files[] = { "depot_low_bytes", "depot_high_bytes" };

static const char *path_of(const char *file, char *path)
{
	snprintf(path, PATH_BYTES, TUNABLES "%s", file);
	return path;
}

int tune_set(const char *file, const char *value)
{
	char path[PATH_BYTES];

	return file_write(path_of(file, path), value);
}

int tune_set_long(const char *file, long value)
{
	char path[PATH_BYTES];

	return file_write_long(path_of(file, path), value);
}

const char *tune_get(const char *file, char *value)
{
	char path[PATH_BYTES];
	FILE *at = fopen(path_of(file, path), "re");

	value[0] = '\0';
	if (!at)
		return value;
	if (fgets(value, 32, at))
		value[strcspn(value, "\n")] = '\0';
	fclose(at);
	return value;
}

long tune_get_long(const char *file)
{
	char path[PATH_BYTES];

	return file_read_long(path_of(file, path));
}

static int save(struct tune *tune, const char *file)
{
	struct tune_value *to = &tune->values[tune->nr++];

	snprintf(to->file, sizeof(to->file), "%s", file);
	return tune_get(file, to->value)[0] ? 0 : -ENOENT;
}

static int save_policy(struct tune *tune, int level)
{
	char file[48];
	int err = 0;

	for (size_t i = 0; i < sizeof(policy_files) / sizeof(*policy_files) && !err; i++) {
		snprintf(file, sizeof(file), "policy_%s/%s", names[level], policy_files[i]);
		err = save(tune, file);
	}
	return err;
}

static const char *node_file(int node, const char *name, char *file)
{
	snprintf(file, 48, "node%d/%s", node, name);
	return file;
}

static bool has_node(int node)
{
	char file[48], path[PATH_BYTES];

	return !access(path_of(node_file(node, "level", file), path), F_OK);
}

static int save_node(struct tune *tune, int node)
{
	char file[48];
	int err = 0;

	for (size_t i = 0; i < sizeof(node_files) / sizeof(*node_files) && !err; i++)
		err = save(tune, node_file(node, node_files[i], file));
	return err;
}

int tune_save(struct tune *tune)
{
	int err = 0;

	tune->nr = 0;
	for (int level = 1; level < TUNE_LEVELS && !err; level++)
		err = save(tune, percents[level]);
	for (int level = 0; level < TUNE_LEVELS && !err; level++)
		err = save_policy(tune, level);
	for (size_t i = 0; i < sizeof(other_files) / sizeof(*other_files) && !err; i++)
		err = save(tune, other_files[i]);
	for (int node = 0; node < MAX_NODES && !err; node++)
		err = has_node(node) ? save_node(tune, node) : 0;
	return err;
}

/* Of the thresholds each has its place between two others: once more, in their order. */
int tune_restore(const struct tune *tune)
{
	int err = 0;

	for (int i = 0; i < tune->nr; i++)
		tune_set(tune->values[i].file, tune->values[i].value);
	for (int i = tune->nr - 1; i >= 0; i--)
		tune_set(tune->values[i].file, tune->values[i].value);
	for (int i = 0; i < tune->nr && !err; i++)
		err = tune_set(tune->values[i].file, tune->values[i].value);
	return err;
}

int tune_limit(__u64 blocks)
{
	return tune_set_long("limit_bytes", blocks * AOIPOOL_BLOCK_BYTES);
}

static int depot_of(int node, __u64 low_blocks, __u64 high_blocks)
{
	char file[48];

	return tune_set_long(node_file(node, "depot_low_bytes", file),
			     low_blocks * AOIPOOL_BLOCK_BYTES) ?:
	       tune_set_long(node_file(node, "depot_high_bytes", file),
			     high_blocks * AOIPOOL_BLOCK_BYTES);
}

int tune_depot(__u64 low_blocks, __u64 high_blocks)
{
	int err = 0;

	for (int node = 0; node < MAX_NODES && !err; node++)
		if (has_node(node))
			err = depot_of(node, low_blocks, high_blocks);
	return err;
}

int tune_no_depot(void)
{
	return tune_depot(0, 0);
}

const char *tune_level_name(int level)
{
	return names[level];
}

int tune_policy(int level, const char *file, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "policy_%s/%s", names[level], file);
	return tune_set(path, value);
}

int tune_no_decay(void)
{
	int err = 0;

	for (int level = 0; level < TUNE_LEVELS && !err; level++)
		err = tune_policy(level, "decay_ms", "never");
	return err;
}

/* Down from the top first, then up from the bottom: the order is never broken. */
int tune_force_level(int level)
{
	int err = 0;

	for (int at = TUNE_LEVELS - 1; at > level && !err; at--)
		err = tune_set_long(percents[at], 0);
	for (int at = 1; at <= level && !err; at++)
		err = tune_set_long(percents[at], 100);
	return err;
}

int tune_level(void)
{
	char value[32];

	tune_get("pressure/level", value);
	for (int level = 0; level < TUNE_LEVELS; level++)
		if (!strcmp(value, names[level]))
			return level;
	return -1;
}

int tune_await_level(int level)
{
	for (int step = 0; step < WAIT_STEPS; step++) {
		if (tune_level() == level)
			return 0;
		usleep(STEP_US);
	}
	return -ETIMEDOUT;
}
