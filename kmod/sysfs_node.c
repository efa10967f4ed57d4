// SPDX-License-Identifier: GPL-2.0-only
/* sysfs: nodeN/, what a node has, and what its depot keeps. */
#include <linux/kernel.h>
#include <linux/slab.h>
#include "block.h"
#include "count.h"
#include "depot.h"
#include "event.h"
#include "memory.h"
#include "pool.h"
#include "pressure.h"
#include "sysfs.h"
#include "sysfs_file.h"

#define MAX_DEPOT_BYTES	((u64)AOIPOOL_DEPOT_MAX_BLOCKS << AOIPOOL_BLOCK_SHIFT)

static int nid_of(struct device_attribute *attr)
{
	return aoipool_file_of(attr)->nth;
}

static ssize_t level_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	enum aoipool_pressure level = aoipool_pressure_of_node(nid_of(attr));

	return sysfs_emit(buf, "%s\n", aoipool_level_names[level]);
}

static ssize_t available_bytes_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	struct aoipool_memory memory;

	aoipool_memory_of_node(nid_of(attr), &memory);
	return aoipool_file_show_pages(buf, memory.available);
}

static ssize_t total_bytes_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct aoipool_memory memory;

	aoipool_memory_of_node(nid_of(attr), &memory);
	return aoipool_file_show_pages(buf, memory.total);
}

static ssize_t pool_bytes_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return aoipool_file_show_blocks(buf, aoipool_pools_blocks(nid_of(attr)));
}

static ssize_t depot_bytes_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return aoipool_file_show_blocks(buf, aoipool_depot_count(nid_of(attr)));
}

static ssize_t populated_bytes_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	return aoipool_file_show_blocks(buf,
					aoipool_count_populated(nid_of(attr)));
}

static ssize_t reclaimed_bytes_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	return aoipool_file_show_blocks(buf,
					aoipool_event_reclaimed(nid_of(attr)));
}

static ssize_t failures_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return aoipool_file_show(buf, aoipool_count_failures(nid_of(attr)));
}

static ssize_t store_watermark(struct device_attribute *attr, const char *buf,
			       size_t len, enum aoipool_watermark which)
{
	u64 bytes;

	if (!aoipool_file_parse(buf, 0, MAX_DEPOT_BYTES, &bytes))
		return aoipool_file_refuse(aoipool_file_of(attr), buf, -EINVAL,
					   "0 to %llu", MAX_DEPOT_BYTES);
	aoipool_depot_set_watermark(nid_of(attr), which,
				    bytes >> AOIPOOL_BLOCK_SHIFT);
	return len;
}

static ssize_t show_watermark(struct device_attribute *attr, char *buf,
			      enum aoipool_watermark which)
{
	return aoipool_file_show_blocks(buf,
					aoipool_depot_watermark(nid_of(attr),
								which));
}

static ssize_t depot_low_bytes_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	return show_watermark(attr, buf, AOIPOOL_DEPOT_LOW);
}

static ssize_t depot_low_bytes_store(struct device *dev,
				     struct device_attribute *attr,
				     const char *buf, size_t len)
{
	return store_watermark(attr, buf, len, AOIPOOL_DEPOT_LOW);
}

static ssize_t depot_high_bytes_show(struct device *dev,
				     struct device_attribute *attr, char *buf)
{
	return show_watermark(attr, buf, AOIPOOL_DEPOT_HIGH);
}

static ssize_t depot_high_bytes_store(struct device *dev,
				      struct device_attribute *attr,
				      const char *buf, size_t len)
{
	return store_watermark(attr, buf, len, AOIPOOL_DEPOT_HIGH);
}

/* Of each node; it and its folder are filled in. */
static const struct aoipool_file template[] = {
	AOIPOOL_FILE_RO(level, NULL, 0),
	AOIPOOL_FILE_RO(available_bytes, NULL, 0),
	AOIPOOL_FILE_RO(total_bytes, NULL, 0),
	AOIPOOL_FILE_RO(pool_bytes, NULL, 0),
	AOIPOOL_FILE_RO(depot_bytes, NULL, 0),
	AOIPOOL_FILE_RO(populated_bytes, NULL, 0),
	AOIPOOL_FILE_RO(reclaimed_bytes, NULL, 0),
	AOIPOOL_FILE_RO(failures, NULL, 0),
	AOIPOOL_FILE_RW(depot_low_bytes, NULL, 0),
	AOIPOOL_FILE_RW(depot_high_bytes, NULL, 0),
};

struct folder {
	char name[16];
	struct aoipool_file files[ARRAY_SIZE(template)];
	struct attribute *attrs[ARRAY_SIZE(template) + 1];
	struct attribute_group group;
};

static struct folder *folders;	/* nr_node_ids of them */

const struct attribute_group *aoipool_sysfs_node(int nid)
{
	struct folder *folder = &folders[nid];
	size_t i;

	snprintf(folder->name, sizeof(folder->name), "node%d", nid);
	for (i = 0; i < ARRAY_SIZE(template); i++) {
		folder->files[i] = template[i];
		folder->files[i].folder = folder->name;
		folder->files[i].nth = nid;
	}
	aoipool_files_list(folder->files, ARRAY_SIZE(template), folder->attrs);
	folder->group.name = folder->name;
	folder->group.attrs = folder->attrs;
	return &folder->group;
}

int aoipool_sysfs_node_init(void)
{
	folders = kcalloc(nr_node_ids, sizeof(*folders), GFP_KERNEL);
	return folders ? 0 : -ENOMEM;
}

void aoipool_sysfs_node_exit(void)
{
	kfree(folders);
	folders = NULL;
}
