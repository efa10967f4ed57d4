// SPDX-License-Identifier: GPL-2.0-only
#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* The depot's worker has no event of its own: its counters are polled. */
#define SETTLE_ROUNDS	3000
#define SETTLE_STEP_NS	(10 * 1000 * 1000)

static int call(int fd, unsigned long number, void *arg)
{
	return ioctl(fd, number, arg) ? -errno : 0;
}

int device_open(void)
{
	int fd = open(AOIPOOL_DEVICE_PATH, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int device_info(struct aoipool_info *info)
{
	int fd = device_open();
	int err;

	if (fd < 0)
		return fd;
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	err = call(fd, AOIPOOL_INFO, info);
	close(fd);
	return err;
}

static void settle_step(void)
{
	struct timespec step = { .tv_nsec = SETTLE_STEP_NS };

	nanosleep(&step, NULL);
}

int device_settle(struct aoipool_info *info)
{
	int err;

	for (int i = 0; i < SETTLE_ROUNDS; i++, settle_step()) {
		err = device_info(info);
		if (err)
			return err;
		if (info->blocks_out - info->blocks_in ==
		    info->pool_blocks + info->depot_blocks)
			return 0;
	}
	return -ETIMEDOUT;
}

int device_await_pool_blocks(__u64 blocks)
{
	struct aoipool_info info;
	int err;

	for (int i = 0; i < SETTLE_ROUNDS; i++, settle_step()) {
		err = device_info(&info);
		if (err || info.pool_blocks == blocks)
			return err;
	}
	return -ETIMEDOUT;
}

struct aoipool_pool_create pool_args(__u32 nr_slabs, __u32 slab_blocks)
{
	struct aoipool_pool_create args = {
		.size = sizeof(args),
		.name = "selftest",
		.type = "frame",
		.slot_bytes = slab_blocks * BLOCK,
		.slab_blocks = slab_blocks,
		.nr_slabs = nr_slabs,
		.node_policy = AOIPOOL_NODE_LOCAL,
		.fd = -1,
	};

	return args;
}

void pool_args_node(struct aoipool_pool_create *args, int node)
{
	args->nodemask[node / 64] |= 1ULL << (node % 64);
}

int pool_create(struct pool *pool, struct aoipool_pool_create *args)
{
	int device = device_open();
	int err;

	if (device < 0)
		return device;
	err = call(device, AOIPOOL_POOL_CREATE, args);
	close(device);
	if (err)
		return err;
	*pool = (struct pool) {
		.fd = args->fd,
		.client = args->client,
		.nr_slabs = args->nr_slabs,
		.slab_bytes = args->slab_blocks * BLOCK,
		.layout = args->layout,
	};
	return 0;
}

int pool_open_args(struct pool *pool, struct aoipool_pool_create *args)
{
	int err = pool_create(pool, args);

	if (err)
		return err;
	err = pool_map(pool);
	if (err)
		close(pool->fd);
	return err;
}

int pool_open(struct pool *pool, __u32 nr_slabs)
{
	struct aoipool_pool_create args = pool_args(nr_slabs, 1);

	return pool_open_args(pool, &args);
}

int pool_open_named(struct pool *pool, const char *name, __u32 nr_slabs)
{
	struct aoipool_pool_create args = pool_args(nr_slabs, 1);

	memset(args.name, 0, sizeof(args.name));
	strncpy((char *)args.name, name, sizeof(args.name) - 1);
	return pool_open_args(pool, &args);
}

static void *map(const struct pool *pool, int prot, __u64 bytes, __u64 offset)
{
	void *mem = mmap(NULL, bytes, prot, MAP_SHARED, pool->fd, offset);

	return mem == MAP_FAILED ? NULL : mem;
}

int pool_map(struct pool *pool)
{
	const struct aoipool_pool_layout *at = &pool->layout;
	const int rw = PROT_READ | PROT_WRITE;

	pool->info = map(pool, PROT_READ, at->info_bytes, at->info_offset);
	if (!pool->info)
		return -errno;
	pool->words = map(pool, rw, at->words_bytes, at->words_offset);
	if (!pool->words)
		return -errno;
	pool->data = map(pool, rw, at->data_bytes, at->data_offset);
	return pool->data ? 0 : -errno;
}

static void unmap(const volatile void *mem, __u64 bytes)
{
	if (mem)
		munmap((void *)mem, bytes);
}

void pool_unmap(struct pool *pool)
{
	unmap(pool->info, pool->layout.info_bytes);
	unmap(pool->words, pool->layout.words_bytes);
	unmap(pool->data, pool->layout.data_bytes);
	pool->info = NULL;
	pool->words = NULL;
	pool->data = NULL;
}

void pool_close(struct pool *pool)
{
	pool_unmap(pool);
	close(pool->fd);
	pool->fd = -1;
}

int pool_attach(const struct pool *pool, struct pool *client)
{
	struct aoipool_pool_attach args = { .size = sizeof(args), .fd = -1 };
	int err = call(pool->fd, AOIPOOL_POOL_ATTACH, &args);

	if (err)
		return err;
	*client = (struct pool) {
		.fd = args.fd,
		.client = args.client,
		.nr_slabs = pool->nr_slabs,
		.slab_bytes = pool->slab_bytes,
		.layout = pool->layout,
	};
	return 0;
}

int pool_join(const struct pool *pool, struct pool *client)
{
	int err = pool_attach(pool, client);

	return err ? err : pool_map(client);
}

int pool_info(const struct pool *pool, struct aoipool_pool_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return call(pool->fd, AOIPOOL_POOL_INFO, info);
}

int pool_populate(const struct pool *pool, __u32 first, __u32 nr, __u32 *done)
{
	struct aoipool_pool_populate args = {
		.size = sizeof(args),
		.first_slab = first,
		.nr_slabs = nr,
		.done_slabs = ~0U,
	};
	int err = call(pool->fd, AOIPOOL_POOL_POPULATE, &args);

	if (done)
		*done = args.done_slabs;
	return err;
}

int pool_trim(const struct pool *pool, __u32 flags, struct aoipool_pool_trim *trim)
{
	struct aoipool_pool_trim args = { .size = sizeof(args), .flags = flags };
	int err = call(pool->fd, AOIPOOL_POOL_TRIM, &args);

	if (trim)
		*trim = args;
	return err;
}

__u32 pool_count(const struct pool *pool, enum aoipool_slab_state state, int node)
{
	__u32 count = 0;

	for (__u32 slab = 0; slab < pool->nr_slabs; slab++) {
		__u64 word = slab_word(pool, slab);

		if (aoipool_word_state(word) == state &&
		    (node < 0 || aoipool_word_node(word) == (__u32)node))
			count++;
	}
	return count;
}

__u64 slab_word(const struct pool *pool, __u32 slab)
{
	return __atomic_load_n(&pool->words[slab], __ATOMIC_ACQUIRE);
}

__u32 slab_state(const struct pool *pool, __u32 slab)
{
	return aoipool_word_state(slab_word(pool, slab));
}

char *slab_data(const struct pool *pool, __u32 slab)
{
	return pool->data + slab * pool->slab_bytes;
}

static int arc(const struct pool *pool, __u32 slab, __u64 from, __u64 to)
{
	return __atomic_compare_exchange_n(&pool->words[slab], &from, to, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ? 0 : -EBUSY;
}

int slab_claim(const struct pool *pool, __u32 slab, __u32 node)
{
	__u64 word = slab_word(pool, slab);

	if (aoipool_word_state(word) != AOIPOOL_SLAB_ABSENT)
		return -EBUSY;
	return arc(pool, slab, word, aoipool_word_held(word, node, pool->client));
}

int slab_park(const struct pool *pool, __u32 slab)
{
	__u64 word = slab_word(pool, slab);

	if (aoipool_word_state(word) != AOIPOOL_SLAB_HELD)
		return -EBUSY;
	return arc(pool, slab, word, aoipool_word_parked(word));
}

/* The kernel may age the word meanwhile: only a word that left PARKED is lost. */
int slab_revive(const struct pool *pool, __u32 slab)
{
	for (;;) {
		__u64 word = slab_word(pool, slab);
		__u32 node = aoipool_word_node(word);

		if (aoipool_word_state(word) != AOIPOOL_SLAB_PARKED)
			return -EBUSY;
		if (!arc(pool, slab, word, aoipool_word_held(word, node, pool->client)))
			return 0;
	}
}

int slabs_hold(const struct pool *pool, __u32 first, __u32 nr, __u32 node)
{
	int err;

	for (__u32 slab = first; slab < first + nr; slab++) {
		err = slab_claim(pool, slab, node);
		if (err)
			return err;
	}
	return pool_populate(pool, first, nr, NULL);
}

int slabs_park(const struct pool *pool, __u32 first, __u32 nr)
{
	int err = 0;

	for (__u32 slab = first; slab < first + nr && !err; slab++)
		err = slab_park(pool, slab);
	return err;
}
