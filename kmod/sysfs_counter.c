// SPDX-License-Identifier: GPL-2.0-only
/* sysfs: counters/, what happened since the module was loaded. */
#include <linux/numa.h>
#include "block.h"
#include "client.h"
#include "count.h"
#include "event.h"
#include "reclaim.h"
#include "scan.h"
#include "sysfs.h"
#include "sysfs_file.h"

#define FOLDER	"counters"

static u64 blocks_in(void)
{
	return aoipool_blocks_in();
}

static u64 blocks_out(void)
{
	return aoipool_blocks_out();
}

static u64 populated_bytes(void)
{
	return aoipool_count_populated(NUMA_NO_NODE) << AOIPOOL_BLOCK_SHIFT;
}

static u64 reclaimed_bytes(void)
{
	return aoipool_scan_blocks() << AOIPOOL_BLOCK_SHIFT;
}

static u64 swept_slabs(void)
{
	return aoipool_swept_slabs();
}

static u64 oom_calls(void)
{
	return aoipool_oom_calls();
}

static u64 oom_bytes(void)
{
	return aoipool_oom_blocks() << AOIPOOL_BLOCK_SHIFT;
}

static u64 failures(void)
{
	return aoipool_count_failures(NUMA_NO_NODE);
}

static u64 events(void)
{
	u64 seq, lost;

	aoipool_event_count(&seq, &lost);
	return seq;
}

static u64 events_lost(void)
{
	u64 seq, lost;

	aoipool_event_count(&seq, &lost);
	return lost;
}

/* By the order of the files. */
static u64 (*const counts[])(void) = {
	blocks_out, blocks_in, populated_bytes, reclaimed_bytes, swept_slabs,
	oom_calls, oom_bytes, failures, events, events_lost,
};

static ssize_t show(struct device *dev, struct device_attribute *attr,
		    char *buf)
{
	return aoipool_file_show(buf, counts[aoipool_file_of(attr)->nth]());
}

#define COUNTER(file, nr)	AOIPOOL_FILE(file, 0444, show, NULL, FOLDER, nr)

static struct aoipool_file files[] = {
	COUNTER(blocks_out, 0),
	COUNTER(blocks_in, 1),
	COUNTER(populated_bytes, 2),
	COUNTER(reclaimed_bytes, 3),
	COUNTER(swept_slabs, 4),
	COUNTER(oom_calls, 5),
	COUNTER(oom_bytes, 6),
	COUNTER(failures, 7),
	COUNTER(events, 8),
	COUNTER(events_lost, 9),
};

static_assert(ARRAY_SIZE(files) == ARRAY_SIZE(counts));

static struct attribute *attrs[ARRAY_SIZE(files) + 1];

static const struct attribute_group group = {
	.name = FOLDER,
	.attrs = attrs,
};

const struct attribute_group *aoipool_sysfs_counters(void)
{
	aoipool_files_list(files, ARRAY_SIZE(files), attrs);
	return &group;
}
