/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * /dev/aoipool as far as the library can see it: open() and ioctl() of the
 * library are caught by the linker and answered here, the pool's memory is a
 * memfd with the layout that the uapi describes.  One pool at a time.
 */
#ifndef SELFTESTS_LIB_FAKE_DEVICE_H
#define SELFTESTS_LIB_FAKE_DEVICE_H

#include <linux/aoipool.h>
#include <stdatomic.h>
#include <stdbool.h>

struct fake_device {
	/* what a test sets: negative errno values, 0 is to do it */
	int open_err;
	int info_err;
	int create_err;
	int pool_info_err;
	atomic_int populate_err;
	int trim_err;
	int policy_err;
	bool mute;		/* its descriptor cannot be polled */
	__u32 abi_version;
	__u64 nodes;
	bool no_words;		/* a layout that cannot be mapped */
	/* what the library asked for */
	struct aoipool_pool_create created;
	struct aoipool_pool_populate populated;
	struct aoipool_pool_trim trimmed;
	struct aoipool_pool_policy policy;
	unsigned int creates, policies;
	atomic_uint populates, trims, tells, told_exhausted, bad_structs;
	int open_files;		/* devices and pools not closed yet */
	/* the pool */
	int pool_fd;
	int bell[2];		/* what is polled instead, and our end of it */
	__u64 *words;
	struct aoipool_pool_info_page *info;
};

extern struct fake_device fake;

/* A device as a fresh module has it. */
void fake_reset(void);
/* Forget the pool that was closed. */
void fake_release(void);
/* The module's level changes, and it says so. */
void fake_level(enum aoipool_pressure level);
/* It says that there is room. */
void fake_room(void);

#endif
