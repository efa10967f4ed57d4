// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every allocation and every copy from or to the user fails in turn: of each
 * operation first the first one, then the second, until there is none left to
 * fail.  After each the error is one that the contract names, nothing is lost, and
 * the same operation works.
 *
 * What workers of the module allocate is not reached so: see test_fail_often.
 */
#include "harness.h"
#include "fault.h"
#include "netlink.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define SLABS		4U
#define MODULE_PATH	"/aoipool/aoipool.ko"

/* No operation has as many; one that does not end is a bug of the test. */
#define MANY		2000

/* What operations work on; made anew for each try. */
struct ground {
	struct pool pool;
	struct pool other;
	struct netlink mouth;
	struct message answers[64];
	void *info;
};

/*
 * begin and end are not disturbed; run returns 0 or a negative errno, and what it
 * has done is undone by end, also when it failed.
 */
struct operation {
	const char *name;
	int (*begin)(struct ground *ground);
	int (*run)(struct ground *ground);
	void (*end)(struct ground *ground);
};

static struct ground ground;

/*
 * A copy that fails is a fault; an allocation is for want of memory.  EIO is what
 * a program makes of a question that could not be sent.
 */
static bool is_of_contract(int err)
{
	return err == 0 || err == -ENOMEM || err == -EFAULT || err == -ENOBUFS ||
	       err == -EAGAIN || err == -ENFILE || err == -EIO;
}

static int nothing(struct ground *g)
{
	return 0;
}

static void no_end(struct ground *g)
{
}

static int open_pool(struct ground *g)
{
	return pool_open(&g->pool, SLABS);
}

static void close_pool(struct ground *g)
{
	pool_close(&g->pool);
}

static int open_held(struct ground *g)
{
	return open_pool(g) ?: slabs_hold(&g->pool, 0, SLABS, 0);
}

static int open_claimed(struct ground *g)
{
	int err = open_pool(g);

	for (__u32 i = 0; i < SLABS && !err; i++)
		err = slab_claim(&g->pool, i, 0);
	return err;
}

static int open_parked(struct ground *g)
{
	return open_held(g) ?: slabs_park(&g->pool, 0, SLABS);
}

static int run_device(struct ground *g)
{
	int fd = device_open();

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int run_info(struct ground *g)
{
	struct aoipool_info info;

	return device_info(&info);
}

static int begin_create(struct ground *g)
{
	g->pool.fd = -1;
	return 0;
}

/* With its mappings. */
static int run_create(struct ground *g)
{
	return pool_open(&g->pool, SLABS);
}

/* One that could be made but not mapped is closed by pool_open() itself. */
static void end_create(struct ground *g)
{
	if (g->pool.fd >= 0)
		pool_close(&g->pool);
}

static int run_map(struct ground *g)
{
	return pool_join(&g->pool, &g->other);
}

static int begin_map(struct ground *g)
{
	g->other.fd = -1;
	return open_held(g);
}

static void end_map(struct ground *g)
{
	if (g->other.fd >= 0)
		pool_close(&g->other);
	close_pool(g);
}

/* Reading and writing touch, without a signal where that fails. */
static int run_fault(struct ground *g)
{
	return madvise(g->pool.data, SLABS * g->pool.slab_bytes,
		       MADV_POPULATE_WRITE) ? -errno : 0;
}

static int run_fault_info(struct ground *g)
{
	struct aoipool_pool_layout *layout = &g->pool.layout;

	g->info = mmap(NULL, layout->info_bytes, PROT_READ, MAP_SHARED | MAP_POPULATE,
		       g->pool.fd, layout->info_offset);
	return g->info == MAP_FAILED ? -errno : 0;
}

static void end_fault_info(struct ground *g)
{
	if (g->info != MAP_FAILED)
		munmap(g->info, g->pool.layout.info_bytes);
	close_pool(g);
}

static int run_populate(struct ground *g)
{
	return pool_populate(&g->pool, 0, SLABS, NULL);
}

/* The depot has nothing: each block is allocated by whoever asks. */
static int begin_cold(struct ground *g)
{
	return tune_no_depot() ?: open_claimed(g);
}

static int run_trim(struct ground *g)
{
	return pool_trim(&g->pool, 0, NULL);
}

static int run_pool_info(struct ground *g)
{
	struct aoipool_pool_info info;

	return pool_info(&g->pool, &info);
}

static int run_policy(struct ground *g)
{
	struct aoipool_pool_policy policy = {
		.size = sizeof(policy),
		.flags = AOIPOOL_POLICY_SET,
		.decay_ms = 1000,
		.idle_max_blocks = 2,
	};

	return ioctl(g->pool.fd, AOIPOOL_POOL_POLICY, &policy) ? -errno : 0;
}

static int run_tell(struct ground *g)
{
	struct aoipool_pool_tell tell = {
		.size = sizeof(tell),
		.flags = AOIPOOL_TELL_EXHAUSTED | AOIPOOL_TELL_FREED,
		.count = 1,
	};

	return ioctl(g->pool.fd, AOIPOOL_POOL_TELL, &tell) ? -errno : 0;
}

static int run_poll(struct ground *g)
{
	struct pollfd pollfd = { .fd = g->pool.fd, .events = POLLIN | POLLPRI };

	return poll(&pollfd, 1, 0) < 0 ? -errno : 0;
}

static int begin_close(struct ground *g)
{
	int err = open_held(g);

	pool_unmap(&g->pool);
	return err;
}

/* It cannot fail, whatever does: a sweep of what is held, and the pool's end. */
static int run_close(struct ground *g)
{
	return close(g->pool.fd) ? -errno : 0;
}

static int begin_netlink(struct ground *g)
{
	return open_held(g) ?: netlink_open(&g->mouth);
}

static void end_netlink(struct ground *g)
{
	netlink_close(&g->mouth);
	close_pool(g);
}

static int run_state(struct ground *g)
{
	return netlink_state(&g->mouth, g->answers);
}

static int dump(struct ground *g, int cmd)
{
	int nr = netlink_dump(&g->mouth, cmd, g->answers, ARRAY_SIZE(g->answers));

	return nr < 0 ? nr : 0;
}

static int run_nodes(struct ground *g)
{
	return dump(g, AOIPOOL_GENL_GET_NODES);
}

static int run_pools(struct ground *g)
{
	return dump(g, AOIPOOL_GENL_GET_POOLS);
}

static int run_holders(struct ground *g)
{
	return dump(g, AOIPOOL_GENL_GET_HOLDERS);
}

static int run_slabs(struct ground *g)
{
	return dump(g, AOIPOOL_GENL_GET_SLABS);
}

static int run_host_trim(struct ground *g)
{
	int nr = netlink_request(&g->mouth, AOIPOOL_GENL_TRIM, 0, NULL, 0, g->answers, 1);

	return nr < 0 ? nr : 0;
}

static int run_sysfs(struct ground *g)
{
	char value[64];
	long hold = tune_get_long("pressure/hold_ms");

	if (hold < 0 || !*tune_get("policy_none/decay_ms", value))
		return -ENOMEM;
	return tune_set_long("pressure/hold_ms", hold);
}

static int unload(void)
{
	return syscall(SYS_delete_module, "aoipool", O_NONBLOCK) ? -errno : 0;
}

static int begin_load(struct ground *g)
{
	return unload();
}

static int run_load(struct ground *g)
{
	int file = open(MODULE_PATH, O_RDONLY | O_CLOEXEC);
	int err;

	if (file < 0)
		return -errno;
	err = syscall(SYS_finit_module, file, "", 0) ? -errno : 0;
	close(file);
	return err;
}

static void end_load(struct ground *g)
{
	if (access("/sys/module/aoipool", F_OK))
		run_load(g);
}

static const struct operation operations[] = {
	{ "device", nothing, run_device, no_end },
	{ "info", nothing, run_info, no_end },
	{ "create", begin_create, run_create, end_create },
	{ "attach_and_map", begin_map, run_map, end_map },
	{ "map_info", open_pool, run_fault_info, end_fault_info },
	{ "fault", open_claimed, run_fault, close_pool },
	{ "populate", open_claimed, run_populate, close_pool },
	{ "populate_cold", begin_cold, run_populate, close_pool },
	{ "trim", open_parked, run_trim, close_pool },
	{ "pool_info", open_held, run_pool_info, close_pool },
	{ "policy", open_parked, run_policy, close_pool },
	{ "tell", open_held, run_tell, close_pool },
	{ "poll", open_held, run_poll, close_pool },
	{ "close", begin_close, run_close, no_end },
	{ "get_state", begin_netlink, run_state, end_netlink },
	{ "get_nodes", begin_netlink, run_nodes, end_netlink },
	{ "get_pools", begin_netlink, run_pools, end_netlink },
	{ "get_holders", begin_netlink, run_holders, end_netlink },
	{ "get_slabs", begin_netlink, run_slabs, end_netlink },
	{ "trim_of_host", begin_netlink, run_host_trim, end_netlink },
	{ "sysfs", nothing, run_sysfs, no_end },
	{ "load", begin_load, run_load, end_load },
};

FIXTURE(fail)
{
	struct tune tune;
};

FIXTURE_SETUP(fail)
{
	if (!fault_is_there())
		SKIP_FIXTURE("this kernel injects no faults: make check-debug has one that does");
	ASSERT_EQ(0, fault_arm());
	ASSERT_EQ(0, tune_save(&self->tune));
}

FIXTURE_TEARDOWN(fail)
{
	struct aoipool_info after;

	EXPECT_EQ(0, device_settle(&after));
	EXPECT_EQ(0, tune_restore(&self->tune));
	EXPECT_EQ(0, after.nr_pools);
	EXPECT_EQ(0, after.pool_blocks);
}

FIXTURE_VARIANT(fail)
{
	const char *name;
};

#define OPERATION(operation) \
	FIXTURE_VARIANT_ADD(fail, operation) { .name = #operation }

OPERATION(device);
OPERATION(info);
OPERATION(create);
OPERATION(attach_and_map);
OPERATION(map_info);
OPERATION(fault);
OPERATION(populate);
OPERATION(populate_cold);
OPERATION(trim);
OPERATION(pool_info);
OPERATION(policy);
OPERATION(tell);
OPERATION(poll);
OPERATION(close);
OPERATION(get_state);
OPERATION(get_nodes);
OPERATION(get_pools);
OPERATION(get_holders);
OPERATION(get_slabs);
OPERATION(trim_of_host);
OPERATION(sysfs);
OPERATION(load);

static const struct operation *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	return NULL;
}

/* Once: *@err is what it said.  Return: whether the fault came; a negative errno. */
static int try_at(const struct operation *operation, unsigned int nth, int *err)
{
	int fault = operation->begin(&ground);

	if (fault)
		return fault;
	fault = nth ? fault_at(nth) : 0;
	*err = operation->run(&ground);
	if (nth && !fault)
		fault = fault_over();
	operation->end(&ground);
	return fault;
}

TEST_F_TIMEOUT(fail, each_in_turn, 600)
{
	const struct operation *operation = find(variant->name);
	unsigned int nth, errors = 0;
	int came = 1, err;

	ASSERT_NE(NULL, operation);
	for (nth = 1; nth < MANY && came == 1; nth++) {
		came = try_at(operation, nth, &err);
		ASSERT_LE(0, came);
		ASSERT_TRUE(is_of_contract(err)) {
			TH_LOG("%s: fault %u: %s", operation->name, nth, strerror(-err));
		}
		errors += err != 0;
		ASSERT_EQ(0, try_at(operation, 0, &err));
		ASSERT_EQ(0, err) {
			TH_LOG("%s after fault %u: %s", operation->name, nth, strerror(-err));
		}
	}
	ASSERT_EQ(0, came);
	TH_LOG("%s: %u faults, %u of them were errors", operation->name, nth - 2, errors);
}

TEST_HARNESS_MAIN
