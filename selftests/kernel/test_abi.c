// SPDX-License-Identifier: GPL-2.0-only
/*
 * The contract of the ioctls: sizes, flags, reserved fields, pointers, ranges
 * and who may call.  What the calls are for is tested elsewhere.
 */
#include "harness.h"
#include "child.h"
#include "node.h"
#include "pool.h"
#include "proc.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define PAGE	4096U
#define SLABS	4
#define NO_FD	-1
#define NOBODY	65534

static void fill_nothing(void *arg)
{
	(void)arg;
}

static void fill_create(void *arg)
{
	struct aoipool_pool_create args = pool_args(SLABS, 1);

	memcpy(arg, &args, sizeof(args));
}

/* Slab 0 is held by the fixture. */
static void fill_populate(void *arg)
{
	((struct aoipool_pool_populate *)arg)->nr_slabs = 1;
}

static void fill_tell(void *arg)
{
	((struct aoipool_pool_tell *)arg)->flags = AOIPOOL_TELL_FREED;
}

/*
 * Every ioctl, once on the device and once on a pool of its own.  The argument
 * lies at the end of a page that is followed by a page nobody may touch.
 */
FIXTURE(call)
{
	int device;
	struct pool pool;
	char *area;
	int fd;
	int other_fd;
};

FIXTURE_VARIANT(call)
{
	unsigned long number;
	__u32 ver0;
	__u32 size;	/* of today, where it has grown; else 0 */
	bool on_pool;
	int fd_offset;
	__u32 known_flags;
	int reserved[2];
	void (*fill)(void *arg);
};

FIXTURE_VARIANT_ADD(call, info)
{
	.number = AOIPOOL_INFO,
	.ver0 = AOIPOOL_INFO_SIZE_VER0,
	.fd_offset = NO_FD,
	.fill = fill_nothing,
};

FIXTURE_VARIANT_ADD(call, pool_create)
{
	.number = AOIPOOL_POOL_CREATE,
	.ver0 = AOIPOOL_POOL_CREATE_SIZE_VER0,
	.fd_offset = offsetof(struct aoipool_pool_create, fd),
	.known_flags = AOIPOOL_CREATE_GIVE_RESERVE,
	.reserved = {
		offsetof(struct aoipool_pool_create, linger_ms),
		offsetof(struct aoipool_pool_create, reserved),
	},
	.fill = fill_create,
};

FIXTURE_VARIANT_ADD(call, pool_info)
{
	.number = AOIPOOL_POOL_INFO,
	.ver0 = AOIPOOL_POOL_INFO_SIZE_VER0,
	.size = sizeof(struct aoipool_pool_info),
	.on_pool = true,
	.fd_offset = NO_FD,
	.fill = fill_nothing,
};

FIXTURE_VARIANT_ADD(call, pool_populate)
{
	.number = AOIPOOL_POOL_POPULATE,
	.ver0 = AOIPOOL_POOL_POPULATE_SIZE_VER0,
	.on_pool = true,
	.fd_offset = NO_FD,
	.reserved = { offsetof(struct aoipool_pool_populate, reserved) },
	.fill = fill_populate,
};

FIXTURE_VARIANT_ADD(call, pool_trim)
{
	.number = AOIPOOL_POOL_TRIM,
	.ver0 = AOIPOOL_POOL_TRIM_SIZE_VER0,
	.on_pool = true,
	.fd_offset = NO_FD,
	.known_flags = AOIPOOL_TRIM_RESERVE,
	.reserved = { offsetof(struct aoipool_pool_trim, reserved) },
	.fill = fill_nothing,
};

FIXTURE_VARIANT_ADD(call, pool_attach)
{
	.number = AOIPOOL_POOL_ATTACH,
	.ver0 = AOIPOOL_POOL_ATTACH_SIZE_VER0,
	.on_pool = true,
	.fd_offset = offsetof(struct aoipool_pool_attach, fd),
	.fill = fill_nothing,
};

FIXTURE_VARIANT_ADD(call, pool_policy)
{
	.number = AOIPOOL_POOL_POLICY,
	.ver0 = AOIPOOL_POOL_POLICY_SIZE_VER0,
	.on_pool = true,
	.fd_offset = NO_FD,
	.known_flags = AOIPOOL_POLICY_SET,
	.reserved = { offsetof(struct aoipool_pool_policy, reserved) },
	.fill = fill_nothing,
};

FIXTURE_VARIANT_ADD(call, pool_tell)
{
	.number = AOIPOOL_POOL_TELL,
	.ver0 = AOIPOOL_POOL_TELL_SIZE_VER0,
	.on_pool = true,
	.fd_offset = NO_FD,
	.known_flags = AOIPOOL_TELL_FREED | AOIPOOL_TELL_EXHAUSTED,
	.reserved = { offsetof(struct aoipool_pool_tell, reserved) },
	.fill = fill_tell,
};

FIXTURE_SETUP(call)
{
	self->device = device_open();
	ASSERT_LE(0, self->device);
	ASSERT_EQ(0, pool_open(&self->pool, SLABS));
	ASSERT_EQ(0, slab_claim(&self->pool, 0, 0));
	self->area = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->area);
	ASSERT_EQ(0, mprotect(self->area + 2 * PAGE, PAGE, PROT_NONE));
	self->fd = variant->on_pool ? self->pool.fd : self->device;
	self->other_fd = variant->on_pool ? self->device : self->pool.fd;
}

FIXTURE_TEARDOWN(call)
{
	pool_close(&self->pool);
	close(self->device);
}

/* An argument that is right, @bytes long, the last of them just inside. */
static void *argument(FIXTURE_DATA(call) *self, const FIXTURE_VARIANT(call) *variant,
		      __u32 bytes)
{
	char *arg = self->area + 2 * PAGE - bytes;

	memset(self->area, 0, 2 * PAGE);
	variant->fill(arg);
	*(__u32 *)arg = bytes;
	return arg;
}

/* Call, and close what a successful call opened. */
static int issue(FIXTURE_DATA(call) *self, const FIXTURE_VARIANT(call) *variant, void *arg)
{
	if (ioctl(self->fd, variant->number, arg))
		return -errno;
	if (variant->fd_offset != NO_FD)
		close(*(int *)((char *)arg + variant->fd_offset));
	return 0;
}

static __u32 size_of_today(const FIXTURE_VARIANT(call) *variant)
{
	return variant->size ?: variant->ver0;
}

TEST_F(call, exact_size_is_accepted)
{
	char *arg = argument(self, variant, size_of_today(variant));

	EXPECT_EQ(0, issue(self, variant, arg));
	EXPECT_EQ(size_of_today(variant), *(__u32 *)arg);
}

/* By whoever was compiled with the first header. */
TEST_F(call, first_size_is_accepted)
{
	char *arg = argument(self, variant, variant->ver0);

	EXPECT_EQ(0, issue(self, variant, arg));
	EXPECT_EQ(variant->ver0, *(__u32 *)arg);
}

TEST_F(call, short_size_is_refused)
{
	char *arg = argument(self, variant, variant->ver0);
	int fds = fd_count();

	for (__u32 size = 0; size < variant->ver0; size++) {
		*(__u32 *)arg = size;
		ASSERT_EQ(-EINVAL, issue(self, variant, arg)) {
			TH_LOG("size %u", size);
		}
	}
	EXPECT_EQ(fds, fd_count());
}

TEST_F(call, long_zero_tail_is_accepted)
{
	const __u32 known = size_of_today(variant);
	const __u32 sizes[] = { known + 4, known + 8, PAGE };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *arg = argument(self, variant, sizes[i]);

		EXPECT_EQ(0, issue(self, variant, arg)) {
			TH_LOG("size %u", sizes[i]);
		}
		EXPECT_EQ(sizes[i], *(__u32 *)arg);
	}
}

TEST_F(call, long_dirty_tail_is_refused)
{
	const __u32 known = size_of_today(variant);
	const __u32 sizes[] = { known + 1, known + 8, PAGE };
	int fds = fd_count();
	char before[PAGE];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *arg = argument(self, variant, sizes[i]);

		arg[sizes[i] - 1] = 1;
		memcpy(before, arg, sizes[i]);
		EXPECT_EQ(-E2BIG, issue(self, variant, arg)) {
			TH_LOG("size %u", sizes[i]);
		}
		EXPECT_EQ(0, memcmp(before, arg, sizes[i]));
	}
	EXPECT_EQ(fds, fd_count());
}

TEST_F(call, first_byte_of_the_tail_counts)
{
	char *arg = argument(self, variant, PAGE);

	arg[size_of_today(variant)] = 1;
	EXPECT_EQ(-E2BIG, issue(self, variant, arg));
}

TEST_F(call, absurd_size_is_refused)
{
	char *arg = argument(self, variant, variant->ver0);
	int err;

	*(__u32 *)arg = ~0U;
	err = issue(self, variant, arg);
	EXPECT_TRUE(err == -EFAULT || err == -E2BIG || err == -EINVAL) {
		TH_LOG("returned %d", err);
	}
}

TEST_F(call, unknown_flag_is_refused)
{
	int fds = fd_count();

	for (int bit = 0; bit < 32; bit++) {
		__u32 *arg = argument(self, variant, variant->ver0);

		arg[1] = 1U << bit;
		if (arg[1] & variant->known_flags)
			continue;
		ASSERT_EQ(-EINVAL, issue(self, variant, arg)) {
			TH_LOG("bit %d", bit);
		}
	}
	EXPECT_EQ(fds, fd_count());
}

TEST_F(call, reserved_field_is_refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(variant->reserved); i++) {
		char *arg = argument(self, variant, variant->ver0);

		if (!variant->reserved[i])
			continue;
		*(__u32 *)(arg + variant->reserved[i]) = 1U << 31;
		EXPECT_EQ(-EINVAL, issue(self, variant, arg));
	}
}

TEST_F(call, unreadable_argument_faults)
{
	char *hole = self->area + 2 * PAGE;

	EXPECT_EQ(-EFAULT, issue(self, variant, NULL));
	EXPECT_EQ(-EFAULT, issue(self, variant, hole));
	EXPECT_EQ(-EFAULT, issue(self, variant, (void *)-PAGE));
}

TEST_F(call, argument_that_ends_in_a_hole_faults)
{
	char *arg = argument(self, variant, variant->ver0);

	memmove(arg + 8, arg, variant->ver0 - 8);
	EXPECT_EQ(-EFAULT, issue(self, variant, arg + 8));
}

TEST_F(call, unwritable_argument_faults_and_leaves_no_descriptor)
{
	char *arg = argument(self, variant, variant->ver0);
	int fds = fd_count();
	struct aoipool_info before, after;

	ASSERT_EQ(0, mprotect(self->area + PAGE, PAGE, PROT_READ));
	ASSERT_EQ(0, device_info(&before));
	EXPECT_EQ(-EFAULT, issue(self, variant, arg));
	ASSERT_EQ(0, device_info(&after));
	EXPECT_EQ(fds, fd_count());
	EXPECT_EQ(before.nr_pools, after.nr_pools);
}

TEST_F(call, other_descriptor_does_not_know_it)
{
	char *arg = argument(self, variant, variant->ver0);

	EXPECT_EQ(-1, ioctl(self->other_fd, variant->number, arg));
	EXPECT_EQ(ENOTTY, errno);
}

TEST_F(call, number_with_direction_or_size_is_another_number)
{
	char *arg = argument(self, variant, variant->ver0);
	const unsigned long decoration[] = {
		(unsigned long)_IOC_READ << _IOC_DIRSHIFT,
		(unsigned long)_IOC_WRITE << _IOC_DIRSHIFT,
		(unsigned long)variant->ver0 << _IOC_SIZESHIFT,
		1UL << _IOC_TYPESHIFT,
	};

	for (size_t i = 0; i < ARRAY_SIZE(decoration); i++) {
		EXPECT_EQ(-1, ioctl(self->fd, variant->number ^ decoration[i], arg));
		EXPECT_EQ(ENOTTY, errno);
	}
}

/* A device and a pool, for what is not the same for every ioctl. */
FIXTURE(abi)
{
	int device;
	struct pool pool;
	struct aoipool_pool_create args;
};

FIXTURE_SETUP(abi)
{
	self->device = device_open();
	ASSERT_LE(0, self->device);
	ASSERT_EQ(0, pool_open(&self->pool, SLABS));
	self->args = pool_args(SLABS, 2);
}

FIXTURE_TEARDOWN(abi)
{
	pool_close(&self->pool);
	close(self->device);
}

static int create(FIXTURE_DATA(abi) *self)
{
	struct pool pool;
	int err = pool_create(&pool, &self->args);

	if (!err)
		close(pool.fd);
	return err;
}

static bool is_known(unsigned int nr)
{
	switch (nr) {
	case AOIPOOL_CMD_INFO:
	case AOIPOOL_CMD_POOL_CREATE:
	case AOIPOOL_CMD_POOL_INFO:
	case AOIPOOL_CMD_POOL_POPULATE:
	case AOIPOOL_CMD_POOL_TRIM:
	case AOIPOOL_CMD_POOL_ATTACH:
	case AOIPOOL_CMD_POOL_POLICY:
	case AOIPOOL_CMD_POOL_TELL:
		return true;
	}
	return false;
}

TEST_F(abi, unknown_number_is_enotty)
{
	char arg[PAGE] = { [0] = (char)0x80 };

	for (unsigned int nr = 0; nr < 256; nr++) {
		if (is_known(nr))
			continue;
		ASSERT_EQ(-1, ioctl(self->device, _IO(AOIPOOL_IOC_MAGIC, nr), arg));
		ASSERT_EQ(ENOTTY, errno);
		ASSERT_EQ(-1, ioctl(self->pool.fd, _IO(AOIPOOL_IOC_MAGIC, nr), arg));
		ASSERT_EQ(ENOTTY, errno);
	}
}

#define FIELD(field)	#field, offsetof(struct aoipool_pool_create, field), \
			sizeof(((struct aoipool_pool_create *)0)->field)

static const struct {
	const char *field;
	size_t offset;
	size_t bytes;
	__u64 value;
} out_of_range[] = {
	{ FIELD(slot_bytes), 0 },
	{ FIELD(slot_bytes), 2 * AOIPOOL_BLOCK_BYTES + 1 },
	{ FIELD(slot_bytes), ~0ULL },
	{ FIELD(slab_blocks), 0 },
	{ FIELD(slab_blocks), AOIPOOL_MAX_SLAB_BLOCKS + 1 },
	{ FIELD(slab_blocks), ~0U },
	{ FIELD(nr_slabs), 0 },
	{ FIELD(nr_slabs), AOIPOOL_MAX_SLABS + 1 },
	{ FIELD(nr_slabs), ~0U },
	{ FIELD(reserve_slabs), SLABS + 1 },
	{ FIELD(reserve_slabs), ~0U },
	{ FIELD(node_policy), AOIPOOL_NODE_INTERLEAVE + 1 },
	{ FIELD(node_policy), ~0U },
	{ FIELD(linger_ms), 1 },
	{ FIELD(reserved), 1 },
};

TEST_F(abi, create_refuses_every_value_out_of_range)
{
	const struct aoipool_pool_create right = self->args;
	int fds = fd_count();

	for (size_t i = 0; i < ARRAY_SIZE(out_of_range); i++) {
		self->args = right;
		memcpy((char *)&self->args + out_of_range[i].offset, &out_of_range[i].value,
		       out_of_range[i].bytes);
		EXPECT_EQ(-EINVAL, create(self)) {
			TH_LOG("%s = %llu", out_of_range[i].field,
			       (unsigned long long)out_of_range[i].value);
		}
	}
	EXPECT_EQ(fds, fd_count());
}

TEST_F(abi, create_takes_the_ends_of_every_range)
{
	self->args.slot_bytes = 1;
	EXPECT_EQ(0, create(self));
	self->args.slot_bytes = 2 * BLOCK;
	self->args.reserve_slabs = SLABS;
	EXPECT_EQ(0, create(self));
	self->args = pool_args(1, 1);
	memset(self->args.name, 'n', AOIPOOL_NAME_BYTES - 1);
	memset(self->args.type, 't', AOIPOOL_TYPE_BYTES - 1);
	EXPECT_EQ(0, create(self));
}

static const char *const bad_names[] = { "", "a/b", "/", "new\nline", "tab\t", "\x7f", "\x1b[2J" };

TEST_F(abi, create_refuses_names_that_cannot_be_printed)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_names); i++) {
		self->args = pool_args(SLABS, 1);
		strcpy((char *)self->args.name, bad_names[i]);
		EXPECT_EQ(-EINVAL, create(self)) {
			TH_LOG("name %zu", i);
		}
	}
}

TEST_F(abi, create_refuses_types_that_cannot_be_printed)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_names); i++) {
		if (strchr(bad_names[i], '/'))
			continue;
		self->args = pool_args(SLABS, 1);
		strcpy((char *)self->args.type, bad_names[i]);
		EXPECT_EQ(-EINVAL, create(self)) {
			TH_LOG("type %zu", i);
		}
	}
}

TEST_F(abi, create_refuses_strings_without_an_end)
{
	memset(self->args.name, 'n', AOIPOOL_NAME_BYTES);
	EXPECT_EQ(-EINVAL, create(self));
	self->args = pool_args(SLABS, 1);
	memset(self->args.type, 't', AOIPOOL_TYPE_BYTES);
	EXPECT_EQ(-EINVAL, create(self));
}

TEST_F(abi, create_refuses_a_node_mask_with_local_policy)
{
	pool_args_node(&self->args, 0);
	EXPECT_EQ(-EINVAL, create(self));
	self->args = pool_args(SLABS, 1);
	pool_args_node(&self->args, 1023);
	EXPECT_EQ(-EINVAL, create(self));
}

TEST_F(abi, create_refuses_a_node_mask_that_names_no_memory)
{
	const int absent[] = { 9, 63, 64, 1023 };

	for (__u32 policy = AOIPOOL_NODE_BIND; policy <= AOIPOOL_NODE_INTERLEAVE; policy++) {
		self->args = pool_args(SLABS, 1);
		self->args.node_policy = policy;
		EXPECT_EQ(-EINVAL, create(self));
		for (size_t i = 0; i < ARRAY_SIZE(absent); i++) {
			self->args = pool_args(SLABS, 1);
			self->args.node_policy = policy;
			pool_args_node(&self->args, 0);
			EXPECT_EQ(0, create(self));
			pool_args_node(&self->args, absent[i]);
			EXPECT_EQ(-EINVAL, create(self)) {
				TH_LOG("policy %u, node %d", policy, absent[i]);
			}
		}
	}
}

TEST_F(abi, create_refuses_a_pool_that_exceeds_the_limit_alone)
{
	self->args = pool_args(AOIPOOL_MAX_SLABS, 1);
	EXPECT_EQ(-ENOSPC, create(self));
	self->args = pool_args(AOIPOOL_MAX_SLABS, AOIPOOL_MAX_SLAB_BLOCKS);
	EXPECT_EQ(-ENOSPC, create(self));
}

TEST_F(abi, create_and_attach_run_out_of_descriptors)
{
	struct pool pool;
	struct rlimit limit = { 0, 0 };
	int next = dup(self->device), device = self->device;

	ASSERT_LE(0, next);
	close(next);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = next;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(-1, ioctl(device, AOIPOOL_POOL_CREATE, &self->args));
	EXPECT_EQ(EMFILE, errno);
	EXPECT_EQ(-EMFILE, pool_attach(&self->pool, &pool));
}

TEST_F(abi, failed_create_leaves_no_pool)
{
	struct aoipool_info before, after;

	ASSERT_EQ(0, device_info(&before));
	self->args.reserve_slabs = SLABS + 1;
	ASSERT_EQ(-EINVAL, create(self));
	self->args = pool_args(AOIPOOL_MAX_SLABS, 1);
	ASSERT_EQ(-ENOSPC, create(self));
	ASSERT_EQ(0, device_info(&after));
	EXPECT_EQ(before.nr_pools, after.nr_pools);
}

TEST_F(abi, outputs_do_not_care_what_was_in_them)
{
	struct aoipool_info info;
	struct aoipool_pool_info pool;

	memset(&info, 0xff, sizeof(info));
	info.size = sizeof(info);
	info.flags = 0;
	ASSERT_EQ(0, ioctl(self->device, AOIPOOL_INFO, &info));
	EXPECT_EQ(AOIPOOL_ABI_VERSION, info.abi_version);
	EXPECT_EQ(BLOCK, info.block_bytes);
	EXPECT_LE(1, info.nr_pools);
	memset(&pool, 0xff, sizeof(pool));
	pool.size = sizeof(pool);
	pool.flags = 0;
	pool.reserved = 0;
	ASSERT_EQ(0, ioctl(self->pool.fd, AOIPOOL_POOL_INFO, &pool));
	EXPECT_STREQ("selftest", (char *)pool.name);
	EXPECT_EQ(0, pool.nodemask[AOIPOOL_NODEMASK_WORDS - 1]);
	EXPECT_EQ(0, pool.populated_blocks);
}

TEST_F(abi, pool_info_echoes_what_was_created)
{
	struct aoipool_pool_info info;
	struct pool pool;

	self->args.slot_bytes = 12345;
	self->args.reserve_slabs = 3;
	self->args.node_policy = AOIPOOL_NODE_BIND;
	strcpy((char *)self->args.name, "echo name");
	strcpy((char *)self->args.type, "a/type");
	pool_args_node(&self->args, 0);
	ASSERT_EQ(0, pool_create(&pool, &self->args));
	ASSERT_EQ(0, pool_info(&pool, &info));
	EXPECT_STREQ("echo name", (char *)info.name);
	EXPECT_STREQ("a/type", (char *)info.type);
	EXPECT_EQ(12345, info.slot_bytes);
	EXPECT_EQ(2, info.slab_blocks);
	EXPECT_EQ(SLABS, info.nr_slabs);
	EXPECT_EQ(3, info.reserve_slabs);
	EXPECT_EQ(AOIPOOL_NODE_BIND, info.node_policy);
	EXPECT_EQ(0, memcmp(self->args.nodemask, info.nodemask, sizeof(info.nodemask)));
	EXPECT_EQ(0, memcmp(&self->args.layout, &info.layout, sizeof(info.layout)));
	EXPECT_EQ(self->args.client, info.client);
	close(pool.fd);
}

/* What a struct has grown by is not written to who does not know of it. */
TEST_F(abi, pool_info_of_the_first_size_ends_there)
{
	struct aoipool_pool_info info = { .size = AOIPOOL_POOL_INFO_SIZE_VER0 };
	struct pool pool;

	ASSERT_EQ(0, pool_open(&pool, SLABS));
	info.pool = ~0ULL;
	ASSERT_EQ(0, ioctl(pool.fd, AOIPOOL_POOL_INFO, &info));
	EXPECT_EQ(AOIPOOL_POOL_INFO_SIZE_VER0, info.size);
	EXPECT_EQ(SLABS, info.nr_slabs);
	EXPECT_EQ(~0ULL, info.pool);
	ASSERT_EQ(0, pool_info(&pool, &info));
	EXPECT_EQ(sizeof(info), info.size);
	EXPECT_NE(0, info.pool);
	EXPECT_NE(~0ULL, info.pool);
	pool_close(&pool);
}

TEST_F(abi, pool_info_counts_slabs_and_clients)
{
	struct aoipool_pool_info info;
	struct pool client;

	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 3, 0));
	ASSERT_EQ(0, slab_park(&self->pool, 0));
	ASSERT_EQ(0, pool_attach(&self->pool, &client));
	ASSERT_EQ(0, pool_info(&client, &info));
	EXPECT_EQ(1, info.absent_slabs);
	EXPECT_EQ(2, info.held_slabs);
	EXPECT_EQ(1, info.parked_slabs);
	EXPECT_EQ(3, info.populated_blocks);
	EXPECT_EQ(2, info.nr_clients);
	EXPECT_EQ(client.client, info.client);
	EXPECT_NE(self->pool.client, client.client);
	close(client.fd);
}

TEST_F(abi, local_pool_names_every_node_with_memory)
{
	struct aoipool_pool_info info;

	ASSERT_EQ(0, pool_info(&self->pool, &info));
	for (int node = 0; node < 64; node++) {
		EXPECT_EQ(node_has_memory(node), info.nodemask[0] >> node & 1);
	}
}

TEST_F(abi, new_pool_is_all_absent)
{
	for (__u32 slab = 0; slab < SLABS; slab++) {
		EXPECT_EQ(0, slab_word(&self->pool, slab));
	}
	EXPECT_NE(0, self->pool.client);
}

TEST_F(abi, descriptors_are_close_on_exec)
{
	struct pool client;

	ASSERT_EQ(0, pool_attach(&self->pool, &client));
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->pool.fd, F_GETFD));
	EXPECT_EQ(FD_CLOEXEC, fcntl(client.fd, F_GETFD));
	close(client.fd);
}

TEST_F(abi, populate_refuses_slabs_that_are_not_there)
{
	const struct {
		__u32 first, nr;
	} ranges[] = {
		{ 0, 0 }, { 0, SLABS + 1 }, { SLABS, 1 }, { 1, SLABS }, { ~0U, 1 }, { ~0U, 2 },
		{ 1, ~0U },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		EXPECT_EQ(-EINVAL, pool_populate(&self->pool, ranges[i].first, ranges[i].nr,
						 NULL)) {
			TH_LOG("first %u, nr %u", ranges[i].first, ranges[i].nr);
		}
	}
}

TEST_F(abi, device_belongs_to_its_owner_and_group)
{
	struct stat stat;

	ASSERT_EQ(0, fstat(self->device, &stat));
	EXPECT_TRUE(S_ISCHR(stat.st_mode));
	EXPECT_EQ(0660, stat.st_mode & 07777);
}

static int open_as_nobody(int sock, void *arg)
{
	(void)sock;
	(void)arg;
	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		return 1;
	return device_open() == -EACCES ? 0 : 2;
}

TEST(nobody_may_not_open_the_device)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, open_as_nobody, NULL));
	EXPECT_EQ(0, child_wait(&child));
}

TEST_HARNESS_MAIN
