// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of sysfs: what they have in common.
 *
 * A value that is not taken changes nothing, is an error to whoever wrote it, and
 * one line of the kernel log for each file: the settings of an administrator are
 * often written by a service that tells nobody.  Only the first, for whoever may
 * write could fill the log else.
 */
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/string.h>
#include <linux/aoipool.h>
#include "sysfs_file.h"

/* Of what was written, in the log. */
#define SHOWN_BYTES	32

/* Return: whether @text is a number within the range, which is in @value then. */
bool aoipool_file_parse(const char *text, u64 least, u64 most, u64 *value)
{
	u64 parsed;

	if (kstrtou64(text, 0, &parsed) || parsed < least || parsed > most)
		return false;
	*value = parsed;
	return true;
}

ssize_t aoipool_file_show(char *buf, u64 value)
{
	return sysfs_emit(buf, "%llu\n", value);
}

ssize_t aoipool_file_show_blocks(char *buf, u64 blocks)
{
	return aoipool_file_show(buf, blocks << AOIPOOL_BLOCK_SHIFT);
}

ssize_t aoipool_file_show_pages(char *buf, u64 pages)
{
	return aoipool_file_show(buf, pages << PAGE_SHIFT);
}

ssize_t aoipool_file_refuse(struct aoipool_file *file, const char *text,
			    int err, const char *fmt, ...)
{
	int len = min_t(int, strcspn(text, "\n"), SHOWN_BYTES);
	struct va_format range;
	va_list args;

	if (xchg(&file->was_refused, true))
		return err;
	va_start(args, fmt);
	range = (struct va_format) { .fmt = fmt, .va = &args };
	pr_notice("aoipool: %s%s%s: \"%*pE\" is refused, it takes %pV\n",
		  file->folder ?: "", file->folder ? "/" : "",
		  file->attr.attr.name, len, text, &range);
	va_end(args);
	return err;
}
