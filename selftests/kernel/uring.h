/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Just enough io_uring for a registered buffer, by bare system calls.
 */
#ifndef URING_H
#define URING_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct uring {
	int fd;
	void *ring;
	void *sqes;
	size_t ring_bytes;
	size_t sqes_bytes;
	__u32 *sq_tail;
	__u32 *sq_array;
	__u32 *cq_head;
	void *cqes;
	__u32 mask;
};

/* -ENOSYS, -EPERM: this kernel has none, or it is switched off. */
int uring_open(struct uring *uring);
void uring_close(struct uring *uring);
/* Register one buffer as index 0: it stays pinned until unregistered. */
int uring_register(struct uring *uring, void *mem, size_t bytes);
int uring_unregister(struct uring *uring);
/* Transfer between the registered buffer and a file; bytes done or -errno. */
int uring_write_fixed(struct uring *uring, int fd, const void *mem, size_t bytes);
int uring_read_fixed(struct uring *uring, int fd, void *mem, size_t bytes);

/* Whether this kernel's io_uring takes buffers that a file backs (since 6.5). */
bool uring_takes_files(void);

#endif /* URING_H */
