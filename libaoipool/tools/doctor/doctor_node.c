// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: memory on nodes where the threads do not run. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "cpus.h"
#include "exam.h"
#include "fields.h"
#include "numa_maps.h"
#include "source.h"

#define MIB		(1ULL << 20)
#define LEAST_BYTES	(32 * MIB)
#define LEAST_PERCENT	10
#define MAX_NODES	64
/* A thread with less of the process's time does not say where memory is to be. */
#define BUSY_PERCENT	5
/* Ticks of the clock that tell anything: a second. */
#define LEAST_TICKS	100

struct nodes {
	unsigned int nr;
	struct cpus cpus[MAX_NODES];
};

static int read_nodes(struct nodes *nodes)
{
	struct cpus online;
	char line[1024];
	int err = source_line(line, sizeof(line),
			      "/sys/devices/system/node/online");

	if (err)
		return err;
	cpus_parse(&online, line);
	*nodes = (struct nodes){ 0 };
	for (unsigned int node = 0; !err && node < MAX_NODES; node++) {
		if (!cpus_has(&online, node))
			continue;
		err = source_line(line, sizeof(line),
				  "/sys/devices/system/node/node%u/cpulist",
				  node);
		cpus_parse(&nodes->cpus[node], err ? "" : line);
		nodes->nr = node + 1;
	}
	return err;
}

/* A thread: where it may run, and how long it has. */
struct thread {
	struct cpus cpus;
	uint64_t ticks;
};

/* utime and stime: the 12th and 13th behind the name, which may hold anything. */
static uint64_t ticks_of(const char *stat)
{
	unsigned long long user, system;
	const char *at = strrchr(stat, ')');

	if (!at || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
			  "%llu %llu", &user, &system) < 2)
		return 0;
	return user + system;
}

static int read_thread(struct thread *thread, pid_t pid, const char *tid)
{
	char list[4096], stat[1024], *text;
	int err = source_read(&text, "/proc/%d/task/%s/status", pid, tid);

	if (err)
		return err;
	fields_text(text, "Cpus_allowed_list", list, sizeof(list));
	free(text);
	cpus_parse(&thread->cpus, list);
	err = source_line(stat, sizeof(stat), "/proc/%d/task/%s/stat", pid, tid);
	thread->ticks = err ? 0 : ticks_of(stat);
	return err;
}

struct threads {
	struct thread *list;
	size_t nr;
	uint64_t ticks;
};

static int add_threads(struct threads *threads, pid_t pid, DIR *folder)
{
	struct thread thread;
	struct dirent *entry;
	int err = 0;

	while (!err && (entry = readdir(folder))) {
		/* One that ended meanwhile is missed by nobody. */
		if (*entry->d_name == '.' ||
		    read_thread(&thread, pid, entry->d_name))
			continue;
		threads->ticks += thread.ticks;
		err = array_add(&threads->list, &threads->nr, &thread);
	}
	return err;
}

static int read_threads(struct threads *threads, pid_t pid)
{
	char path[SOURCE_PATH_BYTES];
	DIR *folder;
	int err = source_path(path, "/proc/%d/task", pid);

	*threads = (struct threads){ 0 };
	if (err)
		return err;
	folder = opendir(path);
	if (!folder)
		return -errno;
	err = add_threads(threads, pid, folder);
	closedir(folder);
	return err ? err : threads->nr ? 0 : -ESRCH;
}

static bool is_busy(const struct threads *threads, const struct thread *thread)
{
	return threads->ticks < LEAST_TICKS ||
	       100 * thread->ticks >= BUSY_PERCENT * threads->ticks;
}

/* Bit by node: where the threads that work may run. */
static uint64_t home_nodes(const struct nodes *nodes,
			   const struct threads *threads)
{
	uint64_t home = 0;

	for (size_t i = 0; i < threads->nr; i++) {
		if (!is_busy(threads, &threads->list[i]))
			continue;
		for (unsigned int node = 0; node < nodes->nr; node++)
			if (cpus_meet(&nodes->cpus[node],
				      &threads->list[i].cpus))
				home |= 1ULL << node;
	}
	return home;
}

static void node_list(uint64_t set, char *text, size_t bytes)
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int node = 0; node < MAX_NODES && used < bytes; node++)
		if (set >> node & 1)
			used += snprintf(text + used, bytes - used, "%s%u",
					 used ? "," : "", node);
}

static void add(struct exam *exam, struct patient *patient,
		const struct check *check, const struct numa_maps *numa,
		uint64_t home, uint64_t far, uint64_t all)
{
	struct finding *finding;
	char list[256], name[64];

	node_list(home, list, sizeof(list));
	finding = finding_add(exam, check, patient, SEVERITY_WARNING,
			      "%s of its memory lie on nodes where its threads "
			      "never run: they run on node %s.",
			      unit_bytes(far).text, list);
	evidence_text(finding, "threads_nodes", list,
		      "/proc/%d/task/*/status Cpus_allowed_list", patient->pid);
	for (unsigned int node = 0; node < MAX_NODES; node++) {
		if (!numa->bytes[node])
			continue;
		snprintf(name, sizeof(name), "node%u_bytes", node);
		evidence_bytes(finding, name, numa->bytes[node],
			       "/proc/%d/numa_maps", patient->pid);
	}
	evidence_percent(finding, "far_percent", 100.0 * far / all,
			 "/proc/%d/numa_maps", patient->pid);
}

static void judge(struct exam *exam, struct patient *patient,
		  const struct check *check, uint64_t home)
{
	uint64_t far = 0, all = 0;
	struct numa_maps numa;
	char *text;
	int err = patient_text(patient, "numa_maps", &text);

	if (err) {
		unseen_add(exam, check, patient, err, "/proc/%d/numa_maps",
			   patient->pid);
		return;
	}
	numa_maps_parse(&numa, text);
	free(text);
	for (unsigned int node = 0; node < MAX_NODES; node++) {
		all += numa.bytes[node];
		far += home >> node & 1 ? 0 : numa.bytes[node];
	}
	if (far >= LEAST_BYTES && 100 * far >= LEAST_PERCENT * all)
		add(exam, patient, check, &numa, home, far, all);
}

static void run(struct exam *exam, struct patient *patient,
		const struct check *check)
{
	struct threads threads;
	struct nodes nodes;
	int err = read_nodes(&nodes);

	if (err) {
		unseen_add(exam, check, patient, err,
			   "/sys/devices/system/node");
		return;
	}
	if (nodes.nr < 2)
		return;
	err = read_threads(&threads, patient->pid);
	if (err)
		unseen_add(exam, check, patient, err, "/proc/%d/task",
			   patient->pid);
	else
		judge(exam, patient, check, home_nodes(&nodes, &threads));
	free(threads.list);
}

const struct check checks_node[] = {
	{
		.id = "wrong-node",
		.of = CHECK_PROCESS,
		.summary = "memory on nodes where the threads may not run",
		.why = "The nodes of the CPUs that threads with 5 % of the "
		       "process's CPU time, or more, may run on, against where "
		       "its own memory lies; from 32 MiB, and a tenth of it, "
		       "on. Threads that may run everywhere have no wrong "
		       "node.",
		.advice = "Start it by numactl --cpunodebind=N --membind=N, or "
			  "pin the threads before they first touch what they "
			  "use; a pool's node is set by "
			  "aoipool_attr_set_numa(). migratepages moves what is "
			  "there.",
		.run = run,
	},
	{ 0 },
};
