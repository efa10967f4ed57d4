/* SPDX-License-Identifier: GPL-2.0-only */
/* A file of sysfs: one value, and what may be written to it. */
#ifndef AOIPOOL_SYSFS_FILE_H
#define AOIPOOL_SYSFS_FILE_H

#include <linux/device.h>
#include <linux/sysfs.h>
#include <linux/types.h>

/**
 * struct aoipool_file - one value
 * @attr: its name, mode and verbs
 * @folder: that it is in; NULL: the device's own
 * @nth: which of several equal things it is of: a level, a node, a watermark
 * @was_refused: a value was, and the kernel log has it
 */
struct aoipool_file {
	struct device_attribute attr;
	const char *folder;
	int nth;
	bool was_refused;
};

static inline struct aoipool_file *
aoipool_file_of(struct device_attribute *attr)
{
	return container_of(attr, struct aoipool_file, attr);
}

/* Initialisers; those of one folder that differ in nth have a name of their own. */
#define AOIPOOL_FILE(file, mode, show, store, in, nr)                       \
	{ .attr = __ATTR(file, mode, show, store), .folder = in, .nth = nr }
#define AOIPOOL_FILE_RO(file, in, nr)                                       \
	AOIPOOL_FILE(file, 0444, file##_show, NULL, in, nr)
#define AOIPOOL_FILE_RW(file, in, nr)                                       \
	AOIPOOL_FILE(file, 0644, file##_show, file##_store, in, nr)

/* Into a list that ends with NULL, as a group has it; lockdep is to know each. */
static inline void aoipool_files_list(struct aoipool_file *files, size_t nr,
				      struct attribute **attrs)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		sysfs_attr_init(&files[i].attr.attr);
		attrs[i] = &files[i].attr.attr;
	}
	attrs[nr] = NULL;
}

bool aoipool_file_parse(const char *text, u64 least, u64 most, u64 *value);

/* A number, or so many bytes; as show() returns it. */
ssize_t aoipool_file_show(char *buf, u64 value);
ssize_t aoipool_file_show_blocks(char *buf, u64 blocks);
ssize_t aoipool_file_show_pages(char *buf, u64 pages);

/**
 * aoipool_file_refuse() - nothing was changed, and the log has the reason once
 * @file: that was written to
 * @text: what was written
 * @err: negative
 * @fmt: what would have been taken
 *
 * Return: @err, for store() to return.
 */
__printf(4, 5)
ssize_t aoipool_file_refuse(struct aoipool_file *file, const char *text,
			    int err, const char *fmt, ...);

#endif /* AOIPOOL_SYSFS_FILE_H */
