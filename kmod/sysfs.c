// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs: the files below /sys/class/misc/aoipool.
 *
 *	version, abi_version, limit_bytes, idle_max_bytes, clear_mode, clear_modes,
 *	populate_workers		here
 *	pressure/			sysfs_pressure.c
 *	policy_LEVEL/			sysfs_policy.c
 *	nodeN/				sysfs_node.c
 *	counters/			sysfs_counter.c
 *
 * One value a file; kmod/docs/abi.md has them all.  What is written takes effect
 * at once, or with the governor's next look, which is called for.  What may be set
 * at load too has a module parameter of which this is what became of it.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "block.h"
#include "clear.h"
#include "governor.h"
#include "policy.h"
#include "supply.h"
#include "sysfs.h"
#include "sysfs_file.h"

#define MAX_LIMIT_BYTES	(AOIPOOL_MAX_LIMIT_BLOCKS << AOIPOOL_BLOCK_SHIFT)

static ssize_t version_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%s\n", THIS_MODULE->version);
}

static ssize_t abi_version_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return aoipool_file_show(buf, AOIPOOL_ABI_VERSION);
}

static ssize_t limit_bytes_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return aoipool_file_show_blocks(buf, aoipool_blocks_limit());
}

static ssize_t limit_bytes_store(struct device *dev,
				 struct device_attribute *attr,
				 const char *buf, size_t len)
{
	u64 bytes;

	if (!aoipool_file_parse(buf, 0, MAX_LIMIT_BYTES, &bytes) ||
	    (bytes && bytes < AOIPOOL_BLOCK_BYTES))
		return aoipool_file_refuse(aoipool_file_of(attr), buf, -EINVAL,
					   "%llu to %llu, or 0 for 80 %% of RAM",
					   AOIPOOL_BLOCK_BYTES, MAX_LIMIT_BYTES);
	aoipool_blocks_set_limit(bytes >> AOIPOOL_BLOCK_SHIFT);
	return len;
}

static ssize_t idle_max_bytes_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	u64 blocks = READ_ONCE(aoipool_idle_max_blocks);

	if (blocks == AOIPOOL_IDLE_OF_HOST)
		return sysfs_emit(buf, "unlimited\n");
	return aoipool_file_show_blocks(buf, blocks);
}

static ssize_t idle_max_bytes_store(struct device *dev,
				    struct device_attribute *attr,
				    const char *buf, size_t len)
{
	u64 blocks = AOIPOOL_IDLE_OF_HOST, bytes;

	if (!sysfs_streq(buf, "unlimited")) {
		if (!aoipool_file_parse(buf, 0, MAX_LIMIT_BYTES, &bytes))
			return aoipool_file_refuse(aoipool_file_of(attr), buf,
						   -EINVAL,
						   "0 to %llu, or unlimited",
						   MAX_LIMIT_BYTES);
		blocks = bytes >> AOIPOOL_BLOCK_SHIFT;
	}
	WRITE_ONCE(aoipool_idle_max_blocks, blocks);
	aoipool_governor_call();
	return len;
}

static ssize_t clear_mode_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", aoipool_clear_chosen());
}

static ssize_t clear_mode_store(struct device *dev,
				struct device_attribute *attr,
				const char *buf, size_t len)
{
	char list[AOIPOOL_CLEAR_LIST_BYTES];
	int err = aoipool_clear_choose(buf);

	if (!err)
		return len;
	aoipool_clear_list(list, sizeof(list));
	return aoipool_file_refuse(aoipool_file_of(attr), buf, err,
				   "what this CPU has: %s", list);
}

static ssize_t clear_modes_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	char list[AOIPOOL_CLEAR_LIST_BYTES];

	aoipool_clear_list(list, sizeof(list));
	return sysfs_emit(buf, "%s\n", list);
}

static ssize_t populate_workers_show(struct device *dev,
				     struct device_attribute *attr, char *buf)
{
	return aoipool_file_show(buf, READ_ONCE(aoipool_supply_workers));
}

static ssize_t populate_workers_store(struct device *dev,
				      struct device_attribute *attr,
				      const char *buf, size_t len)
{
	u64 value;

	if (!aoipool_file_parse(buf, 0, AOIPOOL_MAX_WORKERS, &value))
		return aoipool_file_refuse(aoipool_file_of(attr), buf, -EINVAL,
					   "0 to %u", AOIPOOL_MAX_WORKERS);
	WRITE_ONCE(aoipool_supply_workers, value);
	return len;
}

static struct aoipool_file files[] = {
	AOIPOOL_FILE_RO(version, NULL, 0),
	AOIPOOL_FILE_RO(abi_version, NULL, 0),
	AOIPOOL_FILE_RW(limit_bytes, NULL, 0),
	AOIPOOL_FILE_RW(idle_max_bytes, NULL, 0),
	AOIPOOL_FILE_RW(clear_mode, NULL, 0),
	AOIPOOL_FILE_RO(clear_modes, NULL, 0),
	AOIPOOL_FILE_RW(populate_workers, NULL, 0),
};

static struct attribute *attrs[ARRAY_SIZE(files) + 1];

static const struct attribute_group group = {
	.attrs = attrs,
};

/* This one, pressure and counters; levels and nodes come on top of them. */
#define NR_SINGLE	3

const struct attribute_group **aoipool_sysfs_groups;

static void list_groups(void)
{
	const struct attribute_group **groups = aoipool_sysfs_groups;
	int level, nid, nr = 0;

	aoipool_files_list(files, ARRAY_SIZE(files), attrs);
	groups[nr++] = &group;
	groups[nr++] = aoipool_sysfs_pressure();
	groups[nr++] = aoipool_sysfs_counters();
	for (level = 0; level < AOIPOOL_NR_LEVELS; level++)
		groups[nr++] = aoipool_sysfs_policy(level);
	for_each_node_state(nid, N_MEMORY)
		groups[nr++] = aoipool_sysfs_node(nid);
}

/* With the nodes that have memory now. */
int aoipool_sysfs_init(void)
{
	int err = aoipool_sysfs_node_init();

	if (err)
		return err;
	aoipool_sysfs_groups = kcalloc(NR_SINGLE + AOIPOOL_NR_LEVELS +
					       nr_node_ids + 1,
				       sizeof(*aoipool_sysfs_groups),
				       GFP_KERNEL);
	if (!aoipool_sysfs_groups) {
		aoipool_sysfs_node_exit();
		return -ENOMEM;
	}
	list_groups();
	return 0;
}

void aoipool_sysfs_exit(void)
{
	kfree(aoipool_sysfs_groups);
	aoipool_sysfs_node_exit();
}
