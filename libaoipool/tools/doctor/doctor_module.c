// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: the module, what it says, and who may use it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <aoipool.h>
#include <linux/aoipool.h>

#include "exam.h"
#include "fields.h"
#include "source.h"
#include "terminal.h"
#include "tunable.h"

#define NETLINK		"netlink GET_STATE"
#define NEAR_PERCENT	85
#define FULL_PERCENT	97

/*
 * What the module says; NULL where there is none, which module-missing tells, or
 * where it cannot be asked, which is said.
 */
static const struct aoipool_host_state *ask(struct exam *exam,
					    const struct check *check)
{
	int err;

	if (source_is_copy()) {
		unseen_add(exam, check, NULL, 0, "a copy has no module to ask");
		return NULL;
	}
	err = exam_sample(exam);
	if (err == -ENODEV) {
		unseen_add(exam, check, NULL, 0, "the module is not loaded");
		return NULL;
	}
	if (err)
		unseen_add(exam, check, NULL, err, NETLINK);
	return err ? NULL : &exam->sample.host;
}

static void run_missing(struct exam *exam, struct patient *patient,
			const struct check *check)
{
	struct finding *finding;
	int err;

	(void)patient;
	if (source_is_copy()) {
		unseen_add(exam, check, NULL, 0, "a copy has no module to ask");
		return;
	}
	err = exam_sample(exam);
	if (err && err != -ENODEV)
		unseen_add(exam, check, NULL, err, NETLINK);
	if (err != -ENODEV)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_NOTE,
			      "Module aoipool is not loaded: pools are of the "
			      "user provider, whose idle memory goes by a thread "
			      "of the engine only.");
	evidence_text(finding, "device",
		      access(AOIPOOL_DEVICE_PATH, F_OK) ? "missing" : "there",
		      "%s", AOIPOOL_DEVICE_PATH);
}

static void compare_versions(struct exam *exam, const struct check *check)
{
	char version[TUNABLE_BYTES];
	struct finding *finding;
	int err = tunable_read("version", version);

	if (err) {
		unseen_add(exam, check, NULL, err, "%s/version",
			   tunable_folder());
		return;
	}
	if (!strcmp(version, aoipool_version()))
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_WARNING,
			      "The module is %s and the library is %s.", version,
			      aoipool_version());
	evidence_text(finding, "module_version", version, "%s/version",
		      tunable_folder());
	evidence_text(finding, "library_version", aoipool_version(),
		      "aoipool_version()");
}

static void run_version(struct exam *exam, struct patient *patient,
			const struct check *check)
{
	const struct aoipool_host_state *host = ask(exam, check);
	struct finding *finding;

	(void)patient;
	if (!host)
		return;
	compare_versions(exam, check);
	if (!host->abi_version || host->abi_version == AOIPOOL_ABI_VERSION)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_CRITICAL,
			      "The module speaks ABI %u and this program %u: "
			      "pools of the module cannot be opened.",
			      host->abi_version, AOIPOOL_ABI_VERSION);
	evidence_count(finding, "module_abi", host->abi_version, NETLINK);
	evidence_count(finding, "library_abi", AOIPOOL_ABI_VERSION,
		       "linux/aoipool.h");
}

static void run_device(struct exam *exam, struct patient *patient,
		       const struct check *check)
{
	struct finding *finding;
	struct stat st;
	char mode[32];

	(void)patient;
	if (!ask(exam, check) || !access(AOIPOOL_DEVICE_PATH, R_OK | W_OK))
		return;
	if (errno != EACCES && errno != EPERM && errno != ENOENT) {
		unseen_add(exam, check, NULL, -errno, "%s", AOIPOOL_DEVICE_PATH);
		return;
	}
	finding = finding_add(exam, check, NULL, SEVERITY_WARNING,
			      "The module is loaded, and this user may not open "
			      "%s.", AOIPOOL_DEVICE_PATH);
	if (stat(AOIPOOL_DEVICE_PATH, &st)) {
		evidence_text(finding, "device", "missing", "%s",
			      AOIPOOL_DEVICE_PATH);
		return;
	}
	snprintf(mode, sizeof(mode), "%04o %u:%u", st.st_mode & 07777, st.st_uid,
		 st.st_gid);
	evidence_text(finding, "mode", mode, "%s", AOIPOOL_DEVICE_PATH);
	evidence_count(finding, "uid", geteuid(), "this process");
}

static void run_limit(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	const struct aoipool_host_state *host = ask(exam, check);
	struct finding *finding;
	uint64_t used;
	double percent;

	(void)patient;
	if (!host || !host->limit_bytes || host->limit_bytes == UINT64_MAX)
		return;
	/* The depot gives way to pools. */
	used = host->pool_bytes;
	percent = 100.0 * used / host->limit_bytes;
	if (percent < NEAR_PERCENT)
		return;
	finding = finding_add(exam, check, NULL, percent < FULL_PERCENT ?
			      SEVERITY_WARNING : SEVERITY_CRITICAL,
			      "Pools have %s of the %s that the module may hand "
			      "out; %s of it are idle.", unit_bytes(used).text,
			      unit_bytes(host->limit_bytes).text,
			      unit_bytes(host->idle_bytes).text);
	evidence_bytes(finding, "pool_bytes", used, NETLINK);
	evidence_bytes(finding, "limit_bytes", host->limit_bytes, NETLINK);
	evidence_bytes(finding, "idle_bytes", host->idle_bytes, NETLINK);
	evidence_percent(finding, "used_percent", percent, NETLINK);
}

static void run_level(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	const struct aoipool_host_state *host = ask(exam, check);
	const struct aoipool_node_state *node;
	struct finding *finding;
	char name[64];

	(void)patient;
	if (!host || host->level == AOIPOOL_LEVEL_NONE)
		return;
	finding = finding_add(exam, check, NULL,
			      host->level == AOIPOOL_LEVEL_CRITICAL ?
			      SEVERITY_CRITICAL : SEVERITY_WARNING,
			      "The module is at level %s: %s of %s are "
			      "available.", level_name(host->level),
			      unit_bytes(host->available_bytes).text,
			      unit_bytes(host->total_bytes).text);
	evidence_text(finding, "level", level_name(host->level), NETLINK);
	evidence_bytes(finding, "available_bytes", host->available_bytes,
		       NETLINK);
	evidence_bytes(finding, "pool_bytes", host->pool_bytes, NETLINK);
	evidence_bytes(finding, "idle_bytes", host->idle_bytes, NETLINK);
	for (size_t i = 0; i < exam->sample.nr_nodes; i++) {
		node = &exam->sample.nodes[i];
		snprintf(name, sizeof(name), "node%d_level", node->node);
		evidence_text(finding, name, level_name(node->level),
			      "netlink GET_NODES");
	}
}

static void run_failures(struct exam *exam, struct patient *patient,
			 const struct check *check)
{
	const struct aoipool_host_state *host = ask(exam, check);
	const struct aoipool_pool_state *pool;
	struct finding *finding;
	char name[64];

	(void)patient;
	if (!host || !host->failures)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_WARNING,
			      "%llu times since the module was loaded there was "
			      "no memory for a pool.",
			      (unsigned long long)host->failures);
	evidence_count(finding, "failures", host->failures, NETLINK);
	for (size_t i = 0; i < exam->sample.nr_nodes; i++) {
		snprintf(name, sizeof(name), "node%d_failures",
			 exam->sample.nodes[i].node);
		evidence_count(finding, name, exam->sample.nodes[i].failures,
			       "netlink GET_NODES");
	}
	for (size_t i = 0; i < exam->sample.nr_pools; i++) {
		pool = &exam->sample.pools[i];
		if (!pool->failures)
			continue;
		snprintf(name, sizeof(name), "pool_%.32s", pool->name);
		evidence_count(finding, name, pool->failures,
			       "netlink GET_POOLS");
	}
}

static void run_lost(struct exam *exam, struct patient *patient,
		     const struct check *check)
{
	const struct aoipool_host_state *host = ask(exam, check);
	struct finding *finding;

	(void)patient;
	if (!host || !host->lost)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_NOTE,
			      "The module had to drop %llu of its %llu events.",
			      (unsigned long long)host->lost,
			      (unsigned long long)host->seq);
	evidence_count(finding, "lost", host->lost, NETLINK);
	evidence_count(finding, "events", host->seq, NETLINK);
}

/* The low watermark of a node, where the module has one to be read. */
static bool wants_depot(const struct aoipool_node_state *node, uint64_t *low)
{
	char name[64];

	snprintf(name, sizeof(name), "node%d/depot_low_bytes", node->node);
	return !tunable_read_number(name, low) && *low;
}

static void run_depot(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	const struct aoipool_host_state *host = ask(exam, check);
	const struct aoipool_node_state *node;
	struct finding *finding;
	uint64_t low;

	(void)patient;
	if (!host)
		return;
	for (size_t i = 0; i < exam->sample.nr_nodes; i++) {
		node = &exam->sample.nodes[i];
		if (node->depot_bytes || !node->populated_bytes ||
		    !wants_depot(node, &low))
			continue;
		finding = finding_add(exam, check, NULL, SEVERITY_NOTE,
				      "The depot of node %d is empty: each new "
				      "block is searched for and cleared while "
				      "its get waits.", node->node);
		finding_subject(finding, "node %d", node->node);
		evidence_bytes(finding, "depot_bytes", 0, "netlink GET_NODES");
		evidence_bytes(finding, "depot_low_bytes", low,
			       "%s/node%d/depot_low_bytes", tunable_folder(),
			       node->node);
	}
}

#define APART_BYTES	(64ULL << 20)

static void run_pinned(struct exam *exam, struct patient *patient,
		       const struct check *check)
{
	const struct aoipool_host_state *host = ask(exam, check);
	const struct aoipool_pool_state *pool;
	struct finding *finding;
	char name[64];

	(void)patient;
	if (!host || host->apart_bytes < APART_BYTES)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_NOTE,
			      "%s of free slabs cannot be taken back: somebody "
			      "pins them.", unit_bytes(host->apart_bytes).text);
	evidence_bytes(finding, "apart_bytes", host->apart_bytes, NETLINK);
	evidence_bytes(finding, "idle_bytes", host->idle_bytes, NETLINK);
	for (size_t i = 0; i < exam->sample.nr_pools; i++) {
		pool = &exam->sample.pools[i];
		if (!pool->apart_bytes)
			continue;
		snprintf(name, sizeof(name), "pool_%.32s_bytes", pool->name);
		evidence_bytes(finding, name, pool->apart_bytes,
			       "netlink GET_POOLS");
	}
}

/* What decides who may open a file: of /proc/PID/status. */
struct owner {
	unsigned int uid, gid;
	char groups[4096];
	unsigned long long capabilities;
};

#define CAPABILITY_DAC_OVERRIDE	1

static int read_owner(struct owner *owner, const struct patient *patient)
{
	char *text, line[128];
	int err = patient_text(patient, "status", &text);

	if (err)
		return err;
	*owner = (struct owner){ 0 };
	/* real, effective, saved, of files: the last one counts */
	fields_text(text, "Uid", line, sizeof(line));
	sscanf(line, "%*u %*u %*u %u", &owner->uid);
	fields_text(text, "Gid", line, sizeof(line));
	sscanf(line, "%*u %*u %*u %u", &owner->gid);
	fields_text(text, "Groups", owner->groups, sizeof(owner->groups));
	fields_text(text, "CapEff", line, sizeof(line));
	owner->capabilities = strtoull(line, NULL, 16);
	free(text);
	return 0;
}

static bool is_in_group(const struct owner *owner, unsigned int gid)
{
	const char *at = owner->groups;
	unsigned long group;
	char *end;

	if (owner->gid == gid)
		return true;
	for (; *at; at = end) {
		group = strtoul(at, &end, 10);
		if (end == at)
			break;
		if (group == gid)
			return true;
	}
	return false;
}

static bool may_open(const struct owner *owner, const struct stat *st)
{
	unsigned int mode = st->st_mode & 7;

	if (owner->capabilities >> CAPABILITY_DAC_OVERRIDE & 1)
		return true;
	if (owner->uid == st->st_uid)
		mode = st->st_mode >> 6 & 7;
	else if (is_in_group(owner, st->st_gid))
		mode = st->st_mode >> 3 & 7;
	return (mode & 6) == 6;
}

/* It has the library mapped, or pools. */
static bool uses_aoipool(struct patient *patient)
{
	const struct smaps *smaps;

	if (patient_smaps(patient, &smaps))
		return false;
	for (size_t i = 0; i < smaps->nr; i++)
		if (smaps->mappings[i].kind == MAPPING_POOL ||
		    strstr(smaps->mappings[i].name, "/libaoipool.so"))
			return true;
	return false;
}

static void add_forbidden(struct exam *exam, struct patient *patient,
			  const struct check *check, const struct owner *owner,
			  const struct stat *st)
{
	struct finding *finding;
	char mode[32];

	finding = finding_add(exam, check, patient, SEVERITY_WARNING,
			      "It uses aoipool, and its user may not open %s: "
			      "its pools are of the user provider.",
			      AOIPOOL_DEVICE_PATH);
	snprintf(mode, sizeof(mode), "%04o %u:%u", st->st_mode & 07777,
		 st->st_uid, st->st_gid);
	evidence_text(finding, "device_mode", mode, "%s", AOIPOOL_DEVICE_PATH);
	evidence_count(finding, "process_uid", owner->uid, "/proc/%d/status Uid",
		       patient->pid);
	evidence_count(finding, "process_gid", owner->gid, "/proc/%d/status Gid",
		       patient->pid);
	evidence_text(finding, "process_groups", owner->groups,
		      "/proc/%d/status Groups", patient->pid);
}

static void run_permission(struct exam *exam, struct patient *patient,
			   const struct check *check)
{
	struct owner owner;
	struct stat st;
	int err;

	if (source_is_copy() || !uses_aoipool(patient))
		return;
	if (stat(AOIPOOL_DEVICE_PATH, &st))
		return;	/* module-missing, device-access */
	if (getxattr(AOIPOOL_DEVICE_PATH, "system.posix_acl_access", NULL, 0) > 0) {
		unseen_add(exam, check, patient, 0, "%s has an ACL, which is "
			   "not looked into", AOIPOOL_DEVICE_PATH);
		return;
	}
	err = read_owner(&owner, patient);
	if (err)
		unseen_add(exam, check, patient, err, "/proc/%d/status",
			   patient->pid);
	else if (!may_open(&owner, &st))
		add_forbidden(exam, patient, check, &owner, &st);
}

const struct check checks_module[] = {
	{
		.id = "module-missing",
		.of = CHECK_HOST,
		.summary = "the module is not loaded",
		.why = "Without it there are pools, but no depot, no reclaim "
		       "from a process that is stopped, no sweep of a dead "
		       "one, and nothing comes before the OOM killer.",
		.advice = "'aoipoolctl load'; 'aoipoolctl module' says what is "
			  "in the way. Without intent to use it, --skip this.",
		.run = run_missing,
	}, {
		.id = "module-version",
		.of = CHECK_HOST,
		.summary = "module and library are of different versions",
		.why = "Another version is a warning; another ABI is critical.",
		.advice = "Install aoipool-dkms and libaoipool0 of one "
			  "version, then 'aoipoolctl unload' and 'aoipoolctl "
			  "load' when no pool is open.",
		.run = run_version,
	}, {
		.id = "device-access",
		.of = CHECK_HOST,
		.summary = "this user may not open /dev/aoipool",
		.why = "As the kernel says to the user who runs this.",
		.advice = "Add the user to the group of the device (usermod "
			  "-aG aoipool USER, then log in anew); where it is "
			  "missing, see whether udev runs.",
		.run = run_device,
	}, {
		.id = "module-limit",
		.of = CHECK_HOST,
		.summary = "pools have nearly all that the module may hand out",
		.why = "From 85 % of limit_bytes a warning, from 97 % "
		       "critical. What is idle is taken first, so gets go on "
		       "until all is held.",
		.advice = "'aoipoolctl holders' says who has it; 'aoipoolctl "
			  "tune set limit_bytes=SIZE' raises the limit.",
		.run = run_limit,
	}, {
		.id = "module-level",
		.of = CHECK_HOST,
		.summary = "the module sees pressure",
		.why = "low and high are a warning, critical is critical. Idle "
		       "memory goes faster then, and the next burst has to "
		       "bring it back.",
		.advice = "memory-low and the growth of processes (--pid) say "
			  "why; 'aoipoolctl status' says what could be given "
			  "back.",
		.run = run_level,
	}, {
		.id = "module-failures",
		.of = CHECK_HOST,
		.summary = "populates that got no memory",
		.why = "Counted since the module was loaded: the node had no "
		       "block of 2 MiB, the limit was reached, or a cgroup was "
		       "full. The get failed, or waited.",
		.advice = "See fragmentation, module-limit and cgroup-limit; a "
			  "reserve (aoipool_attr_set_reserve()) has its memory "
			  "from the beginning.",
		.run = run_failures,
	}, {
		.id = "events-lost",
		.of = CHECK_HOST,
		.summary = "events that the module had to drop",
		.why = "It had no memory for them, or too many waited.",
		.advice = "Listeners have been told how many; nothing to do "
			  "unless it goes on, as events come at most ten a "
			  "second and node.",
		.run = run_lost,
	}, {
		.id = "depot-empty",
		.of = CHECK_HOST,
		.summary = "a node's depot has no block ready",
		.why = "On nodes that have given memory to pools, and where "
		       "depot_low_bytes is not 0.",
		.advice = "See fragmentation and module-level for why it is "
			  "not filled; 'aoipoolctl tune set "
			  "nodeN/depot_high_bytes=SIZE' lets it keep more.",
		.run = run_depot,
	}, {
		.id = "pinned",
		.of = CHECK_HOST,
		.summary = "free slabs that cannot be taken back",
		.why = "From 64 MiB on: O_DIRECT in flight, buffers registered "
		       "with io_uring, RDMA or CUDA, exported dma-bufs. They "
		       "are of their pool, but of no use to anybody else.",
		.advice = "Unregister buffers whose slots were put; a pool "
			  "whose slots stay registered wants a reserve of all "
			  "of them.",
		.run = run_pinned,
	}, {
		.id = "device-permission",
		.of = CHECK_PROCESS,
		.summary = "the process uses aoipool, and may not open "
			   "/dev/aoipool",
		.why = "By the mode of the device, and the user, groups and "
		       "capabilities of the process.",
		.advice = "Add its user to the group of the device and start "
			  "it anew (SupplementaryGroups=aoipool in its "
			  "service; DeviceAllow= too where the service has "
			  "DevicePolicy=).",
		.run = run_permission,
	},
	{ 0 },
};
