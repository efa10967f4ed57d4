// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading, and what the module tells a tracer.
 */
#include "harness.h"
#include "netlink.h"
#include "pool.h"
#include "proc.h"
#include "trace.h"
#include "tune.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/* Where the test machine has it; AOIPOOL_KO names another place. */
#define MODULE_PATH	"/aoipool/aoipool.ko"
#define DROP_ROUNDS	64

/* The module is there when a test begins and when it ends. */
FIXTURE(module)
{
	const char *path;
	char parameters[128];
};

static int unload(void)
{
	return syscall(SYS_delete_module, "aoipool", O_NONBLOCK) ? -errno : 0;
}

static void parameters_note(char *text, size_t bytes)
{
	snprintf(text, bytes, "limit_mib=%ld depot_high_blocks=%ld depot_low_blocks=%ld",
		 file_read_long(PARAMETERS "limit_mib"),
		 file_read_long(PARAMETERS "depot_high_blocks"),
		 file_read_long(PARAMETERS "depot_low_blocks"));
}

static int load(const char *path, const char *parameters)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (file < 0)
		return -errno;
	err = syscall(SYS_finit_module, file, parameters, 0) ? -errno : 0;
	close(file);
	return err;
}

FIXTURE_SETUP(module)
{
	self->path = getenv("AOIPOOL_KO");
	if (!self->path)
		self->path = MODULE_PATH;
	if (access(self->path, R_OK))
		SKIP_FIXTURE("%s is not there: AOIPOOL_KO names the module", self->path);
	parameters_note(self->parameters, sizeof(self->parameters));
}

FIXTURE_TEARDOWN(module)
{
	if (access("/sys/module/aoipool", F_OK)) {
		EXPECT_EQ(0, load(self->path, self->parameters));
	}
}

TEST_F(module, unload_and_load_again)
{
	struct aoipool_info info;

	ASSERT_EQ(0, unload());
	EXPECT_EQ(-ENOENT, device_open());
	ASSERT_EQ(0, load(self->path, self->parameters));
	ASSERT_EQ(0, device_info(&info));
	EXPECT_EQ(0, info.nr_pools);
	EXPECT_EQ(0, info.pool_blocks);
}

TEST_F(module, begins_with_its_parameters)
{
	char mode[32];

	ASSERT_EQ(0, unload());
	ASSERT_EQ(0, load(self->path, "limit_mib=65 depot_high_blocks=5 depot_low_blocks=3 "
				      "populate_workers=2 clear_mode=pages"));
	EXPECT_EQ(64 << 20, tune_get_long("limit_bytes"));
	EXPECT_EQ(5 * BLOCK, tune_get_long("node0/depot_high_bytes"));
	EXPECT_EQ(3 * BLOCK, tune_get_long("node0/depot_low_bytes"));
	EXPECT_EQ(2, tune_get_long("populate_workers"));
	EXPECT_STREQ("pages", tune_get("clear_mode", mode));
	ASSERT_EQ(0, unload());
}

TEST_F(module, nonsense_keeps_it_from_loading)
{
	const char *const nonsense[] = {
		"limit_mib=1", "limit_mib=-1", "limit_mib=all", "limit_mib=4294967296",
		"depot_high_blocks=65537", "depot_low_blocks=-1", "populate_workers=17",
		"clear_mode=memset", "clear_mode=",
	};

	ASSERT_EQ(0, unload());
	for (size_t i = 0; i < ARRAY_SIZE(nonsense); i++) {
		EXPECT_EQ(-EINVAL, load(self->path, nonsense[i])) {
			TH_LOG("%s", nonsense[i]);
		}
		EXPECT_EQ(-ENOENT, device_open());
	}
}

TEST_F(module, unload_is_refused_while_the_device_is_open)
{
	int device = device_open();

	ASSERT_LE(0, device);
	EXPECT_EQ(-EWOULDBLOCK, unload());
	close(device);
	EXPECT_EQ(0, unload());
}

TEST_F(module, unload_is_refused_while_a_pool_is_open)
{
	struct aoipool_pool_create args = pool_args(4, 1);
	struct pool pool;

	ASSERT_EQ(0, pool_create(&pool, &args));
	EXPECT_EQ(-EWOULDBLOCK, unload());
	close(pool.fd);
	EXPECT_EQ(0, unload());
}

TEST_F(module, unload_is_refused_while_a_pool_is_mapped)
{
	struct pool pool;

	ASSERT_EQ(0, pool_open(&pool, 4));
	ASSERT_EQ(0, slabs_hold(&pool, 0, 4, 0));
	pool.data[0] = 1;
	close(pool.fd);
	EXPECT_EQ(-EWOULDBLOCK, unload());
	EXPECT_EQ(1, pool.data[0]);
	munmap((void *)pool.info, pool.layout.info_bytes);
	munmap(pool.words, pool.layout.words_bytes);
	EXPECT_EQ(-EWOULDBLOCK, unload());
	munmap(pool.data, pool.layout.data_bytes);
	EXPECT_EQ(0, unload());
}

/* The depot is not empty and its worker may be about: unloading sees to both. */
TEST_F(module, unload_with_a_full_depot)
{
	struct pool pool;

	for (int round = 0; round < 5; round++) {
		ASSERT_EQ(0, pool_open(&pool, 16));
		ASSERT_EQ(0, slabs_hold(&pool, 0, 16, 0));
		pool_close(&pool);
		ASSERT_EQ(0, unload());
		ASSERT_EQ(0, load(self->path, self->parameters));
	}
}

/* What happened before is heard, and after that there is no such family. */
TEST_F(module, unload_with_a_subscriber)
{
	struct netlink ear, mouth;
	struct message got;
	struct pool pool;

	for (int round = 0; round < 5; round++) {
		ASSERT_EQ(0, netlink_open(&ear));
		ASSERT_EQ(0, netlink_subscribe(&ear));
		ASSERT_EQ(0, netlink_open(&mouth));
		ASSERT_EQ(0, pool_open(&pool, 16));
		ASSERT_EQ(0, slabs_hold(&pool, 0, 16, 0));
		ASSERT_EQ(0, slabs_park(&pool, 0, 4));
		ASSERT_EQ(0, pool_trim(&pool, 0, NULL));
		pool_close(&pool);
		ASSERT_EQ(0, unload());
		ASSERT_EQ(0, netlink_await(&ear, AOIPOOL_GENL_SWEEP, NULL, &got));
		EXPECT_EQ(12, got.value[AOIPOOL_A_SLABS]);
		EXPECT_EQ(-ENOENT, netlink_state(&mouth, &got));
		netlink_close(&mouth);
		netlink_close(&ear);
		ASSERT_EQ(0, load(self->path, self->parameters));
	}
}

TEST_F(module, unload_is_refused_while_a_dump_is_half_read)
{
	struct message nodes[2];
	struct netlink netlink;

	ASSERT_EQ(0, netlink_open(&netlink));
	ASSERT_EQ(0, netlink_dump_begin(&netlink, AOIPOOL_GENL_GET_NODES));
	EXPECT_EQ(-EWOULDBLOCK, unload());
	EXPECT_EQ(2, netlink_dump_end(&netlink, nodes, 2));
	EXPECT_EQ(0, unload());
	netlink_close(&netlink);
}

TEST_F(module, pinned_block_outlives_the_module)
{
	const size_t bytes = 4096;
	struct iovec part = { .iov_len = bytes };
	struct pool pool;
	char got[4096];
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(0, pool_open(&pool, 1));
	ASSERT_EQ(0, slabs_hold(&pool, 0, 1, 0));
	memset(pool.data, 0x77, bytes);
	part.iov_base = pool.data;
	ASSERT_EQ(bytes, vmsplice(pipes[1], &part, 1, 0));
	pool_close(&pool);
	ASSERT_EQ(0, unload());
	ASSERT_EQ(bytes, read(pipes[0], got, bytes));
	EXPECT_EQ(0x77, got[0]);
	EXPECT_EQ(0x77, got[bytes - 1]);
}

/* Tracepoints. */
FIXTURE(trace)
{
	struct pool pool;
};

FIXTURE_SETUP(trace)
{
	ASSERT_EQ(0, trace_start());
	ASSERT_EQ(0, pool_open(&self->pool, 4));
}

FIXTURE_TEARDOWN(trace)
{
	pool_close(&self->pool);
	EXPECT_EQ(0, trace_stop());
}

TEST_F(trace, populate_is_traced)
{
	EXPECT_EQ(0, trace_count(" aoipool_populate: "));
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 1, 0));
	EXPECT_LE(1, trace_count(" aoipool_populate: "));
}

TEST_F(trace, touch_is_traced_as_populate)
{
	ASSERT_EQ(0, slab_claim(&self->pool, 0, 0));
	self->pool.data[0] = 1;
	EXPECT_LE(1, trace_count(" aoipool_populate: "));
}

TEST_F(trace, reclaim_is_traced)
{
	ASSERT_EQ(0, slabs_hold(&self->pool, 0, 4, 0));
	ASSERT_EQ(0, slabs_park(&self->pool, 0, 4));
	EXPECT_EQ(0, trace_count(" aoipool_reclaim: "));
	for (int i = 0; i < DROP_ROUNDS &&
	     pool_count(&self->pool, AOIPOOL_SLAB_PARKED, -1); i++) {
		ASSERT_EQ(0, drop_slabs());
	}
	EXPECT_EQ(4, pool_count(&self->pool, AOIPOOL_SLAB_ABSENT, -1));
	EXPECT_LE(1, trace_count(" aoipool_reclaim: "));
}

TEST_F(trace, sweep_is_traced)
{
	struct pool client;

	ASSERT_EQ(0, pool_join(&self->pool, &client));
	ASSERT_EQ(0, slabs_hold(&client, 0, 2, 0));
	EXPECT_EQ(0, trace_count(" aoipool_sweep: "));
	pool_close(&client);
	EXPECT_LE(1, trace_count(" aoipool_sweep: "));
}

TEST_HARNESS_MAIN
