// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files below /sys/class/misc/aoipool: what they say, what they take, what
 * they refuse and to whom, and that a change is one at once.
 */
#include "harness.h"
#include "child.h"
#include "pool.h"
#include "proc.h"
#include "tune.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>

#define FOLDER		"/sys/class/misc/aoipool"
#define USER		1000
#define SLABS		8U
#define STEP_US		10000
#define WAIT_STEPS	6000
#define MAX_VALUES	6

/* What may be set. */
struct tunable {
	const char *file;
	const char *value;		/* to begin with; NULL: depends on the host */
	const char *good[MAX_VALUES];
	const char *bad[MAX_VALUES];
};

#define POLICY(level, decay, grace, keep, gives)                                             \
	{ "policy_" level "/decay_ms", decay, { "0", "86400000", "never", "250" },           \
	  { "86400001", "-1", "soon" } },                                                    \
	{ "policy_" level "/grace_ms", grace, { "0", "10000" }, { "10001", "never", "-5" } }, \
	{ "policy_" level "/depot", keep, { "high", "low", "nothing" }, { "all", "0" } },    \
	{ "policy_" level "/gives_reserve", gives, { "1", "0" }, { "2", "yes", "10" } }

#define NODE(node)                                                                           \
	{ "node" node "/depot_low_bytes", "16777216", { "0", "2097152", "137438953472" },    \
	  { "137438953473", "-1", "8M" } },                                                  \
	{ "node" node "/depot_high_bytes", "67108864", { "0", "2097152", "137438953472" },   \
	  { "137438953473", "-1", "low" } }

static const struct tunable tunables[] = {
	{ "limit_bytes", NULL, { "2097152", "4503599627370496" },
	  { "1", "2097151", "4503599627370497", "-1", "80%" } },
	{ "idle_max_bytes", "unlimited", { "0", "2097152", "unlimited" },
	  { "4503599627370497", "-1", "infinity" } },
	{ "clear_mode", NULL, { "pages" }, { "memset", "0" } },
	{ "populate_workers", "4", { "0", "16" }, { "17", "-1", "4 4" } },
	{ "pressure/low_percent", "20", { "10", "100" }, { "101", "9", "-1", "20%" } },
	{ "pressure/high_percent", "10", { "5", "20" }, { "21", "4", "ten" } },
	{ "pressure/critical_percent", "5", { "0", "10" }, { "11", "-1" } },
	{ "pressure/hysteresis_percent", "3", { "0", "100" }, { "101", "-1" } },
	{ "pressure/hold_ms", "1000", { "0", "60000" }, { "60001", "1s" } },
	POLICY("none", "10000", "0", "high", "0"),
	POLICY("low", "1000", "500", "low", "0"),
	POLICY("high", "0", "100", "nothing", "0"),
	POLICY("critical", "0", "0", "nothing", "1"),
	NODE("0"),
	NODE("1"),
};

#define FOR_EACH_TUNABLE(at)                                                                 \
	for (const struct tunable *at = tunables; at < tunables + ARRAY_SIZE(tunables); at++) \
		if (is_here(at))

static const char *const read_only[] = {
	"version", "abi_version", "clear_modes", "pressure/level",
	"counters/blocks_out", "counters/blocks_in", "counters/populated_bytes",
	"counters/reclaimed_bytes", "counters/swept_slabs", "counters/oom_calls",
	"counters/oom_bytes", "counters/failures", "counters/events", "counters/events_lost",
};
static const char *const node_read_only[] = {
	"level", "available_bytes", "total_bytes", "pool_bytes", "depot_bytes",
	"populated_bytes", "reclaimed_bytes", "failures",
};

static const char *path_of(const char *file, char *path)
{
	snprintf(path, 128, FOLDER "/%s", file);
	return path;
}

/* Of a machine with one node half of the nodes is missing. */
static bool is_here(const struct tunable *tunable)
{
	char path[128];

	return strncmp(tunable->file, "node1/", 6) || !access(path_of(tunable->file, path), F_OK);
}

FIXTURE(sysfs)
{
	struct tune tune;
};

FIXTURE_SETUP(sysfs)
{
	ASSERT_EQ(0, tune_save(&self->tune));
}

FIXTURE_TEARDOWN(sysfs)
{
	EXPECT_EQ(0, tune_restore(&self->tune));
}

TEST_F(sysfs, every_value_begins_as_it_is_said_to)
{
	char value[32];

	FOR_EACH_TUNABLE(at) {
		if (at->value)
			EXPECT_STREQ(at->value, tune_get(at->file, value)) {
				TH_LOG("%s", at->file);
			}
	}
}

TEST_F(sysfs, every_value_reads_as_it_was_written)
{
	char before[32], value[32];

	FOR_EACH_TUNABLE(at) {
		tune_get(at->file, before);
		for (int i = 0; i < MAX_VALUES && at->good[i]; i++) {
			EXPECT_EQ(0, tune_set(at->file, at->good[i]));
			EXPECT_STREQ(at->good[i], tune_get(at->file, value)) {
				TH_LOG("%s", at->file);
			}
		}
		EXPECT_EQ(0, tune_set(at->file, before));
		EXPECT_STREQ(before, tune_get(at->file, value));
	}
}

/* Lines of the kernel log that say what @file has refused. */
static int refusals(const char *file)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC), found = 0;
	char record[1024], line[96];
	ssize_t got;

	snprintf(line, sizeof(line), ";aoipool: %s: \"", file);
	while ((got = read(log, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		record[got > 0 ? got : 0] = '\0';
		found += strstr(record, line) && strstr(record, "is refused, it takes ");
		errno = 0;
	}
	close(log);
	return found;
}

/* Another program of this run may have been the first to write nonsense. */
TEST_F(sysfs, nonsense_is_refused_and_said_once)
{
	char before[32], value[32];

	FOR_EACH_TUNABLE(at) {
		int said = -1;

		tune_get(at->file, before);
		for (int i = 0; i < MAX_VALUES && at->bad[i]; i++) {
			EXPECT_EQ(-EINVAL, tune_set(at->file, at->bad[i])) {
				TH_LOG("%s takes '%s'", at->file, at->bad[i]);
			}
			EXPECT_STREQ(before, tune_get(at->file, value));
			said = i ? said : refusals(at->file);
		}
		EXPECT_LE(1, said) {
			TH_LOG("nothing said of %s", at->file);
		}
		EXPECT_EQ(said, refusals(at->file));
	}
}

/* Of no characters at all nothing is written. */
TEST_F(sysfs, empty_line_is_refused)
{
	FOR_EACH_TUNABLE(at) {
		EXPECT_EQ(-EINVAL, tune_set(at->file, "\n")) {
			TH_LOG("%s", at->file);
		}
	}
}

TEST_F(sysfs, bytes_are_rounded_down_to_blocks)
{
	const char *const files[] = { "limit_bytes", "idle_max_bytes", "node0/depot_low_bytes",
				      "node0/depot_high_bytes" };

	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(0, tune_set_long(files[i], 3 * BLOCK - 1));
		EXPECT_EQ(2 * BLOCK, tune_get_long(files[i]));
	}
}

/* A service of a user reads everything and sets nothing. */
static int use_as_user(int sock, void *arg)
{
	char path[128], value[32];

	if (setgroups(0, NULL) || setresuid(USER, USER, USER))
		return 1;
	FOR_EACH_TUNABLE(at) {
		if (!tune_get(at->file, value)[0])
			return 2;
		if (open(path_of(at->file, path), O_WRONLY | O_CLOEXEC) >= 0 ||
		    errno != EACCES)
			return 3;
	}
	for (size_t i = 0; i < ARRAY_SIZE(read_only); i++)
		if (!tune_get(read_only[i], value)[0])
			return 4;
	return 0;
}

TEST_F(sysfs, unprivileged_user_reads_all_and_sets_nothing)
{
	struct child child;

	ASSERT_EQ(0, child_start(&child, use_as_user, NULL));
	EXPECT_EQ(0, child_wait(&child));
}

TEST_F(sysfs, what_is_counted_cannot_be_set)
{
	char file[64];

	for (size_t i = 0; i < ARRAY_SIZE(read_only); i++) {
		EXPECT_GT(0, tune_set(read_only[i], "0")) {
			TH_LOG("%s", read_only[i]);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(node_read_only); i++) {
		snprintf(file, sizeof(file), "node0/%s", node_read_only[i]);
		EXPECT_GT(0, tune_set(file, "0")) {
			TH_LOG("%s", file);
		}
	}
}

static bool is_listed(const char *file)
{
	FOR_EACH_TUNABLE(at)
		if (!strcmp(at->file, file))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(read_only); i++)
		if (!strcmp(read_only[i], file))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(node_read_only); i++)
		if (!strncmp(file, "node", 4) && strchr(file, '/') &&
		    !strcmp(strchr(file, '/') + 1, node_read_only[i]))
			return true;
	return false;
}

/* What every device has. */
static bool is_the_kernels(const char *name)
{
	const char *const names[] = { "dev", "uevent", "power", "subsystem" };

	for (int i = 0; i < 4; i++)
		if (!strcmp(name, names[i]))
			return true;
	return name[0] == '.';
}

static int count_unlisted(struct __test_metadata *_metadata, const char *folder)
{
	char path[128], file[320];
	DIR *dir = opendir(path_of(folder, path));
	struct dirent *entry;
	int found = 0;

	while (dir && (entry = readdir(dir))) {
		if (is_the_kernels(entry->d_name))
			continue;
		snprintf(file, sizeof(file), "%s%s%s", folder, folder[0] ? "/" : "",
			 entry->d_name);
		if (entry->d_type == DT_DIR) {
			found += count_unlisted(_metadata, file);
		} else if (!is_listed(file)) {
			TH_LOG("%s is not tested", file);
			found++;
		}
	}
	if (!dir)
		return 1;
	closedir(dir);
	return found;
}

TEST_F(sysfs, there_is_no_file_but_these)
{
	EXPECT_EQ(0, count_unlisted(_metadata, ""));
}

TEST_F(sysfs, versions_are_those_of_the_module)
{
	char version[32], module[32] = "";
	FILE *file = fopen("/sys/module/aoipool/version", "re");

	ASSERT_NE(NULL, file);
	ASSERT_EQ(1, fscanf(file, "%31s", module));
	fclose(file);
	EXPECT_STREQ(module, tune_get("version", version));
	EXPECT_EQ(AOIPOOL_ABI_VERSION, tune_get_long("abi_version"));
}

static long sum_of_nodes(const char *name)
{
	long sum = 0, value;
	char file[64];

	for (int node = 0; node < 2; node++) {
		snprintf(file, sizeof(file), "node%d/%s", node, name);
		value = tune_get_long(file);
		sum += value < 0 ? 0 : value;
	}
	return sum;
}

TEST_F(sysfs, counters_say_what_the_device_says)
{
	struct aoipool_info info;
	struct pool pool;

	ASSERT_EQ(0, tune_no_decay());
	ASSERT_EQ(0, tune_no_depot());
	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, slabs_hold(&pool, 0, SLABS, 0));
	ASSERT_EQ(0, slabs_park(&pool, 0, 3));
	ASSERT_EQ(0, pool_trim(&pool, 0, NULL));
	ASSERT_EQ(0, device_settle(&info));
	EXPECT_EQ(info.blocks_out, tune_get_long("counters/blocks_out"));
	EXPECT_EQ(info.blocks_in, tune_get_long("counters/blocks_in"));
	EXPECT_EQ(info.reclaimed_blocks * BLOCK, tune_get_long("counters/reclaimed_bytes"));
	EXPECT_EQ(info.swept_slabs, tune_get_long("counters/swept_slabs"));
	EXPECT_EQ(info.oom_calls, tune_get_long("counters/oom_calls"));
	EXPECT_EQ(info.oom_blocks * BLOCK, tune_get_long("counters/oom_bytes"));
	EXPECT_EQ(info.pool_blocks * BLOCK, sum_of_nodes("pool_bytes"));
	EXPECT_EQ(info.depot_blocks * BLOCK, sum_of_nodes("depot_bytes"));
	EXPECT_EQ(info.reclaimed_blocks * BLOCK, sum_of_nodes("reclaimed_bytes"));
	EXPECT_EQ(tune_get_long("counters/populated_bytes"), sum_of_nodes("populated_bytes"));
	EXPECT_LE(SLABS * BLOCK, tune_get_long("counters/populated_bytes"));
	pool_close(&pool);
}

TEST_F(sysfs, failure_is_counted_where_it_happens)
{
	long all = tune_get_long("counters/failures");
	long node = tune_get_long("node0/failures");
	struct pool pool;

	ASSERT_EQ(0, tune_no_depot());
	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, tune_limit(1));
	EXPECT_EQ(-ENOSPC, slabs_hold(&pool, 0, SLABS, 0));
	EXPECT_EQ(all + 1, tune_get_long("counters/failures"));
	EXPECT_EQ(node + 1, tune_get_long("node0/failures"));
	pool_close(&pool);
}

TEST_F(sysfs, limit_is_one_at_once)
{
	struct aoipool_info info;

	ASSERT_EQ(0, tune_limit(7));
	ASSERT_EQ(0, device_info(&info));
	EXPECT_EQ(7, info.limit_blocks);
	ASSERT_EQ(0, tune_set("limit_bytes", "0"));
	EXPECT_LT(7 * BLOCK, tune_get_long("limit_bytes"));
}

static int await(const char *file, long value)
{
	for (int step = 0; step < WAIT_STEPS; step++) {
		if (tune_get_long(file) == value)
			return 0;
		usleep(STEP_US);
	}
	return -ETIMEDOUT;
}

/* Each node keeps what it was told to, while there are pools. */
TEST_F(sysfs, watermarks_belong_to_a_node)
{
	struct pool pool;

	ASSERT_EQ(0, tune_no_depot());
	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, tune_set_long("node0/depot_high_bytes", 5 * BLOCK));
	EXPECT_EQ(0, tune_get_long("node0/depot_bytes"));
	ASSERT_EQ(0, tune_set_long("node0/depot_low_bytes", BLOCK));
	EXPECT_EQ(0, await("node0/depot_bytes", 5 * BLOCK));
	EXPECT_GE(0, tune_get_long("node1/depot_bytes"));
	ASSERT_EQ(0, tune_set_long("node0/depot_high_bytes", 2 * BLOCK));
	EXPECT_EQ(2 * BLOCK, tune_get_long("node0/depot_bytes"));
	pool_close(&pool);
}

static int cpu_set_online(int cpu, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
	return file_write(path, value);
}

static int run_on(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	return sched_setaffinity(0, sizeof(cpus), &cpus) ? -errno : 0;
}

/* It had some in front of it, and keeps them. */
TEST_F(sysfs, depot_of_a_cpu_that_went_offline_is_counted)
{
	struct aoipool_info info;
	struct pool pool;
	long counted;

	if (cpu_set_online(1, "1"))
		SKIP(return, "CPU 1 is not there, or stays online");
	ASSERT_EQ(0, tune_depot(8, 8));
	ASSERT_EQ(0, pool_open(&pool, SLABS));
	ASSERT_EQ(0, await("node0/depot_bytes", 8 * BLOCK));
	ASSERT_EQ(0, tune_depot(0, 8));
	ASSERT_EQ(0, run_on(1));
	ASSERT_EQ(0, slabs_hold(&pool, 0, 1, 0));
	ASSERT_EQ(0, run_on(0));
	ASSERT_EQ(0, cpu_set_online(1, "0"));
	EXPECT_EQ(0, device_settle(&info));
	counted = sum_of_nodes("depot_bytes");
	EXPECT_EQ(0, cpu_set_online(1, "1"));
	EXPECT_EQ(info.depot_blocks * BLOCK, counted);
	pool_close(&pool);
}

/* They may be written in any order: a low one that is above counts as the high one. */
TEST_F(sysfs, low_watermark_above_the_high_one_counts_as_that)
{
	struct pool pool;

	ASSERT_EQ(0, tune_depot(6, 3));
	ASSERT_EQ(0, pool_open(&pool, SLABS));
	EXPECT_EQ(0, await("node0/depot_bytes", 3 * BLOCK));
	EXPECT_EQ(6 * BLOCK, tune_get_long("node0/depot_low_bytes"));
	ASSERT_EQ(0, tune_set_long("node0/depot_high_bytes", 8 * BLOCK));
	EXPECT_EQ(0, await("node0/depot_bytes", 8 * BLOCK));
	pool_close(&pool);
}

/* They are what the module began with, and what it was loaded with they still say. */
TEST_F(sysfs, parameters_cannot_be_written)
{
	const char *const names[] = { "limit_mib", "depot_high_blocks", "depot_low_blocks",
				      "populate_workers", "clear_mode" };
	char path[96];

	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), PARAMETERS "%s", names[i]);
		EXPECT_EQ(0, access(path, R_OK));
		EXPECT_GT(0, file_write(path, "1"));
	}
	ASSERT_EQ(0, tune_set("populate_workers", "2"));
	EXPECT_EQ(4, file_read_long(PARAMETERS "populate_workers"));
}

TEST_HARNESS_MAIN
