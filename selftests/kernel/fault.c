// SPDX-License-Identifier: GPL-2.0-only
#include "fault.h"
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define DEBUG		"/sys/kernel/debug/"

static int nth_fd = -1;

bool fault_is_there(void)
{
	return !access(FAIL_NTH, F_OK);
}

static int set_knobs(void)
{
	return file_write(DEBUG "failslab/ignore-gfp-wait", "N") ?:
	       file_write(DEBUG "failslab/verbose", "0") ?:
	       file_write(DEBUG "fail_page_alloc/ignore-gfp-wait", "N") ?:
	       file_write(DEBUG "fail_page_alloc/ignore-gfp-highmem", "N") ?:
	       file_write(DEBUG "fail_page_alloc/min-order", "0") ?:
	       file_write(DEBUG "fail_page_alloc/verbose", "0") ?:
	       file_write(DEBUG "fail_usercopy/verbose", "0");
}

/* Open all the time: to open it takes allocations, which are counted. */
int fault_arm(void)
{
	if (nth_fd >= 0)
		close(nth_fd);
	nth_fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	return nth_fd < 0 ? -errno : set_knobs();
}

int fault_at(unsigned int nth)
{
	char text[16];
	int bytes = snprintf(text, sizeof(text), "%u", nth);

	return pwrite(nth_fd, text, bytes, 0) == bytes ? 0 : -errno;
}

/* Until it is taken: each try uses one up. */
static int disarm(void)
{
	int err;

	do
		err = pwrite(nth_fd, "0", 1, 0) == 1 ? 0 : -errno;
	while (err == -EFAULT);
	return err;
}

/* To be read is a copy to the user: one that fails was still to come. */
int fault_over(void)
{
	char left[16] = "";
	bool has_come = pread(nth_fd, left, sizeof(left) - 1, 0) > 0 &&
			atoi(left) == 0;

	return disarm() ?: has_come;
}
