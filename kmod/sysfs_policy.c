// SPDX-License-Identifier: GPL-2.0-only
/* sysfs: policy_LEVEL/, what is done on a level. */
#include <linux/slab.h>
#include <linux/string.h>
#include "governor.h"
#include "policy.h"
#include "sysfs.h"
#include "sysfs_file.h"

#define MAX_DECAY_MS	(24 * 3600 * 1000U)
#define MAX_GRACE_MS	10000U

static const char *const keep_names[] = {
	[AOIPOOL_KEEP_NOTHING] = "nothing",
	[AOIPOOL_KEEP_LOW] = "low",
	[AOIPOOL_KEEP_HIGH] = "high",
};

static struct aoipool_policy *policy_of(struct device_attribute *attr)
{
	return &aoipool_policies[aoipool_file_of(attr)->nth];
}

static ssize_t decay_ms_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	u32 value = READ_ONCE(policy_of(attr)->decay_ms);

	if (value == AOIPOOL_DECAY_NEVER)
		return sysfs_emit(buf, "never\n");
	return aoipool_file_show(buf, value);
}

static ssize_t decay_ms_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t len)
{
	u64 value = AOIPOOL_DECAY_NEVER;

	if (!sysfs_streq(buf, "never") &&
	    !aoipool_file_parse(buf, 0, MAX_DECAY_MS, &value))
		return aoipool_file_refuse(aoipool_file_of(attr), buf, -EINVAL,
					   "0 to %u, or never", MAX_DECAY_MS);
	WRITE_ONCE(policy_of(attr)->decay_ms, value);
	aoipool_governor_call();
	return len;
}

static ssize_t grace_ms_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return aoipool_file_show(buf, READ_ONCE(policy_of(attr)->grace_ms));
}

static ssize_t grace_ms_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t len)
{
	u64 value;

	if (!aoipool_file_parse(buf, 0, MAX_GRACE_MS, &value))
		return aoipool_file_refuse(aoipool_file_of(attr), buf, -EINVAL,
					   "0 to %u", MAX_GRACE_MS);
	WRITE_ONCE(policy_of(attr)->grace_ms, value);
	aoipool_governor_call();
	return len;
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
		return aoipool_file_refuse(aoipool_file_of(attr), buf, -EINVAL,
					   "high, low or nothing");
	WRITE_ONCE(policy_of(attr)->keep, keep);
	aoipool_governor_call();
	return len;
}

static ssize_t gives_reserve_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	return aoipool_file_show(buf, READ_ONCE(policy_of(attr)->gives_reserve));
}

static ssize_t gives_reserve_store(struct device *dev,
				   struct device_attribute *attr,
				   const char *buf, size_t len)
{
	u64 value;

	if (!aoipool_file_parse(buf, 0, 1, &value))
		return aoipool_file_refuse(aoipool_file_of(attr), buf, -EINVAL,
					   "0 or 1");
	WRITE_ONCE(policy_of(attr)->gives_reserve, value);
	return len;
}

#define NR_FILES	4

#define FILES(level, nr)                                                    \
	static struct aoipool_file level##_files[NR_FILES] = {              \
		AOIPOOL_FILE_RW(decay_ms, "policy_" #level, nr),            \
		AOIPOOL_FILE_RW(grace_ms, "policy_" #level, nr),            \
		AOIPOOL_FILE_RW(depot, "policy_" #level, nr),               \
		AOIPOOL_FILE_RW(gives_reserve, "policy_" #level, nr),       \
	}

FILES(none, AOIPOOL_PRESSURE_NONE);
FILES(low, AOIPOOL_PRESSURE_LOW);
FILES(high, AOIPOOL_PRESSURE_HIGH);
FILES(critical, AOIPOOL_PRESSURE_CRITICAL);

static struct aoipool_file *const files[AOIPOOL_NR_LEVELS] = {
	[AOIPOOL_PRESSURE_NONE] = none_files,
	[AOIPOOL_PRESSURE_LOW] = low_files,
	[AOIPOOL_PRESSURE_HIGH] = high_files,
	[AOIPOOL_PRESSURE_CRITICAL] = critical_files,
};

static struct attribute *attrs[AOIPOOL_NR_LEVELS][NR_FILES + 1];
static struct attribute_group groups[AOIPOOL_NR_LEVELS];

const struct attribute_group *
aoipool_sysfs_policy(enum aoipool_pressure level)
{
	aoipool_files_list(files[level], NR_FILES, attrs[level]);
	groups[level].name = files[level][0].folder;
	groups[level].attrs = attrs[level];
	return &groups[level];
}
