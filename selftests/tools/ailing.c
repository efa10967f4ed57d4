// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process with an ailment, for the doctor to find:
 *
 *	ailing AILMENT [NUMBER]
 *
 * It says "ready" once it is ill, and goes on until its input ends.  What leaks
 * does so every 20 ms; see the table at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <aoipool.h>
#include <aoipool/custody.h>

#define KIB	1024UL
#define MIB	(1024 * KIB)
#define BLOCK	(2 * MIB)
#define TICK_MS	20

static void die(const char *what, int err)
{
	printf("error %s: %s\n", what, aoipool_strerror(err));
	exit(1);
}

static char *map(size_t bytes, int flags, int fd)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (memory == MAP_FAILED)
		die("mmap", -errno);
	return memory;
}

static char *map_anon(size_t bytes)
{
	return map(bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static char *map_aligned(size_t bytes)
{
	char *memory = map_anon(bytes + BLOCK);

	return memory + (-(unsigned long)memory & (BLOCK - 1));
}

static int memfd(size_t bytes)
{
	int fd = memfd_create("ailing", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, bytes))
		die("memfd", -errno);
	return fd;
}

static void limit(int resource, size_t value)
{
	struct rlimit rlimit = { value, value };

	if (setrlimit(resource, &rlimit))
		die("setrlimit", -errno);
}

/* Leaks: called every tick. */
static void leak_heap(void)
{
	char *memory = malloc(64 * KIB);

	if (!memory)
		die("malloc", -ENOMEM);
	memset(memory, 1, 64 * KIB);
	/* Memory that nobody sees the compiler would not even allocate. */
	__asm__ volatile("" : : "r"(memory) : "memory");
}

static void leak_anon(void)
{
	memset(map_anon(256 * KIB), 1, 256 * KIB);
}

static void leak_shmem(void)
{
	int fd = memfd(256 * KIB);

	memset(map(256 * KIB, MAP_SHARED, fd), 1, 256 * KIB);
	close(fd);
}

/* Every second page is another kind of mapping, so that none are joined. */
static void leak_mapping(void)
{
	if (mprotect(map_anon(3 * 4 * KIB) + 4 * KIB, 4 * KIB, PROT_READ))
		die("mprotect", -errno);
}

static void leak_fd(void)
{
	if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
		die("open", -errno);
}

static void *idle(void *arg)
{
	pause();
	return arg;
}

static void leak_thread(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * KIB);
	if (pthread_create(&thread, &attr, idle, NULL))
		die("pthread_create", -EAGAIN);
	pthread_attr_destroy(&attr);
}

/* No leak: what a healthy process does. */
static void breathe(void)
{
	static char *memory;
	static unsigned int breaths;

	if (breaths++ % 4)
		return;
	if (memory) {
		munmap(memory, 8 * MIB);
		memory = NULL;
		return;
	}
	memory = map_anon(8 * MIB);
	memset(memory, 1, 8 * MIB);
}

/* Once, a second after "ready". */
static void burst(void)
{
	static unsigned int ticks;

	if (++ticks == 1000 / TICK_MS)
		memset(map_anon(32 * MIB), 1, 32 * MIB);
}

/* Ailments that are there from the beginning. */
static void map_library(unsigned long nr)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	while (nr--)
		if (mmap(NULL, 4 * KIB, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
			 0) == MAP_FAILED)
			die("mmap", -errno);
	close(fd);
}

/* Pieces that do not follow each other: the kernel would join them. */
static void map_file(unsigned long nr)
{
	char path[] = "/tmp/ailing-recipe-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || unlink(path) || ftruncate(fd, 64 * KIB))
		die(path, -errno);
	while (nr--)
		if (mmap(NULL, 4 * KIB, PROT_READ, MAP_SHARED, fd,
			 nr % 2 * 32 * KIB) == MAP_FAILED)
			die("mmap", -errno);
	close(fd);
}

static void small_pages(unsigned long mib)
{
	char *memory = map_aligned(mib * MIB);

	if (madvise(memory, mib * MIB, MADV_NOHUGEPAGE))
		die("madvise", -errno);
	memset(memory, 1, mib * MIB);
}

static void huge_pages(unsigned long mib)
{
	char *memory = map_aligned(mib * MIB);

	if (madvise(memory, mib * MIB, MADV_HUGEPAGE))
		die("madvise", -errno);
	memset(memory, 1, mib * MIB);
}

static void small_shmem(unsigned long mib)
{
	char *memory = map(mib * MIB, MAP_SHARED, memfd(mib * MIB));

	madvise(memory, mib * MIB, MADV_NOHUGEPAGE);
	memset(memory, 1, mib * MIB);
}

static void open_files(unsigned long percent)
{
	limit(RLIMIT_NOFILE, 256);
	for (unsigned long i = 0; i < 256 * percent / 100; i++)
		leak_fd();
}

static void many_mappings(unsigned long nr)
{
	char *memory = map_anon(nr * 4 * KIB);

	for (unsigned long i = 0; i < nr; i += 2)
		if (mprotect(memory + i * 4 * KIB, 4 * KIB, PROT_READ))
			die("mprotect", -errno);
}

static void lock_memory(unsigned long percent)
{
	limit(RLIMIT_MEMLOCK, MIB);
	if (mlock(map_anon(MIB), percent * MIB / 100 & ~4095UL))
		die("mlock", -errno);
}

static void fill_address_space(unsigned long percent)
{
	limit(RLIMIT_AS, 1024 * MIB);
	map_anon(percent * 1024 * MIB / 100 - 64 * MIB);
}

/* Threads on CPU 0, memory on the node that is named. */
static void far_memory(unsigned long node)
{
	unsigned long nodes = 1UL << node;
	char *memory = map_anon(64 * MIB);
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		die("sched_setaffinity", -errno);
	if (syscall(SYS_mbind, memory, 64 * MIB, MPOL_BIND, &nodes,
		    8 * sizeof(nodes), 0))
		die("mbind", -errno);
	memset(memory, 1, 64 * MIB);
}

static void eat(unsigned long mib)
{
	char *memory = map_anon(mib * MIB);

	madvise(memory, mib * MIB, MADV_NOHUGEPAGE);
	memset(memory, 1, mib * MIB);
}

/* Pools. */
#define SLOTS	64

static struct aoipool_pool *pool;

static void open_pool(void)
{
	struct aoipool_attr *attr;
	int err = aoipool_attr_create(&attr);

	if (!err)
		err = aoipool_attr_set_name(attr, "ailing");
	if (!err)
		err = aoipool_attr_set_frame(attr, 256, 256,
					     AOIPOOL_PIXEL_MONO8, SLOTS);
	if (!err)
		err = aoipool_pool_open(attr, &pool);
	if (err)
		die("pool", err);
	aoipool_attr_destroy(attr);
}

static struct aoipool_slot get(const char *tag)
{
	struct aoipool_slot slot;
	int err = aoipool_get_tagged(pool, &slot, aoipool_tag(tag), 0);

	if (err)
		die("get", err);
	return slot;
}

static void hold_slots(unsigned long nr)
{
	open_pool();
	while (nr--)
		get("camera");
}

static void use_pool(unsigned long nr)
{
	hold_slots(nr);
	aoipool_put(pool, get("result").ref);
}

static void exhaust_pool(unsigned long times)
{
	struct aoipool_slot slot;

	hold_slots(SLOTS);
	while (times--)
		if (!aoipool_get(pool, &slot))
			die("get", 0);
}

static void misuse_pool(unsigned long times)
{
	struct aoipool_slot slot;

	open_pool();
	slot = get("camera");
	aoipool_put(pool, slot.ref);
	while (times--)
		if (!aoipool_put(pool, slot.ref))
			die("put", 0);
}

/* Puts what a pipe pins: free slots, whose memory cannot be taken. */
static void pin_slots(unsigned long nr)
{
	static struct aoipool_slot slots[SLOTS];
	struct iovec iov = { .iov_len = 4 * KIB };
	int ends[2];

	open_pool();
	if (pipe(ends) || fcntl(ends[1], F_SETPIPE_SZ, SLOTS * 4 * KIB) < 0)
		die("pipe", -errno);
	for (unsigned long i = 0; i < nr; i++) {
		slots[i] = get("pinned");
		iov.iov_base = memset(slots[i].ptr, 1, 4 * KIB);
		if (vmsplice(ends[1], &iov, 1, 0) != 4 * KIB)
			die("vmsplice", -errno);
	}
	for (unsigned long i = 0; i < nr; i++)
		aoipool_put(pool, slots[i].ref);
}

/* One in 100 ms stays, of which nobody knows; the others come and go. */
static void leak_slot(void)
{
	static unsigned int ticks;
	struct aoipool_slot slot = get(ticks % 5 ? "stage" : "defects");

	if (ticks++ % 5)
		aoipool_put(pool, slot.ref);
	if (ticks > 5 * (SLOTS - 8))
		die("leak", -ENOSPC);
}

static const struct ailment {
	const char *name;
	unsigned long number;	/* without one */
	void (*begin)(unsigned long number);
	void (*tick)(void);
} ailments[] = {
	{ .name = "none" },
	{ .name = "heap-leak", .tick = leak_heap },
	{ .name = "anon-leak", .tick = leak_anon },
	{ .name = "shmem-leak", .tick = leak_shmem },
	{ .name = "map-leak", .tick = leak_mapping },
	{ .name = "fd-leak", .tick = leak_fd },
	{ .name = "thread-leak", .tick = leak_thread },
	{ .name = "breath", .tick = breathe },
	{ .name = "burst", .tick = burst },
	{ "library", 60, map_library, NULL },
	{ "file", 200, map_file, NULL },
	{ "small-pages", 256, small_pages, NULL },
	{ "huge-pages", 256, huge_pages, NULL },
	{ "small-shmem", 128, small_shmem, NULL },
	{ "fds", 90, open_files, NULL },
	{ "mappings", 56000, many_mappings, NULL },
	{ "memlock", 90, lock_memory, NULL },
	{ "address-space", 90, fill_address_space, NULL },
	{ "far", 1, far_memory, NULL },
	{ "eater", 64, eat, NULL },
	{ "holder", 48, hold_slots, NULL },
	{ "pool", 4, use_pool, NULL },
	{ "exhausted", 3, exhaust_pool, NULL },
	{ "misuse", 2, misuse_pool, NULL },
	{ "pinned", 40, pin_slots, NULL },
	{ "slot-leak", 4, hold_slots, leak_slot },
	{ .name = NULL },
};

static const struct ailment *find(const char *name)
{
	const struct ailment *ailment = ailments;

	while (ailment->name && strcmp(ailment->name, name))
		ailment++;
	return ailment->name ? ailment : NULL;
}

static void live(const struct ailment *ailment)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	while (!poll(&input, 1, ailment->tick ? TICK_MS : -1))
		ailment->tick();
}

int main(int argc, char **argv)
{
	const struct ailment *ailment = argc > 1 ? find(argv[1]) : NULL;

	if (!ailment) {
		fputs("usage: ailing AILMENT [NUMBER]\n", stderr);
		return 1;
	}
	if (ailment->begin)
		ailment->begin(argc > 2 ? strtoul(argv[2], NULL, 10) :
					  ailment->number);
	puts("ready");
	fflush(stdout);
	live(ailment);
	return 0;
}
