/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "psi.h"

#include <errno.h>
#include <fcntl.h>

#include "sys.h"

/*
 * Some thread waited for memory for 150 ms of 2 s.  2 s is the only window that
 * the kernel grants without privileges.
 */
#define TRIGGER	"some 150000 2000000"

int psi_open(const char *path)
{
	int fd = sys_open(path, O_RDWR | O_NONBLOCK);
	ssize_t put;

	if (fd < 0)
		return fd;
	put = sys_write(fd, TRIGGER, sizeof(TRIGGER));
	if (put == sizeof(TRIGGER))
		return fd;
	sys_close(fd);
	return put < 0 ? put : -EIO;
}
