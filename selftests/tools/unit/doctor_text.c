// SPDX-License-Identifier: GPL-2.0-only
/* What the doctor reads, taken apart: texts as the kernel writes them, made here. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buddyinfo.h"
#include "cgroup_of.h"
#include "cpus.h"
#include "fields.h"
#include "kernel_log.h"
#include "proc_limits.h"
#include "numa_maps.h"
#include "slope.h"
#include "smaps.h"

#define MIB	(1ULL << 20)
#define GIB	(1ULL << 30)

static bool failed;

#define expect(condition)                                                    \
	do {                                                                 \
		if (!(condition)) {                                          \
			printf("# %s:%d: %s\n", __FILE__, __LINE__,          \
			       #condition);                                  \
			failed = true;                                       \
		}                                                            \
	} while (0)

static const char smaps_text[] =
	"5600a0000000-5600a0400000 rw-p 00000000 00:00 0                          [heap]\n"
	"Size:               4096 kB\n"
	"KernelPageSize:        4 kB\n"
	"Rss:                4000 kB\n"
	"Anonymous:          3900 kB\n"
	"AnonHugePages:      2048 kB\n"
	"Swap:                100 kB\n"
	"VmFlags: rd wr mr mw me ac hg \n"
	"7f0000001000-7f0000801000 rw-p 00000000 00:00 0 \n"
	"KernelPageSize:        4 kB\n"
	"Rss:                8192 kB\n"
	"Anonymous:          8192 kB\n"
	"AnonHugePages:         0 kB\n"
	"VmFlags: rd wr mr mw me ac nh \n"
	"7f1000000000-7f1000200000 rw-s 00000000 00:01 2053                       /memfd:aoipool (deleted)\n"
	"KernelPageSize:        4 kB\n"
	"Rss:                2048 kB\n"
	"ShmemPmdMapped:     2048 kB\n"
	"7f1000400000-7f1000800000 rw-s 00000000 00:01 2054                       /memfd:frames (deleted)\n"
	"Rss:                1024 kB\n"
	"7f2000000000-7f2000001000 r-xp 00003000 fd:01 99                         /opt/my plugins/align.so (deleted)\n"
	"Rss:                   4 kB\n"
	"7f3000000000-7f3000200000 rw-s 00000000 00:0f 12                         /anon_hugepage (deleted)\n"
	"KernelPageSize:     2048 kB\n"
	"Private_Hugetlb:    2048 kB\n"
	"7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]\n"
	"7ffc00100000-7ffc00102000 r-xp 00000000 00:00 0                          [vdso]\n";

static void smaps_say_what_each_mapping_is(void)
{
	struct smaps smaps;

	expect(!smaps_parse(&smaps, strdup(smaps_text)));
	expect(smaps.nr == 8);
	expect(smaps.mappings[0].kind == MAPPING_HEAP);
	expect(smaps.mappings[1].kind == MAPPING_ANON);
	expect(smaps.mappings[2].kind == MAPPING_POOL);
	expect(smaps.mappings[3].kind == MAPPING_SHMEM);
	expect(smaps.mappings[4].kind == MAPPING_FILE);
	expect(smaps.mappings[5].kind == MAPPING_ANON);
	expect(smaps.mappings[6].kind == MAPPING_STACK);
	expect(smaps.mappings[7].kind == MAPPING_OTHER);
	expect(smaps.mappings[0].huge_bytes == 2 * MIB);
	expect(smaps.mappings[0].wants_huge && !smaps.mappings[0].refuses_huge);
	expect(smaps.mappings[1].refuses_huge && !smaps.mappings[1].wants_huge);
	expect(smaps.mappings[2].huge_bytes == 2 * MIB);
	expect(smaps.mappings[5].hugetlb_bytes == 2 * MIB);
	expect(smaps.mappings[5].page_bytes == 2 * MIB);
	expect(smaps.mappings[4].is_executable);
	expect(smaps_bytes(&smaps, MAPPING_HEAP) == 4000 * 1024);
	expect(smaps_bytes(&smaps, MAPPING_SHMEM) == MIB);
	smaps_free(&smaps);
}

static void names_of_files_may_have_blanks_and_be_deleted(void)
{
	struct smaps smaps;
	const char *base;
	size_t bytes;

	expect(!smaps_parse(&smaps, strdup(smaps_text)));
	base = mapping_base_name(&smaps.mappings[4], &bytes);
	expect(bytes == strlen("align.so") && !strncmp(base, "align.so", bytes));
	smaps_free(&smaps);
}

static void only_whole_aligned_blocks_could_be_huge(void)
{
	struct smaps smaps;

	expect(!smaps_parse(&smaps, strdup(smaps_text)));
	expect(mapping_aligned_bytes(&smaps.mappings[0]) == 4 * MIB);
	/* 8 MiB that begin a page behind a multiple: 3 whole blocks */
	expect(mapping_aligned_bytes(&smaps.mappings[1]) == 6 * MIB);
	expect(mapping_aligned_bytes(&smaps.mappings[4]) == 0);
	smaps_free(&smaps);
}

static void maps_are_smaps_without_numbers(void)
{
	static const char text[] =
		"00400000-00401000 r-xp 00000000 fd:00 12 /bin/true\n"
		"not a mapping\n"
		"7f0000000000-7f0000001000 rw-p 00000000 00:00 0\n";
	struct smaps smaps;

	expect(!smaps_parse(&smaps, strdup(text)));
	expect(smaps.nr == 2);
	expect(!strcmp(smaps.mappings[0].name, "/bin/true"));
	expect(smaps.mappings[1].kind == MAPPING_ANON);
	smaps_free(&smaps);
	expect(!smaps_parse(&smaps, strdup("")));
	expect(!smaps.nr);
	smaps_free(&smaps);
}

static void numa_maps_count_pages_of_every_size(void)
{
	static struct numa_maps numa;

	numa_maps_parse(&numa,
		"55835dc5e000 default heap anon=4 dirty=4 N0=3 N1=1 kernelpagesize_kB=4\n"
		"7f0000000000 bind:1 anon=2 dirty=2 N1=2 kernelpagesize_kB=2048\n"
		"7f1000000000 default file=/memfd:aoipool\\040(deleted) dirty=8 N0=8 kernelpagesize_kB=4\n");
	expect(numa.bytes[0] == (3 + 8) * 4096);
	expect(numa.bytes[1] == 4096 + 4 * MIB);
}

static void numa_maps_leave_files_out(void)
{
	static struct numa_maps numa;

	numa_maps_parse(&numa,
		"7f0000000000 default file=/usr/lib/libc.so.6 mapped=38 mapmax=11 N1=38 kernelpagesize_kB=4\n"
		"7f0000100000 default\n"
		"7f0000200000 interleave:0-1 anon=1 N0=1 kernelpagesize_kB=4");
	expect(numa.bytes[0] == 4096);
	expect(numa.bytes[1] == 0);
}

static void buddyinfo_says_what_lies_in_whole_blocks(void)
{
	static const char text[] =
		"Node 0, zone      DMA      0      0      0      0      0      0      0      0      1      1      3 \n"
		"Node 0, zone   Normal  18897      1      0      0      0      0      0      0      0      2      5 \n"
		"Node 1, zone   Normal      7      0      0      0      0      0      0      0      0      0      0 \n";
	struct buddy_zone *zones;
	size_t nr;

	expect(!buddyinfo_parse(text, &zones, &nr));
	expect(nr == 3);
	expect(zones[2].node == 1 && !strcmp(zones[1].name, "Normal"));
	expect(zones[0].nr_orders == 11);
	expect(buddy_huge_bytes(&zones[1], 4096) == 2 * 2 * MIB + 5 * 4 * MIB);
	expect(buddy_free_bytes(&zones[1], 4096) ==
	       18897 * 4096ULL + 8192 + 24 * MIB);
	expect(buddy_huge_bytes(&zones[2], 4096) == 0);
	free(zones);
}

static void limits_are_found_by_their_whole_names(void)
{
	static const char text[] =
		"Limit                     Soft Limit           Hard Limit           Units     \n"
		"Max file size             unlimited            unlimited            bytes     \n"
		"Max open files            1024                 524288               files     \n"
		"Max locked memory         8388608              8388608              bytes     \n";
	uint64_t value;

	expect(proc_limits_soft(text, "Max open files", &value) && value == 1024);
	expect(proc_limits_soft(text, "Max file size", &value) && value == UINT64_MAX);
	expect(!proc_limits_soft(text, "Max open", &value));
	expect(!proc_limits_soft(text, "Max processes", &value));
	expect(!proc_limits_soft("", "Max open files", &value));
}

static void fields_are_found_by_their_whole_names(void)
{
	static const char status[] = "Name:\tengine\nVmSwap:\t    128 kB\nThreads:\t7\n"
				     "Groups:\t4 27 \n";
	static const char events[] = "low 0\nhigh 17\nmax 3\noom 1\noom_kill 1\n"
				     "oom_group_kill 0\n";
	uint64_t value;
	char text[64];

	expect(fields_number(status, "VmSwap") == 128 * 1024);
	expect(fields_number(status, "Threads") == 7);
	expect(!fields_get(status, "Thread", &value));
	expect(fields_text(status, "Name", text, sizeof(text)) &&
	       !strcmp(text, "engine"));
	expect(fields_number(events, "oom") == 1);
	expect(fields_number(events, "oom_kill") == 1);
	expect(fields_number(events, "high") == 17);
	expect(fields_number(events, "max") == 3);
	expect(!fields_get("", "x", &value));
}

static void settings_and_pressure_are_read(void)
{
	static const char text[] =
		"some avg10=0.12 avg60=3.50 avg300=0.00 total=71\n"
		"full avg10=0.00 avg60=1.25 avg300=0.00 total=9\n";
	double percent;
	char word[32];

	fields_chosen("always [madvise] never\n", word, sizeof(word));
	expect(!strcmp(word, "madvise"));
	fields_chosen("4096\n", word, sizeof(word));
	expect(!strcmp(word, "4096"));
	expect(fields_pressure(text, "some", "avg60", &percent) && percent == 3.5);
	expect(fields_pressure(text, "full", "avg60", &percent) && percent == 1.25);
	expect(!fields_pressure(text, "full", "avg99", &percent));
}

static void sets_of_cpus_are_ranges_and_numbers(void)
{
	struct cpus a, b;

	cpus_parse(&a, "0-3,8,62-65\n");
	expect(cpus_has(&a, 0) && cpus_has(&a, 3) && !cpus_has(&a, 4));
	expect(cpus_has(&a, 8) && cpus_has(&a, 63) && cpus_has(&a, 65));
	cpus_parse(&b, "4-7");
	expect(!cpus_meet(&a, &b));
	cpus_parse(&b, "65");
	expect(cpus_meet(&a, &b));
	cpus_parse(&b, "");
	expect(!cpus_meet(&a, &b));
}

static const char mounts_v2[] =
	"25 30 0:23 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
static const char mounts_v1[] =
	"31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
	"32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
	"35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	"41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

static void cgroups_of_version_2_go_up_to_the_root(void)
{
	struct cgroup cgroup;

	expect(cgroup_parse(&cgroup, "memory", "0::/system.slice/engine.service\n",
			    mounts_v2));
	expect(cgroup.is_v2 && !strcmp(cgroup.mount, "/sys/fs/cgroup"));
	expect(!strcmp(cgroup.path, "/system.slice/engine.service"));
	expect(cgroup_up(&cgroup) && !strcmp(cgroup.path, "/system.slice"));
	expect(cgroup_up(&cgroup) && !strcmp(cgroup.path, ""));
	expect(!cgroup_up(&cgroup));
	expect(cgroup_parse(&cgroup, "memory", "0::/\n", mounts_v2));
	expect(!*cgroup.path && !cgroup_up(&cgroup));
}

static void cgroups_of_version_1_go_before_version_2(void)
{
	static const char membership[] = "9:name=systemd:/x\n4:memory:/engine\n"
					 "1:cpu,cpuacct:/\n0::/other\n";
	struct cgroup cgroup;

	expect(cgroup_parse(&cgroup, "memory", membership, mounts_v1));
	expect(!cgroup.is_v2 && !strcmp(cgroup.mount, "/sys/fs/cgroup/memory"));
	expect(!strcmp(cgroup.path, "/engine"));
	expect(cgroup_parse(&cgroup, "pids", membership, mounts_v1));
	expect(cgroup.is_v2 && !strcmp(cgroup.path, "/other"));
	expect(!cgroup_parse(&cgroup, "memory", "", mounts_v1));
}

/* A container has a part of the hierarchy mounted. */
static void a_mount_of_a_part_is_taken_off_the_path(void)
{
	struct cgroup cgroup;

	expect(cgroup_parse(&cgroup, "memory", "0::/docker/abc/engine\n",
		"25 30 0:23 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n"));
	expect(!strcmp(cgroup.path, "/engine"));
}

static const char kill_log[] =
	"6,900,10000000,-;eth0: link becomes ready\n"
	" SUBSYSTEM=net\n"
	"3,1001,500000000,-;camera: page allocation failure: order:5, mode:0xcc0(GFP_KERNEL)\n"
	"4,1002,560000000,-;engine invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO), order=0, oom_score_adj=0\n"
	"6,1003,560000100,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0-1,global_oom,task_memcg=/system.slice,task=engine,pid=812,uid=1000\n"
	"3,1004,560000200,-;Out of memory: Killed process 812 (engine) total-vm:9000000kB, anon-rss:7340032kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:14500kB oom_score_adj:0\n"
	"4,2001,9000000000,-;tile invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
	"6,2002,9000000100,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/line1,task_memcg=/line1/a,task=tile,pid=99,uid=0\n"
	"3,2003,9000000200,-;Memory cgroup out of memory: Killed process 99 (tile) total-vm:2048kB, anon-rss:1024kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:48kB oom_score_adj:0\n";

static void kills_and_the_first_sign_of_each_are_found(void)
{
	struct oom_history history;
	struct kernel_log log;
	const struct oom_episode *first, *second;

	expect(!kernel_log_parse(&log, strdup(kill_log)));
	expect(log.nr == 8);
	expect(!oom_history_of(&history, &log));
	expect(history.nr == 2);
	first = &history.episodes[0];
	second = &history.episodes[1];
	expect(first->surge_us == 500000000 && strstr(first->surge, "order:5"));
	expect(first->nr_kills == 1 && first->kills[0].pid == 812);
	expect(!strcmp(first->kills[0].comm, "engine"));
	expect(first->kills[0].anon_bytes == 7 * GIB);
	expect(!first->kills[0].is_cgroup);
	expect(second->surge_us == 9000000000 && second->kills[0].is_cgroup);
	expect(!strcmp(second->kills[0].cgroup, "/line1"));
	expect(history.failures == 1 && history.last_failure_us == 500000000);
	oom_history_free(&history);
	kernel_log_free(&log);
}

static void signs_without_a_kill_are_no_episode(void)
{
	struct oom_history history;
	struct kernel_log log;

	expect(!kernel_log_parse(&log, strdup(
		"3,1,1000000,-;nic: page allocation failure: order:4\n"
		"6,2,2000000,-;usb 1-1: new device\n")));
	expect(!oom_history_of(&history, &log));
	expect(!history.nr && history.failures == 1);
	oom_history_free(&history);
	kernel_log_free(&log);
}

static void a_sign_of_hours_ago_is_no_part_of_a_kill(void)
{
	struct oom_history history;
	struct kernel_log log;

	expect(!kernel_log_parse(&log, strdup(
		"3,1,1000000,-;nic: page allocation failure: order:4\n"
		"4,2,8000000000,-;a invoked oom-killer: gfp_mask=0x1\n"
		"3,3,8000000009,-;Out of memory: Killed process 7 (a) total-vm:1kB\n")));
	expect(!oom_history_of(&history, &log));
	expect(history.nr == 1 && history.episodes[0].surge_us == 8000000000);
	expect(history.episodes[0].kills[0].anon_bytes == 0);
	oom_history_free(&history);
	kernel_log_free(&log);
}

static void logs_as_dmesg_shows_them_are_read_too(void)
{
	struct oom_history history;
	struct kernel_log log;

	expect(!kernel_log_parse(&log, strdup(
		"<4>[   12.000500] a invoked oom-killer: gfp_mask=0x1\n"
		"[   13.000000] Out of memory: Killed process 7 (a b) total-vm:1kB, anon-rss:4kB\n"
		"no line of the log\n")));
	expect(log.nr == 2);
	expect(!oom_history_of(&history, &log));
	expect(history.nr == 1 && history.episodes[0].surge_us == 12000500);
	expect(!strcmp(history.episodes[0].kills[0].comm, "a b"));
	oom_history_free(&history);
	kernel_log_free(&log);
}

static struct slope slope_through(const double *values, size_t nr)
{
	struct series series = { 0 };
	struct slope slope;

	for (size_t i = 0; i < nr; i++)
		expect(!series_add(&series, i, values[i]));
	slope = slope_of(&series);
	free(series.readings);
	return slope;
}

static void a_line_has_its_slope_and_no_error(void)
{
	struct slope slope = slope_through((double[]){ 5, 7, 9, 11, 13 }, 5);

	expect(slope.per_s > 1.999 && slope.per_s < 2.001);
	expect(slope.error_per_s < 0.001);
	expect(slope.change == 8 && slope.time_s == 4);
	expect(slope.is_steady);
}

static void a_single_step_is_not_steady(void)
{
	struct slope slope = slope_through(
		(double[]){ 1, 1, 1, 1, 1, 40, 40, 40, 40, 40 }, 10);

	expect(slope.change == 39 && slope.largest_step == 39);
	expect(!slope.is_steady);
}

static void up_and_down_is_not_steady(void)
{
	struct slope slope = slope_through(
		(double[]){ 1, 9, 1, 9, 1, 9, 1, 9, 1, 9 }, 10);

	expect(slope.change > 0);
	expect(!slope.is_steady);
}

static void few_readings_prove_nothing(void)
{
	expect(!slope_through((double[]){ 1, 2, 3 }, 3).is_steady);
	expect(slope_through((double[]){ 1, 2 }, 2).change == 1);
	expect(slope_through((double[]){ 1 }, 1).change == 0);
	expect(slope_through(NULL, 0).nr == 0);
	expect(!slope_through((double[]){ 3, 3, 3, 3, 3 }, 5).is_steady);
	expect(!slope_through((double[]){ 9, 7, 5, 3, 1 }, 5).is_steady);
}

#define TEST(name)	{ #name, name }

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	TEST(smaps_say_what_each_mapping_is),
	TEST(names_of_files_may_have_blanks_and_be_deleted),
	TEST(only_whole_aligned_blocks_could_be_huge),
	TEST(maps_are_smaps_without_numbers),
	TEST(numa_maps_count_pages_of_every_size),
	TEST(numa_maps_leave_files_out),
	TEST(buddyinfo_says_what_lies_in_whole_blocks),
	TEST(limits_are_found_by_their_whole_names),
	TEST(fields_are_found_by_their_whole_names),
	TEST(settings_and_pressure_are_read),
	TEST(sets_of_cpus_are_ranges_and_numbers),
	TEST(cgroups_of_version_2_go_up_to_the_root),
	TEST(cgroups_of_version_1_go_before_version_2),
	TEST(a_mount_of_a_part_is_taken_off_the_path),
	TEST(kills_and_the_first_sign_of_each_are_found),
	TEST(signs_without_a_kill_are_no_episode),
	TEST(a_sign_of_hours_ago_is_no_part_of_a_kill),
	TEST(logs_as_dmesg_shows_them_are_read_too),
	TEST(a_line_has_its_slope_and_no_error),
	TEST(a_single_step_is_not_steady),
	TEST(up_and_down_is_not_steady),
	TEST(few_readings_prove_nothing),
};

#define NR_TESTS	(sizeof(tests) / sizeof(*tests))

int main(void)
{
	bool any_failed = false;

	printf("TAP version 13\n1..%zu\n", NR_TESTS);
	for (size_t i = 0; i < NR_TESTS; i++) {
		failed = false;
		tests[i].run();
		printf("%sok %zu - %s\n", failed ? "not " : "", i + 1,
		       tests[i].name);
		any_failed |= failed;
	}
	return any_failed;
}
