// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: huge pages of the host, and its nodes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buddyinfo.h"
#include "cpus.h"
#include "exam.h"
#include "fields.h"
#include "source.h"

#define MIB	(1ULL << 20)
#define THP	"/sys/kernel/mm/transparent_hugepage"
#define NODES	"/sys/devices/system/node"

/* The chosen word of a file; false, and said, where it cannot be read. */
static bool read_chosen(struct exam *exam, const struct check *check,
			const char *file, char *word, size_t bytes)
{
	char line[128];
	int err = source_line(line, sizeof(line), "%s/%s", THP, file);

	if (err)
		unseen_add(exam, check, NULL, err, "%s/%s", THP, file);
	else
		fields_chosen(line, word, bytes);
	return !err;
}

static struct finding *setting(struct exam *exam, const struct check *check,
			       enum severity severity, const char *file,
			       const char *word, const char *summary)
{
	struct finding *finding = finding_add(exam, check, NULL, severity, "%s",
					      summary);

	evidence_text(finding, file, word, "%s/%s", THP, file);
	return finding;
}

static void run_enabled(struct exam *exam, struct patient *patient,
			const struct check *check)
{
	char word[32];

	(void)patient;
	if (!read_chosen(exam, check, "enabled", word, sizeof(word)))
		return;
	if (!strcmp(word, "never"))
		setting(exam, check, SEVERITY_WARNING, "enabled", word,
			"Transparent huge pages are off: memory of malloc() "
			"and mmap() comes in pages of 4 KiB.");
}

static void run_defrag(struct exam *exam, struct patient *patient,
		       const struct check *check)
{
	struct finding *finding;
	char word[32];

	(void)patient;
	if (!read_chosen(exam, check, "defrag", word, sizeof(word)))
		return;
	if (!strcmp(word, "always"))
		setting(exam, check, SEVERITY_NOTE, "defrag", word,
			"Every page fault may stop to compact memory for a "
			"huge page.");
	if (strcmp(word, "never"))
		return;
	finding = setting(exam, check, SEVERITY_NOTE, "defrag", word,
			  "A page fault takes a huge page only where one is "
			  "free already, also where the program asked by "
			  "madvise().");
	finding_advise(finding, "echo defer+madvise >" THP "/defrag");
}

static void run_shmem(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	char word[32];

	(void)patient;
	if (!read_chosen(exam, check, "shmem_enabled", word, sizeof(word)))
		return;
	if (!strcmp(word, "deny"))
		setting(exam, check, SEVERITY_WARNING, "shmem_enabled", word,
			"Shared memory and memfds never have huge pages: pools "
			"of the user provider stay in pages of 4 KiB.");
	if (!strcmp(word, "force"))
		setting(exam, check, SEVERITY_NOTE, "shmem_enabled", word,
			"Each shared memory file takes huge pages, small ones, "
			"too: a setting for tests of the kernel.");
}

static void run_khugepaged(struct exam *exam, struct patient *patient,
			   const struct check *check)
{
	struct finding *finding;
	uint64_t scanned, defrag;
	char word[32];
	int err;

	(void)patient;
	if (!read_chosen(exam, check, "enabled", word, sizeof(word)) ||
	    !strcmp(word, "never"))
		return;
	err = source_number(&scanned, THP "/khugepaged/pages_to_scan");
	if (!err)
		err = source_number(&defrag, THP "/khugepaged/defrag");
	if (err) {
		unseen_add(exam, check, NULL, err, THP "/khugepaged");
		return;
	}
	if (scanned && defrag)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_NOTE,
			      "khugepaged does nothing: what began in small "
			      "pages stays in them.");
	evidence_count(finding, "pages_to_scan", scanned,
		       THP "/khugepaged/pages_to_scan");
	evidence_count(finding, "defrag", defrag, THP "/khugepaged/defrag");
}

static uint64_t node_total(int node)
{
	char name[64], *text;
	uint64_t bytes = 0;

	if (!source_read(&text, NODES "/node%d/meminfo", node)) {
		snprintf(name, sizeof(name), "Node %d MemTotal", node);
		bytes = fields_number(text, name);
		free(text);
	} else if (!source_read(&text, "/proc/meminfo")) {
		bytes = fields_number(text, "MemTotal");
		free(text);
	}
	return bytes;
}

#define LEAST_FREE_BYTES	(64 * MIB)
#define UNUSABLE_PERCENT	50
#define FEW_HUGE_PERCENT	1

/* All zones of a node in one. */
static struct buddy_zone node_sum(const struct buddy_zone *zones, size_t nr,
				  int node)
{
	struct buddy_zone sum = { .node = node, .nr_orders = BUDDY_ORDERS };

	for (size_t i = 0; i < nr; i++)
		for (int k = 0; zones[i].node == node && k < BUDDY_ORDERS; k++)
			sum.pieces[k] += zones[i].pieces[k];
	return sum;
}

static void add_zones(struct finding *finding, const struct buddy_zone *zones,
		      size_t nr, int node, uint64_t page_bytes)
{
	char name[64];

	for (size_t i = 0; i < nr; i++) {
		if (zones[i].node != node)
			continue;
		snprintf(name, sizeof(name), "zone_%s_huge_blocks",
			 zones[i].name);
		evidence_count(finding, name,
			       buddy_huge_bytes(&zones[i], page_bytes) /
			       (2 * MIB), "/proc/buddyinfo");
	}
}

static void check_node(struct exam *exam, const struct check *check,
		       const struct buddy_zone *zones, size_t nr, int node)
{
	uint64_t page_bytes = sysconf(_SC_PAGESIZE), free_bytes, huge, total;
	struct buddy_zone sum = node_sum(zones, nr, node);
	struct finding *finding;
	double unusable;

	free_bytes = buddy_free_bytes(&sum, page_bytes);
	huge = buddy_huge_bytes(&sum, page_bytes);
	total = node_total(node);
	if (free_bytes < LEAST_FREE_BYTES)
		return;
	unusable = 100.0 - 100.0 * huge / free_bytes;
	if (unusable < UNUSABLE_PERCENT)
		return;
	finding = finding_add(exam, check, NULL,
			      100.0 * huge < (double)FEW_HUGE_PERCENT * total ?
			      SEVERITY_WARNING : SEVERITY_NOTE,
			      "Of %s that are free only %llu blocks of 2 MiB "
			      "could be had at once.",
			      unit_bytes(free_bytes).text,
			      (unsigned long long)(huge / (2 * MIB)));
	finding_subject(finding, "node %d", node);
	evidence_bytes(finding, "free_bytes", free_bytes, "/proc/buddyinfo");
	evidence_count(finding, "huge_blocks", huge / (2 * MIB),
		       "/proc/buddyinfo");
	evidence_percent(finding, "unusable_percent", unusable,
			 "/proc/buddyinfo");
	add_zones(finding, zones, nr, node, page_bytes);
}

static void run_fragmentation(struct exam *exam, struct patient *patient,
			      const struct check *check)
{
	struct buddy_zone *zones = NULL;
	char *text;
	size_t nr;
	int err = source_read(&text, "/proc/buddyinfo");

	(void)patient;
	if (!err) {
		err = buddyinfo_parse(text, &zones, &nr);
		free(text);
	}
	if (err) {
		unseen_add(exam, check, NULL, err, "/proc/buddyinfo");
		return;
	}
	/* Zones of a node follow each other. */
	for (size_t i = 0; i < nr; i++)
		if (!i || zones[i].node != zones[i - 1].node)
			check_node(exam, check, zones, nr, zones[i].node);
	free(zones);
}

#define IDLE_BYTES		(64 * MIB)
#define IDLE_PERCENT		50
#define IDLE_WARNING_PERCENT	10

struct hugetlb {
	const char *folder;
	uint64_t page_bytes, nr, free, reserved, idle_bytes;
};

static int read_hugetlb(struct hugetlb *hugetlb, const char *folder,
			uint64_t page_bytes)
{
	int err;

	*hugetlb = (struct hugetlb){ .folder = folder, .page_bytes = page_bytes };
	err = source_number(&hugetlb->nr, "%s/nr_hugepages", folder);
	if (!err)
		err = source_number(&hugetlb->free, "%s/free_hugepages", folder);
	if (!err)
		err = source_number(&hugetlb->reserved, "%s/resv_hugepages",
				    folder);
	if (!err && hugetlb->free > hugetlb->reserved)
		hugetlb->idle_bytes = page_bytes *
				      (hugetlb->free - hugetlb->reserved);
	return err;
}

static void add_hugetlb(struct exam *exam, const struct check *check,
			const struct hugetlb *hugetlb, uint64_t total)
{
	double percent = total ? 100.0 * hugetlb->idle_bytes / total : 0;
	struct finding *finding;

	finding = finding_add(exam, check, NULL,
			      percent < IDLE_WARNING_PERCENT ? SEVERITY_NOTE :
							SEVERITY_WARNING,
			      "%s are set apart in hugetlb pages of %s and used "
			      "by nobody: no program without hugetlb can have "
			      "them.", unit_bytes(hugetlb->idle_bytes).text,
			      unit_bytes(hugetlb->page_bytes).text);
	evidence_bytes(finding, "idle_bytes", hugetlb->idle_bytes,
		       "%s/free_hugepages, resv_hugepages", hugetlb->folder);
	evidence_count(finding, "pages", hugetlb->nr, "%s/nr_hugepages",
		       hugetlb->folder);
	evidence_count(finding, "free_pages", hugetlb->free,
		       "%s/free_hugepages", hugetlb->folder);
	evidence_percent(finding, "idle_of_memory_percent", percent,
			 "/proc/meminfo MemTotal");
}

static void run_hugetlb(struct exam *exam, struct patient *patient,
			const struct check *check)
{
	static const struct {
		const char *folder;
		uint64_t bytes;
	} sizes[] = {
		{ "/sys/kernel/mm/hugepages/hugepages-2048kB", 2 * MIB },
		{ "/sys/kernel/mm/hugepages/hugepages-1048576kB", 1024 * MIB },
	};
	struct hugetlb hugetlb;
	uint64_t total = 0;
	char *text;

	(void)patient;
	if (!source_read(&text, "/proc/meminfo")) {
		total = fields_number(text, "MemTotal");
		free(text);
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		if (read_hugetlb(&hugetlb, sizes[i].folder, sizes[i].bytes)) {
			/* CPUs without pages of 1 GiB are no news */
			if (!i)
				unseen_add(exam, check, NULL, -ENOENT, "%s",
					   sizes[i].folder);
			continue;
		}
		if (hugetlb.idle_bytes >= IDLE_BYTES &&
		    100.0 * hugetlb.idle_bytes >=
		    (double)IDLE_PERCENT * hugetlb.nr * hugetlb.page_bytes)
			add_hugetlb(exam, check, &hugetlb, total);
	}
}

/* 1 where the kernel has no nodes. */
static unsigned int number_of_nodes(void)
{
	struct cpus nodes;
	char line[256];
	unsigned int nr = 0;

	if (source_line(line, sizeof(line), NODES "/online"))
		return 1;
	cpus_parse(&nodes, line);
	for (unsigned int node = 0; node < 1024; node++)
		nr += cpus_has(&nodes, node);
	return nr;
}

static void run_zone_reclaim(struct exam *exam, struct patient *patient,
			     const struct check *check)
{
	struct finding *finding;
	uint64_t mode;

	(void)patient;
	if (number_of_nodes() < 2)
		return;
	if (source_number(&mode, "/proc/sys/vm/zone_reclaim_mode")) {
		unseen_add(exam, check, NULL, -ENOENT,
			   "/proc/sys/vm/zone_reclaim_mode");
		return;
	}
	if (!mode)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_WARNING,
			      "A node that is full frees its own memory before "
			      "it takes from another: threads stall while the "
			      "host has memory.");
	evidence_count(finding, "zone_reclaim_mode", mode,
		       "/proc/sys/vm/zone_reclaim_mode");
}

static void run_balancing(struct exam *exam, struct patient *patient,
			  const struct check *check)
{
	struct finding *finding;
	uint64_t mode;

	(void)patient;
	if (number_of_nodes() < 2)
		return;
	if (source_number(&mode, "/proc/sys/kernel/numa_balancing")) {
		unseen_add(exam, check, NULL, -ENOENT,
			   "/proc/sys/kernel/numa_balancing");
		return;
	}
	if (!mode)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_NOTE,
			      "The kernel unmaps memory now and then to see who "
			      "touches it, and moves it: faults where a steady "
			      "engine has none. Memory of the module is spared.");
	evidence_count(finding, "numa_balancing", mode,
		       "/proc/sys/kernel/numa_balancing");
}

const struct check checks_huge[] = {
	{
		.id = "thp-disabled",
		.of = CHECK_HOST,
		.summary = "transparent huge pages are off",
		.why = "A frame of 48 MiB is 24 huge pages, or 12,288 small "
		       "ones, each with a fault of its own. The module does "
		       "not depend on it.",
		.advice = "echo madvise >" THP "/enabled, and "
			  "transparent_hugepage=madvise on the kernel's command "
			  "line to keep it.",
		.run = run_enabled,
	}, {
		.id = "thp-defrag",
		.of = CHECK_HOST,
		.summary = "page faults that compact memory, or never do",
		.why = "always: a fault may take milliseconds. never: programs "
		       "that asked for huge pages do not get them on a host "
		       "that has run for days.",
		.advice = "echo defer+madvise >" THP "/defrag",
		.run = run_defrag,
	}, {
		.id = "thp-shmem",
		.of = CHECK_HOST,
		.summary = "huge pages for shared memory are forbidden or "
			   "forced",
		.why = "The user provider's pools are memfds; deny keeps huge "
		       "pages from them. never and advise do not, as it asks "
		       "by MADV_COLLAPSE.",
		.advice = "echo advise >" THP "/shmem_enabled",
		.run = run_shmem,
	}, {
		.id = "khugepaged",
		.of = CHECK_HOST,
		.summary = "the thread that makes huge pages of small ones is "
			   "idle",
		.why = "pages_to_scan or khugepaged/defrag is 0, while huge "
		       "pages are on.",
		.advice = "echo 4096 >" THP "/khugepaged/pages_to_scan; "
			  "echo 1 >" THP "/khugepaged/defrag",
		.run = run_khugepaged,
	}, {
		.id = "fragmentation",
		.of = CHECK_HOST,
		.summary = "free memory in pieces too small for huge pages",
		.why = "Of each node with 64 MiB free or more: how much of it "
		       "lies in whole blocks of 2 MiB. A note where it is less "
		       "than half; a warning where that is below 1 % of the "
		       "node. The kernel can compact, at the cost of time.",
		.advice = "echo 1 >/proc/sys/vm/compact_memory in a pause, or "
			  "raise vm.compaction_proactiveness; load the module "
			  "early and let its depot keep blocks "
			  "(nodeN/depot_low_bytes).",
		.run = run_fragmentation,
	}, {
		.id = "hugetlb-idle",
		.of = CHECK_HOST,
		.summary = "hugetlb pages that are set apart and unused",
		.why = "From 64 MiB, and half of what is set apart; a warning "
		       "from 10 % of the host's memory.",
		.advice = "Lower vm.nr_hugepages (or hugepages= on the "
			  "kernel's command line) to what is used: the module "
			  "does not need any.",
		.run = run_hugetlb,
	}, {
		.id = "zone-reclaim",
		.of = CHECK_HOST,
		.summary = "nodes free their own memory rather than share",
		.why = "vm.zone_reclaim_mode, on hosts of more than one node.",
		.advice = "sysctl vm.zone_reclaim_mode=0",
		.run = run_zone_reclaim,
	}, {
		.id = "numa-balancing",
		.of = CHECK_HOST,
		.summary = "the kernel samples and moves memory between nodes",
		.why = "kernel.numa_balancing, on hosts of more than one node.",
		.advice = "sysctl kernel.numa_balancing=0 where threads are "
			  "pinned to nodes; else leave it.",
		.run = run_balancing,
	},
	{ 0 },
};
