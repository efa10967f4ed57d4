/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Calls of the library that the linker hands to a test (--wrap, see WRAP_* in
 * the Makefile).  __real_ is its name for what was wrapped.
 */
#ifndef SELFTESTS_LIB_WRAP_H
#define SELFTESTS_LIB_WRAP_H

#include <pthread.h>

#include "host.h"
#include "psi.h"
#include "sys.h"

#define WRAPPED(type, name, parameters) \
	type __real_##name parameters; \
	type __wrap_##name parameters

WRAPPED(void *, malloc, (size_t bytes));
WRAPPED(void *, calloc, (size_t n, size_t bytes));
WRAPPED(void *, aligned_alloc, (size_t align, size_t bytes));
WRAPPED(int, pthread_create, (pthread_t *thread, const pthread_attr_t *attr,
			      void *(*start)(void *), void *arg));
WRAPPED(int, sys_open, (const char *path, int flags));
WRAPPED(void, sys_close, (int fd));
WRAPPED(ssize_t, sys_read, (int fd, void *buf, size_t n));
WRAPPED(ssize_t, sys_write, (int fd, const void *buf, size_t n));
WRAPPED(int, sys_ioctl, (int fd, unsigned long cmd, void *arg));
WRAPPED(int, sys_eventfd, (void));
WRAPPED(int, sys_map, (void *at, size_t bytes, int prot, int flags, int fd,
		       off_t offset, void **addr));
WRAPPED(int, sys_madvise, (void *addr, size_t bytes, int advice));
WRAPPED(int, sys_memfd, (const char *name, unsigned int huge_shift));
WRAPPED(int, sys_truncate, (int fd, off_t bytes));
WRAPPED(int, sys_allocate, (int fd, off_t offset, off_t bytes));
WRAPPED(int, sys_punch, (int fd, off_t offset, off_t bytes));
WRAPPED(uint32_t, sys_allowed_cpus, (void));
WRAPPED(int, helper_start, (pthread_t *thread, const pthread_attr_t *attr,
			    const char *name, void *(*start)(void *),
			    void *arg));
WRAPPED(int, host_memory, (struct host_memory *memory));
WRAPPED(int, psi_open, (const char *path));
WRAPPED(int, sys_epoll_add, (int epoll, int fd, uint32_t events,
			     uint64_t data));
WRAPPED(uint64_t, host_nodes, (void));

#endif
