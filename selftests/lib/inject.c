// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>

#include "inject.h"
#include "wrap.h"

static __thread struct {
	bool armed;
	unsigned int left;
	const char *failed;
} plan;

static atomic_bool hidden;

void inject_arm(unsigned int nth)
{
	plan.left = nth;
	plan.failed = NULL;
	plan.armed = true;
}

const char *inject_disarm(void)
{
	plan.armed = false;
	return plan.failed;
}

void inject_hide_files(bool hide)
{
	hidden = hide;
}

static bool fails(const char *what)
{
	if (!plan.armed || plan.left--)
		return false;
	plan.armed = false;
	plan.failed = what;
	return true;
}

#define WRAP(type, name, failure, parameters, arguments) \
	type __wrap_##name parameters \
	{ \
		return fails(#name) ? (failure) : __real_##name arguments; \
	}

WRAP(void *, malloc, NULL, (size_t bytes), (bytes))
WRAP(void *, calloc, NULL, (size_t n, size_t bytes), (n, bytes))
WRAP(void *, aligned_alloc, NULL, (size_t align, size_t bytes), (align, bytes))
WRAP(int, sys_eventfd, -EMFILE, (void), ())
WRAP(int, sys_madvise, -ENOMEM, (void *addr, size_t bytes, int advice),
	(addr, bytes, advice))
WRAP(int, sys_memfd, -EMFILE, (const char *name, unsigned int huge_shift),
	(name, huge_shift))
WRAP(int, sys_truncate, -EFBIG, (int fd, off_t bytes), (fd, bytes))
WRAP(int, sys_allocate, -ENOSPC, (int fd, off_t offset, off_t bytes),
	(fd, offset, bytes))
WRAP(int, sys_punch, -ENOMEM, (int fd, off_t offset, off_t bytes),
	(fd, offset, bytes))
WRAP(ssize_t, sys_read, -EIO, (int fd, void *buf, size_t n), (fd, buf, n))
WRAP(ssize_t, sys_write, -EIO, (int fd, const void *buf, size_t n),
	(fd, buf, n))

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
			  void *(*start)(void *), void *arg)
{
	if (fails("pthread_create"))
		return EAGAIN;
	return __real_pthread_create(thread, attr, start, arg);
}

int __wrap_sys_map(void *at, size_t bytes, int prot, int flags, int fd,
		   off_t offset, void **addr)
{
	if (fails("sys_map"))
		return -ENOMEM;
	return __real_sys_map(at, bytes, prot, flags, fd, offset, addr);
}

int __wrap_sys_open(const char *path, int flags)
{
	if (hidden)
		return -ENOENT;
	return fails("sys_open") ? -EMFILE : __real_sys_open(path, flags);
}
