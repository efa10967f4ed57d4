// SPDX-License-Identifier: GPL-2.0-only
/* sysfs: pressure/, the host's level, and when it changes. */
#include <linux/mutex.h>
#include "governor.h"
#include "pressure.h"
#include "sysfs.h"
#include "sysfs_file.h"

#define MAX_PERCENT	100U
#define MAX_HOLD_MS	60000U

#define FOLDER		"pressure"

/* protects the thresholds against each other while one is checked and set */
static DEFINE_MUTEX(thresholds_lock);

const char *const aoipool_level_names[AOIPOOL_NR_LEVELS] = {
	[AOIPOOL_PRESSURE_NONE] = "none",
	[AOIPOOL_PRESSURE_LOW] = "low",
	[AOIPOOL_PRESSURE_HIGH] = "high",
	[AOIPOOL_PRESSURE_CRITICAL] = "critical",
};

static ssize_t level_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  aoipool_level_names[aoipool_pressure_of_host()]);
}

static ssize_t percent_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	int level = aoipool_file_of(attr)->nth;

	return aoipool_file_show(buf,
				 READ_ONCE(aoipool_thresholds.percent[level]));
}

/* A higher level begins with less memory, whatever is written in which order. */
static void range_of(int level, u32 *least, u32 *most)
{
	const u32 *others = aoipool_thresholds.percent;

	*least = level == AOIPOOL_PRESSURE_CRITICAL ? 0 : others[level + 1];
	*most = level == AOIPOOL_PRESSURE_LOW ? MAX_PERCENT : others[level - 1];
}

static ssize_t percent_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t len)
{
	struct aoipool_file *file = aoipool_file_of(attr);
	u32 least, most;
	bool fits;
	u64 value;

	mutex_lock(&thresholds_lock);
	range_of(file->nth, &least, &most);
	fits = aoipool_file_parse(buf, least, most, &value);
	if (fits)
		WRITE_ONCE(aoipool_thresholds.percent[file->nth], value);
	mutex_unlock(&thresholds_lock);
	if (!fits)
		return aoipool_file_refuse(file, buf, -EINVAL,
					   "%u to %u, between the levels beside it",
					   least, most);
	aoipool_governor_call();
	return len;
}

static ssize_t hysteresis_percent_show(struct device *dev,
				       struct device_attribute *attr, char *buf)
{
	return aoipool_file_show(buf,
				 READ_ONCE(aoipool_thresholds.hysteresis_percent));
}

static ssize_t hysteresis_percent_store(struct device *dev,
					struct device_attribute *attr,
					const char *buf, size_t len)
{
	u64 value;

	if (!aoipool_file_parse(buf, 0, MAX_PERCENT, &value))
		return aoipool_file_refuse(aoipool_file_of(attr), buf, -EINVAL,
					   "0 to %u", MAX_PERCENT);
	WRITE_ONCE(aoipool_thresholds.hysteresis_percent, value);
	aoipool_governor_call();
	return len;
}

static ssize_t hold_ms_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return aoipool_file_show(buf, READ_ONCE(aoipool_thresholds.hold_ms));
}

static ssize_t hold_ms_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t len)
{
	u64 value;

	if (!aoipool_file_parse(buf, 0, MAX_HOLD_MS, &value))
		return aoipool_file_refuse(aoipool_file_of(attr), buf, -EINVAL,
					   "0 to %u", MAX_HOLD_MS);
	WRITE_ONCE(aoipool_thresholds.hold_ms, value);
	aoipool_governor_call();
	return len;
}

#define PERCENT(file, level)                                                \
	AOIPOOL_FILE(file, 0644, percent_show, percent_store, FOLDER, level)

static struct aoipool_file files[] = {
	AOIPOOL_FILE_RO(level, FOLDER, 0),
	PERCENT(low_percent, AOIPOOL_PRESSURE_LOW),
	PERCENT(high_percent, AOIPOOL_PRESSURE_HIGH),
	PERCENT(critical_percent, AOIPOOL_PRESSURE_CRITICAL),
	AOIPOOL_FILE_RW(hysteresis_percent, FOLDER, 0),
	AOIPOOL_FILE_RW(hold_ms, FOLDER, 0),
};

static struct attribute *attrs[ARRAY_SIZE(files) + 1];

static const struct attribute_group group = {
	.name = FOLDER,
	.attrs = attrs,
};

const struct attribute_group *aoipool_sysfs_pressure(void)
{
	aoipool_files_list(files, ARRAY_SIZE(files), attrs);
	return &group;
}
