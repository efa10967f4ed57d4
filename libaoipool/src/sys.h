/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Every system call of the library, in the form that the library likes: a
 * result or -errno.  Nothing here decides anything.
 */
#ifndef SYS_H
#define SYS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>
#include <time.h>

int sys_open(const char *path, int flags);
/* below the directory @dir */
int sys_open_in(int dir, const char *path, int flags);
ssize_t sys_read_link(int dir, const char *path, char *link, size_t room);
void sys_close(int fd);
ssize_t sys_read(int fd, void *buf, size_t n);
ssize_t sys_read_at(int fd, void *buf, size_t n, off_t offset);
ssize_t sys_write(int fd, const void *buf, size_t n);
int sys_ioctl(int fd, unsigned long cmd, void *arg);
int sys_eventfd(void);
int sys_epoll(void);
int sys_epoll_add(int epoll, int fd, uint32_t events, uint64_t data);
void sys_epoll_del(int epoll, int fd);
/* Return: how many of at most @n were filled; @timeout_ms -1 is no bound. */
int sys_epoll_wait(int epoll, struct epoll_event *events, int n,
		   int timeout_ms);

/* 0 and *@addr; @at not NULL: just there, -EEXIST where something is. */
int sys_map(void *at, size_t bytes, int prot, int flags, int fd, off_t offset,
	    void **addr);
void sys_unmap(void *addr, size_t bytes);
int sys_madvise(void *addr, size_t bytes, int advice);
/* prefer @node for pages of the range that come from now on */
int sys_prefer_node(void *addr, size_t bytes, uint32_t node);

/* @huge_shift: 0 is no hugetlb */
int sys_memfd(const char *name, unsigned int huge_shift);
/* the largest file that may be written, in bytes */
uint64_t sys_file_limit(void);
int sys_truncate(int fd, off_t bytes);
int sys_allocate(int fd, off_t offset, off_t bytes);
/* of a file: its size, and what of it takes memory */
int sys_file_size(int fd, uint64_t *bytes, uint64_t *there);
int sys_punch(int fd, off_t offset, off_t bytes);
/* a regular file; one that O_PATH has opened will do */
bool sys_is_plain(int fd);
/* of the size it has, and written to by those mappings that it has */
int sys_seal(int fd);

/*
 * Return: whether the C library has registered a struct rseq for each thread.
 * @offset: out, of it from the thread pointer; if there is none, of a place of
 * that size which nobody reads.
 */
bool sys_rseq(intptr_t *offset);
/* Once in a process, or more often, before the other. */
int sys_barrier_register(void);
/* No thread of this process is in a sequence that began before the call. */
int sys_barrier_sequences(void);

uint32_t sys_pid(void);
/* the number of this thread */
uint32_t sys_thread(void);
uint32_t sys_cpu(void);
uint32_t sys_node(void);
/* both of one moment */
void sys_here(uint32_t *cpu, uint32_t *node);
/* that this thread may run on, 1 where the kernel does not say */
uint32_t sys_allowed_cpus(void);
/*
 * A mutex with priority inheritance, where the kernel has that: a holder that is
 * not run must not stop a real-time getter for long.
 */
void sys_init_lock(pthread_mutex_t *lock);
int sys_futex_wait(uint32_t *word, uint32_t value,
		   const struct timespec *deadline);
void sys_futex_wake(uint32_t *word, int count);
void sys_now(struct timespec *now);
uint64_t sys_now_ns(void);
/* the same clock to some milliseconds, at a tenth of the price */
uint64_t sys_coarse_ns(void);
/*
 * The second of the wall clock, good for seeing that it is another.  On x86 the C
 * library calls the kernel's page for it, which costs less than any other clock.
 */
#ifdef AOIPOOL_STEP_HOOK
uint64_t sys_second(void);	/* for a test to say */
#else
static inline uint64_t sys_second(void)
{
	return time(NULL);
}
#endif
void sys_yield(void);
void sys_nap_us(uint32_t microseconds);

#endif
