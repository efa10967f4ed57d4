// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs: the files below /sys/class/misc/aoipool.
 *
 *	pressure/	the level, and when it changes
 *	policy_LEVEL/	what is done on a level
 *	nodeN/		the level of a node
 *	idle_max_bytes
 *
 * One value a file; kmod/docs/abi.md has them all.  What is written takes effect
 * with the governor's next look, which is called for.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "block.h"
#include "governor.h"
#include "memory.h"
#include "policy.h"
#include "pressure.h"
#include "sysfs.h"

#define MAX_DECAY_MS	(24 * 3600 * 1000U)
#define MAX_GRACE_MS	10000U
#define MAX_HOLD_MS	60000U

/* protects the thresholds against each other while one is checked and set */
static DEFINE_MUTEX(thresholds_lock);

static const char *const level_names[] = {
	[AOIPOOL_PRESSURE_NONE] = "none",
	[AOIPOOL_PRESSURE_LOW] = "low",
	[AOIPOOL_PRESSURE_HIGH] = "high",
	[AOIPOOL_PRESSURE_CRITICAL] = "critical",
};

static const char *const keep_names[] = {
	[AOIPOOL_KEEP_NOTHING] = "nothing",
	[AOIPOOL_KEEP_LOW] = "low",
	[AOIPOOL_KEEP_HIGH] = "high",
};

/* A file of one of several equal things: a level, or a node. */
struct nth_attribute {
	struct device_attribute attr;
	int nth;
};

static int nth_of(struct device_attribute *attr)
{
	return container_of(attr, struct nth_attribute, attr)->nth;
}

/* Return: 0; -EINVAL: no number, or above @max. */
static int parse(const char *text, u32 max, u32 *value)
{
	u32 parsed;

	if (kstrtou32(text, 0, &parsed) || parsed > max)
		return -EINVAL;
	*value = parsed;
	return 0;
}

static ssize_t set(u32 *field, const char *text, size_t len, u32 max)
{
	u32 value;
	int err = parse(text, max, &value);

	if (err)
		return err;
	WRITE_ONCE(*field, value);
	aoipool_governor_call();
	return len;
}

/* pressure/ */

static ssize_t level_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n", level_names[aoipool_pressure_of_host()]);
}
static DEVICE_ATTR_RO(level);

static ssize_t percent_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n",
			  READ_ONCE(aoipool_thresholds.percent[nth_of(attr)]));
}

/* A higher level begins with less memory, whatever is written in which order. */
static bool percent_fits(int level, u32 percent)
{
	const u32 *others = aoipool_thresholds.percent;

	return (level == AOIPOOL_PRESSURE_LOW || percent <= others[level - 1]) &&
	       (level == AOIPOOL_PRESSURE_CRITICAL ||
		percent >= others[level + 1]);
}

static ssize_t percent_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t len)
{
	int level = nth_of(attr);
	u32 value;

	if (parse(buf, 100, &value))
		return -EINVAL;
	mutex_lock(&thresholds_lock);
	if (percent_fits(level, value))
		WRITE_ONCE(aoipool_thresholds.percent[level], value);
	else
		len = 0;
	mutex_unlock(&thresholds_lock);
	aoipool_governor_call();
	return len ?: -EINVAL;
}

static ssize_t hysteresis_percent_show(struct device *dev,
				       struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n",
			  READ_ONCE(aoipool_thresholds.hysteresis_percent));
}

static ssize_t hysteresis_percent_store(struct device *dev,
					struct device_attribute *attr,
					const char *buf, size_t len)
{
	return set(&aoipool_thresholds.hysteresis_percent, buf, len, 100);
}
static DEVICE_ATTR_RW(hysteresis_percent);

static ssize_t hold_ms_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(aoipool_thresholds.hold_ms));
}

static ssize_t hold_ms_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t len)
{
	return set(&aoipool_thresholds.hold_ms, buf, len, MAX_HOLD_MS);
}
static DEVICE_ATTR_RW(hold_ms);

#define PERCENT(name, nr)                                                   \
	static struct nth_attribute name = {                                \
		.attr = __ATTR(name, 0644, percent_show, percent_store),    \
		.nth = nr,                                                  \
	}

PERCENT(low_percent, AOIPOOL_PRESSURE_LOW);
PERCENT(high_percent, AOIPOOL_PRESSURE_HIGH);
PERCENT(critical_percent, AOIPOOL_PRESSURE_CRITICAL);

static struct attribute *pressure_attrs[] = {
	&dev_attr_level.attr,
	&low_percent.attr.attr,
	&high_percent.attr.attr,
	&critical_percent.attr.attr,
	&dev_attr_hysteresis_percent.attr,
	&dev_attr_hold_ms.attr,
	NULL,
};

static const struct attribute_group pressure_group = {
	.name = "pressure",
	.attrs = pressure_attrs,
};

/* policy_LEVEL/ */

static struct aoipool_policy *policy_of(struct device_attribute *attr)
{
	return &aoipool_policies[nth_of(attr)];
}

static ssize_t decay_ms_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	u32 value = READ_ONCE(policy_of(attr)->decay_ms);

	if (value == AOIPOOL_DECAY_NEVER)
		return sysfs_emit(buf, "never\n");
	return sysfs_emit(buf, "%u\n", value);
}

static ssize_t decay_ms_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t len)
{
	u32 *field = &policy_of(attr)->decay_ms;

	if (!sysfs_streq(buf, "never"))
		return set(field, buf, len, MAX_DECAY_MS);
	WRITE_ONCE(*field, AOIPOOL_DECAY_NEVER);
	aoipool_governor_call();
	return len;
}

static ssize_t grace_ms_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(policy_of(attr)->grace_ms));
}

static ssize_t grace_ms_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t len)
{
	return set(&policy_of(attr)->grace_ms, buf, len, MAX_GRACE_MS);
}

static ssize_t depot_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  keep_names[READ_ONCE(policy_of(attr)->keep)]);
}

static ssize_t depot_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t len)
{
	int keep = sysfs_match_string(keep_names, buf);

	if (keep < 0)
		return keep;
	WRITE_ONCE(policy_of(attr)->keep, keep);
	aoipool_governor_call();
	return len;
}

static ssize_t gives_reserve_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(policy_of(attr)->gives_reserve));
}

static ssize_t gives_reserve_store(struct device *dev,
				   struct device_attribute *attr,
				   const char *buf, size_t len)
{
	bool value;
	int err = kstrtobool(buf, &value);

	if (err)
		return err;
	WRITE_ONCE(policy_of(attr)->gives_reserve, value);
	return len;
}

#define NTH_RW(file, nr)                                                    \
	{ .attr = __ATTR(file, 0644, file##_show, file##_store), .nth = nr }

#define POLICY_GROUP(level, nr)                                             \
	static struct nth_attribute level##_files[] = {                     \
		NTH_RW(decay_ms, nr), NTH_RW(grace_ms, nr),                 \
		NTH_RW(depot, nr), NTH_RW(gives_reserve, nr),               \
	};                                                                  \
	static struct attribute *level##_attrs[] = {                        \
		&level##_files[0].attr.attr, &level##_files[1].attr.attr,   \
		&level##_files[2].attr.attr, &level##_files[3].attr.attr,   \
		NULL,                                                       \
	};                                                                  \
	static const struct attribute_group level##_group = {               \
		.name = "policy_" #level,                                   \
		.attrs = level##_attrs,                                     \
	}

POLICY_GROUP(none, AOIPOOL_PRESSURE_NONE);
POLICY_GROUP(low, AOIPOOL_PRESSURE_LOW);
POLICY_GROUP(high, AOIPOOL_PRESSURE_HIGH);
POLICY_GROUP(critical, AOIPOOL_PRESSURE_CRITICAL);

/* idle_max_bytes */

static ssize_t idle_max_bytes_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	u64 blocks = READ_ONCE(aoipool_idle_max_blocks);

	if (blocks == AOIPOOL_IDLE_OF_HOST)
		return sysfs_emit(buf, "unlimited\n");
	return sysfs_emit(buf, "%llu\n", blocks << AOIPOOL_BLOCK_SHIFT);
}

static ssize_t idle_max_bytes_store(struct device *dev,
				    struct device_attribute *attr,
				    const char *buf, size_t len)
{
	u64 bytes = U64_MAX;
	int err = 0;

	if (!sysfs_streq(buf, "unlimited"))
		err = kstrtou64(buf, 0, &bytes);
	if (err)
		return err;
	WRITE_ONCE(aoipool_idle_max_blocks,
		   bytes == U64_MAX ? AOIPOOL_IDLE_OF_HOST :
				      bytes >> AOIPOOL_BLOCK_SHIFT);
	aoipool_governor_call();
	return len;
}
static DEVICE_ATTR_RW(idle_max_bytes);

static struct attribute *top_attrs[] = {
	&dev_attr_idle_max_bytes.attr,
	NULL,
};

static const struct attribute_group top_group = {
	.attrs = top_attrs,
};

/* nodeN/ */

static ssize_t node_level_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  level_names[aoipool_pressure_of_node(nth_of(attr))]);
}

static ssize_t node_available_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	struct aoipool_memory memory;

	aoipool_memory_of_node(nth_of(attr), &memory);
	return sysfs_emit(buf, "%llu\n",
			  (u64)memory.available << PAGE_SHIFT);
}

struct node_files {
	char name[16];
	struct nth_attribute level, available;
	struct attribute *attrs[3];
	struct attribute_group group;
};

static void node_files_init(struct node_files *files, int nid)
{
	snprintf(files->name, sizeof(files->name), "node%d", nid);
	files->level = (struct nth_attribute) {
		.attr = __ATTR(level, 0444, node_level_show, NULL),
		.nth = nid,
	};
	files->available = (struct nth_attribute) {
		.attr = __ATTR(available_bytes, 0444, node_available_show, NULL),
		.nth = nid,
	};
	sysfs_attr_init(&files->level.attr.attr);
	sysfs_attr_init(&files->available.attr.attr);
	files->attrs[0] = &files->level.attr.attr;
	files->attrs[1] = &files->available.attr.attr;
	files->group.name = files->name;
	files->group.attrs = files->attrs;
}

static const struct attribute_group *const fixed_groups[] = {
	&top_group, &pressure_group, &none_group, &low_group, &high_group,
	&critical_group,
};

const struct attribute_group **aoipool_sysfs_groups;
static struct node_files *node_files;

/* Those of the nodes that have memory now. */
int aoipool_sysfs_init(void)
{
	size_t nr = ARRAY_SIZE(fixed_groups);
	int nid;

	node_files = kcalloc(nr_node_ids, sizeof(*node_files), GFP_KERNEL);
	aoipool_sysfs_groups = kcalloc(nr + nr_node_ids + 1,
				       sizeof(*aoipool_sysfs_groups),
				       GFP_KERNEL);
	if (!node_files || !aoipool_sysfs_groups) {
		aoipool_sysfs_exit();
		return -ENOMEM;
	}
	memcpy(aoipool_sysfs_groups, fixed_groups, sizeof(fixed_groups));
	for_each_node_state(nid, N_MEMORY) {
		node_files_init(&node_files[nid], nid);
		aoipool_sysfs_groups[nr++] = &node_files[nid].group;
	}
	return 0;
}

void aoipool_sysfs_exit(void)
{
	kfree(aoipool_sysfs_groups);
	kfree(node_files);
}
