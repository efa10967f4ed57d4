/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_include)
#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>	/* glibc since 2.35 */
#define HAVE_RSEQ
#endif
#endif

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE	0x0010
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL	0x0008U
#endif

static int result(long rc)
{
	return rc < 0 ? -errno : (int)rc;
}

int sys_open(const char *path, int flags)
{
	return result(open(path, flags | O_CLOEXEC));
}

int sys_open_in(int dir, const char *path, int flags)
{
	return result(openat(dir, path, flags | O_CLOEXEC));
}

ssize_t sys_read_link(int dir, const char *path, char *link, size_t room)
{
	return result(readlinkat(dir, path, link, room));
}

void sys_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

ssize_t sys_read(int fd, void *buf, size_t n)
{
	ssize_t got;

	do
		got = read(fd, buf, n);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

ssize_t sys_read_at(int fd, void *buf, size_t n, off_t offset)
{
	ssize_t got;

	do
		got = pread(fd, buf, n, offset);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

ssize_t sys_write(int fd, const void *buf, size_t n)
{
	ssize_t put;

	do
		put = write(fd, buf, n);
	while (put < 0 && errno == EINTR);
	return put < 0 ? -errno : put;
}

int sys_ioctl(int fd, unsigned long cmd, void *arg)
{
	return result(ioctl(fd, cmd, arg));
}

int sys_eventfd(void)
{
	return result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

int sys_epoll(void)
{
	return result(epoll_create1(EPOLL_CLOEXEC));
}

int sys_epoll_add(int epoll, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event event = { .events = events, .data.u64 = data };

	return result(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

void sys_epoll_del(int epoll, int fd)
{
	epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
}

int sys_epoll_wait(int epoll, struct epoll_event *events, int n, int timeout_ms)
{
	return result(epoll_wait(epoll, events, n, timeout_ms));
}

int sys_map(void *at, size_t bytes, int prot, int flags, int fd, off_t offset,
	    void **addr)
{
	void *got = mmap(at, bytes, prot, flags | (at ? MAP_FIXED_NOREPLACE : 0),
			 fd, offset);

	if (got == MAP_FAILED)
		return -errno;
	if (at && got != at) {	/* before 4.17 the address is a mere hint */
		munmap(got, bytes);
		return -EEXIST;
	}
	*addr = got;
	return 0;
}

void sys_unmap(void *addr, size_t bytes)
{
	if (addr)
		munmap(addr, bytes);
}

int sys_madvise(void *addr, size_t bytes, int advice)
{
	return result(madvise(addr, bytes, advice));
}

int sys_prefer_node(void *addr, size_t bytes, uint32_t node)
{
	unsigned long mask[1024 / (8 * sizeof(long))] = { 0 };
	const unsigned int bits = 8 * sizeof(mask[0]);

	mask[node / bits] |= 1UL << (node % bits);
	return result(syscall(SYS_mbind, addr, bytes, MPOL_PREFERRED, mask,
			      sizeof(mask) * 8, 0));
}

int sys_memfd(const char *name, unsigned int huge_shift)
{
	unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd;

	if (huge_shift)
		flags |= MFD_HUGETLB | (huge_shift << MAP_HUGE_SHIFT);
	/* kernels before 6.3 do not know the flag, later ones ask for it */
	fd = result(memfd_create(name, flags | MFD_NOEXEC_SEAL));
	if (fd == -EINVAL)
		fd = result(memfd_create(name, flags));
	return fd;
}

uint64_t sys_file_limit(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_FSIZE, &limit) ? UINT64_MAX : limit.rlim_cur;
}

int sys_truncate(int fd, off_t bytes)
{
	return result(ftruncate(fd, bytes));
}

int sys_allocate(int fd, off_t offset, off_t bytes)
{
	int err;

	do
		err = result(fallocate(fd, 0, offset, bytes));
	while (err == -EINTR);
	return err;
}

int sys_punch(int fd, off_t offset, off_t bytes)
{
	int err;

	do
		err = result(fallocate(fd, FALLOC_FL_PUNCH_HOLE |
						   FALLOC_FL_KEEP_SIZE,
				       offset, bytes));
	while (err == -EINTR);
	return err;
}

int sys_file_size(int fd, uint64_t *bytes, uint64_t *there)
{
	struct stat stat;
	int err = result(fstat(fd, &stat));

	if (err)
		return err;
	*bytes = stat.st_size;
	*there = (uint64_t)stat.st_blocks * 512;
	return 0;
}

bool sys_is_plain(int fd)
{
	struct stat stat;

	return !fstat(fd, &stat) && S_ISREG(stat.st_mode);
}

int sys_seal(int fd)
{
	int err = result(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));

	/* more than is needed: kernels before 5.1 do not know it */
	if (!err)
		fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE);
	return err;
}

/*
 * A sequence says where it is before it looks whether it may go on.  Initial
 * exec: the offset is the same in every thread.
 */
static __thread char nobodys_rseq[32]
	__attribute__((aligned(32), tls_model("initial-exec")));

bool sys_rseq(intptr_t *offset)
{
#ifdef HAVE_RSEQ
	if (__rseq_size) {
		*offset = __rseq_offset;
		return true;
	}
#endif
	*offset = nobodys_rseq - (char *)__builtin_thread_pointer();
	return false;
}

int sys_barrier_register(void)
{
	return result(syscall(SYS_membarrier,
			      MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ,
			      0, 0));
}

int sys_barrier_sequences(void)
{
	return result(syscall(SYS_membarrier,
			      MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, 0, 0));
}

uint32_t sys_pid(void)
{
	return getpid();
}

uint32_t sys_thread(void)
{
	return gettid();
}

uint32_t sys_cpu(void)
{
	int cpu = sched_getcpu();

	return cpu < 0 ? 0 : cpu;
}

uint32_t sys_node(void)
{
	unsigned int cpu, node;

	return getcpu(&cpu, &node) ? 0 : node;
}

void sys_here(uint32_t *cpu, uint32_t *node)
{
	if (getcpu(cpu, node))
		*cpu = *node = 0;
}

uint32_t sys_allowed_cpus(void)
{
	cpu_set_t cpus;

	return sched_getaffinity(0, sizeof(cpus), &cpus) ? 1 : CPU_COUNT(&cpus);
}

void sys_init_lock(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	if (pthread_mutex_init(lock, &attr))
		pthread_mutex_init(lock, NULL);
	pthread_mutexattr_destroy(&attr);
}

int sys_futex_wait(uint32_t *word, uint32_t value,
		   const struct timespec *deadline)
{
	return result(syscall(SYS_futex, word,
			      FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, value,
			      deadline, NULL, FUTEX_BITSET_MATCH_ANY));
}

void sys_futex_wake(uint32_t *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, NULL,
		NULL, 0);
}

void sys_now(struct timespec *now)
{
	clock_gettime(CLOCK_MONOTONIC, now);
}

uint64_t sys_now_ns(void)
{
	struct timespec now;

	sys_now(&now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

uint64_t sys_coarse_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

#ifdef AOIPOOL_STEP_HOOK
uint64_t sys_second(void)
{
	return time(NULL);
}
#endif

void sys_nap_us(uint32_t microseconds)
{
	struct timespec time = {
		.tv_sec = microseconds / 1000000,
		.tv_nsec = microseconds % 1000000 * 1000L,
	};

	nanosleep(&time, NULL);
}

void sys_yield(void)
{
	sched_yield();
}
