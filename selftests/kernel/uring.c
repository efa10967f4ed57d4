// SPDX-License-Identifier: GPL-2.0-only
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "uring.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#define ENTRIES	4

static void *at(void *base, __u32 offset)
{
	return (char *)base + offset;
}

static void *ring_map(int fd, size_t bytes, off_t offset)
{
	void *mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	return mem == MAP_FAILED ? NULL : mem;
}

/* Every kernel since 5.4 maps both queues at once. */
static void rings_find(struct uring *uring, const struct io_uring_params *params)
{
	uring->sq_tail = at(uring->ring, params->sq_off.tail);
	uring->sq_array = at(uring->ring, params->sq_off.array);
	uring->cq_head = at(uring->ring, params->cq_off.head);
	uring->cqes = at(uring->ring, params->cq_off.cqes);
	uring->mask = *(__u32 *)at(uring->ring, params->sq_off.ring_mask);
}

int uring_open(struct uring *uring)
{
	struct io_uring_params params = { .flags = 0 };

	uring->fd = syscall(SYS_io_uring_setup, ENTRIES, &params);
	if (uring->fd < 0)
		return -errno;
	uring->ring_bytes = params.cq_off.cqes +
			    params.cq_entries * sizeof(struct io_uring_cqe);
	uring->sqes_bytes = params.sq_entries * sizeof(struct io_uring_sqe);
	uring->ring = ring_map(uring->fd, uring->ring_bytes, IORING_OFF_SQ_RING);
	uring->sqes = ring_map(uring->fd, uring->sqes_bytes, IORING_OFF_SQES);
	if (!uring->ring || !uring->sqes)
		return -ENOMEM;
	rings_find(uring, &params);
	return 0;
}

void uring_close(struct uring *uring)
{
	munmap(uring->ring, uring->ring_bytes);
	munmap(uring->sqes, uring->sqes_bytes);
	close(uring->fd);
}

int uring_register(struct uring *uring, void *mem, size_t bytes)
{
	struct iovec buffer = { mem, bytes };

	return syscall(SYS_io_uring_register, uring->fd, IORING_REGISTER_BUFFERS,
		       &buffer, 1) ? -errno : 0;
}

int uring_unregister(struct uring *uring)
{
	return syscall(SYS_io_uring_register, uring->fd, IORING_UNREGISTER_BUFFERS,
		       NULL, 0) ? -errno : 0;
}

static int transfer(struct uring *uring, const struct io_uring_sqe *sqe)
{
	__u32 tail = *uring->sq_tail, slot = tail & uring->mask, head = *uring->cq_head;
	struct io_uring_cqe *cqes = uring->cqes;
	int result;

	((struct io_uring_sqe *)uring->sqes)[slot] = *sqe;
	uring->sq_array[slot] = slot;
	__atomic_store_n(uring->sq_tail, tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, uring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return -errno;
	/* One request at a time, so the completion queue never wraps a batch. */
	result = cqes[head & (2 * ENTRIES - 1)].res;
	__atomic_store_n(uring->cq_head, head + 1, __ATOMIC_RELEASE);
	return result;
}

int uring_write_fixed(struct uring *uring, int fd, const void *mem, size_t bytes)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_WRITE_FIXED,
		.fd = fd,
		.addr = (unsigned long)mem,
		.len = bytes,
	};

	return transfer(uring, &sqe);
}

int uring_read_fixed(struct uring *uring, int fd, void *mem, size_t bytes)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_READ_FIXED,
		.fd = fd,
		.addr = (unsigned long)mem,
		.len = bytes,
	};

	return transfer(uring, &sqe);
}

bool uring_takes_files(void)
{
	struct utsname name;
	int major, minor;

	uname(&name);
	if (sscanf(name.release, "%d.%d", &major, &minor) != 2)
		return true;
	return major > 6 || (major == 6 && minor >= 5);
}
