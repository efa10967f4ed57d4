// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: the pools of a process, by ledgers; and what the user provider wants. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <aoipool.h>
#include <linux/aoipool.h>

#include "exam.h"
#include "tally.h"
#include "source.h"

#define SMALL_PAGE	4096
/* Slots that a tag must have gained; and how often between the snapshots. */
#define LEAST_GROWN	4
#define LEAST_STEPS	3

/* Pools as they are now; false, and said, where they cannot be seen. */
static bool read_pools(struct exam *exam, struct patient *patient,
		       const struct check *check, struct tallies *tallies)
{
	int err = 0;

	if (source_is_copy()) {
		unseen_add(exam, check, patient, 0, "a copy has no ledgers");
		return false;
	}
	if (!patient->nr_snapshots)
		err = patient_snapshot(patient);
	if (err) {
		unseen_add(exam, check, patient, err, "ledgers of its pools");
		return false;
	}
	err = tallies_of(tallies,
			  patient->snapshots[patient->nr_snapshots - 1],
			  exam->held_ns);
	exam->failed |= !!err;
	return !err;
}

/* A pool of a process, as the subject of a finding. */
static void subject(struct finding *finding, const struct patient *patient,
		    const char *pool)
{
	finding_subject(finding, "pool %.32s of process %d (%s)",
			*pool ? pool : "(no name)", patient->pid, patient->comm);
}

/* The counts of one pool and tag over the snapshots. */
struct course {
	int64_t first, last, steps;
	bool falls;
};

static struct course course_of(const struct tallies *all, unsigned int nr,
			       const struct tally *tally)
{
	const struct tally *then;
	struct course course = { 0 };
	int64_t count;

	for (unsigned int i = 0; i < nr; i++) {
		then = tallies_find(&all[i], tally->pool, tally->tag);
		count = then ? then->count : 0;
		if (!i)
			course.first = count;
		else if (count < course.last)
			course.falls = true;
		else
			course.steps += count > course.last;
		course.last = count;
	}
	return course;
}

static const char *tag_of(const struct tally *tally)
{
	return *tally->tag ? tally->tag : "(no tag)";
}

/* Finds, in a difference, the thread that took most of it. */
struct taker {
	const struct tally *tally;
	const struct aoipool_custody *most;
	struct aoipool_custody kept;
};

static int see_taker(void *arg, const struct aoipool_custody *custody)
{
	struct taker *taker = arg;

	if (custody->pool != taker->tally->pool ||
	    strcmp(custody->tag, taker->tally->tag) ||
	    (taker->most && custody->count <= taker->most->count))
		return 0;
	taker->kept = *custody;
	taker->most = &taker->kept;
	return 0;
}

static void add_taker(struct finding *finding, const struct patient *patient,
		      const struct tally *tally)
{
	struct taker taker = { .tally = tally };
	struct aoipool_snapshot *diff;

	if (aoipool_snapshot_diff(patient->snapshots[0],
				  patient->snapshots[patient->nr_snapshots - 1],
				  &diff))
		return;
	aoipool_snapshot_each(diff, see_taker, &taker);
	if (taker.most && taker.most->tid)
		evidence_count(finding, "thread", taker.most->tid,
			       "ledger, of process %d", patient->pid);
	aoipool_snapshot_free(diff);
}

static void add_grown(struct exam *exam, struct patient *patient,
		      const struct check *check, const struct tally *tally,
		      const struct aoipool_pool_entry *pool,
		      const struct course *course)
{
	struct finding *finding;

	finding = finding_add(exam, check, patient, SEVERITY_WARNING,
			      "What is held for %s grew from %lld to %lld, and "
			      "never fell; the pool has %llu slots.",
			      tag_of(tally), (long long)course->first,
			      (long long)course->last,
			      (unsigned long long)(pool ? pool->slots : 0));
	subject(finding, patient, tally->name);
	evidence_text(finding, "tag", tag_of(tally),
		      "ledger, of process %d", patient->pid);
	evidence_count(finding, "slots_before", course->first,
		       "ledger, first of %u snapshots", patient->nr_snapshots);
	evidence_count(finding, "slots_now", course->last,
		       "ledger, last of %u snapshots", patient->nr_snapshots);
	evidence_bytes(finding, "bytes_now", tally->bytes,
		       "ledger, of process %d", patient->pid);
	evidence_time(finding, "oldest_ns", tally->oldest_ns,
		      "ledger, of process %d", patient->pid);
	add_taker(finding, patient, tally);
}

static void judge_growth(struct exam *exam, struct patient *patient,
			 const struct check *check, const struct tallies *all)
{
	const struct tallies *last = &all[patient->nr_snapshots - 1];
	const struct tally *tally = last->list;
	struct course course;

	for (size_t i = 0; i < last->nr; i++, tally++) {
		course = course_of(all, patient->nr_snapshots, tally);
		if (course.falls || course.steps < LEAST_STEPS ||
		    course.last - course.first < LEAST_GROWN)
			continue;
		add_grown(exam, patient, check, tally,
			  tallies_pool(last, tally->pool), &course);
	}
}

static void run_growth(struct exam *exam, struct patient *patient,
		       const struct check *check)
{
	struct tallies all[MAX_SNAPSHOTS] = { 0 };
	unsigned int i;
	int err = 0;

	if (patient->snapshot_err && patient->nr_snapshots < LEAST_STEPS + 1) {
		unseen_add(exam, check, patient, patient->snapshot_err,
			   "ledgers of its pools");
		return;
	}
	if (patient->nr_snapshots < LEAST_STEPS + 1) {
		unseen_add(exam, check, patient, 0, source_is_copy() ?
			   "a copy does not grow" :
			   "not watched, as --watch 0 says");
		return;
	}
	for (i = 0; !err && i < patient->nr_snapshots; i++)
		err = tallies_of(&all[i], patient->snapshots[i], UINT64_MAX);
	if (err)
		exam->failed = true;
	else
		judge_growth(exam, patient, check, all);
	for (i = 0; i < MAX_SNAPSHOTS; i++)
		tallies_free(&all[i]);
}

/* Half of a pool, and it is nearly of no use. */
#define MANY_PERCENT	50

static void add_held(struct exam *exam, struct patient *patient,
		     const struct check *check, const struct tally *tally,
		     const struct aoipool_pool_entry *pool)
{
	double percent = pool && pool->slots ?
				 100.0 * tally->old_count / pool->slots : 0;
	struct finding *finding;

	finding = finding_add(exam, check, patient, percent < MANY_PERCENT ?
			      SEVERITY_NOTE : SEVERITY_WARNING,
			      "%lld slots of it have been held for %s or "
			      "longer, for %s.", (long long)tally->old_count,
			      unit_time(exam->held_ns).text, tag_of(tally));
	subject(finding, patient, tally->name);
	evidence_text(finding, "tag", tag_of(tally),
		      "ledger, of process %d", patient->pid);
	evidence_count(finding, "slots_held_long", tally->old_count,
		       "ledger, of process %d; or a few more", patient->pid);
	evidence_bytes(finding, "bytes_held_long", tally->old_bytes,
		       "ledger, of process %d", patient->pid);
	evidence_time(finding, "oldest_ns", tally->oldest_ns,
		      "ledger, of process %d", patient->pid);
	evidence_percent(finding, "of_pool_percent", percent,
			 "ledger, of process %d", patient->pid);
	if (tally->tid)
		evidence_count(finding, "thread", tally->tid,
			       "ledger, of the oldest");
}

static void run_held(struct exam *exam, struct patient *patient,
		     const struct check *check)
{
	struct tallies tallies;

	if (!read_pools(exam, patient, check, &tallies))
		return;
	for (size_t i = 0; i < tallies.nr; i++)
		if (tallies.list[i].old_count > 0)
			add_held(exam, patient, check, &tallies.list[i],
				 tallies_pool(&tallies,
					       tallies.list[i].pool));
	tallies_free(&tallies);
}

typedef void judge_fn(struct exam *exam, struct patient *patient,
		      const struct check *check,
		      const struct aoipool_pool_entry *pool);

static void for_each_pool(struct exam *exam, struct patient *patient,
			  const struct check *check, judge_fn *judge)
{
	struct tallies tallies;

	if (!read_pools(exam, patient, check, &tallies))
		return;
	for (size_t i = 0; i < tallies.nr_pools; i++)
		judge(exam, patient, check, &tallies.pools[i]);
	tallies_free(&tallies);
}

static int see_before(void *arg, const struct aoipool_pool_entry *pool)
{
	struct aoipool_pool_entry *before = arg;

	if (pool->pool == before->pool)
		*before = *pool;
	return pool->pool == before->pool;
}

/* How a counter stood when watching began; as it is now without that. */
static struct aoipool_pool_entry before_of(const struct patient *patient,
					   const struct aoipool_pool_entry *pool)
{
	struct aoipool_pool_entry before = *pool;

	aoipool_snapshot_each_pool(patient->snapshots[0], see_before, &before);
	return before;
}

static void judge_exhausted(struct exam *exam, struct patient *patient,
			    const struct check *check,
			    const struct aoipool_pool_entry *pool)
{
	struct aoipool_pool_entry before = before_of(patient, pool);
	uint64_t failed = pool->exhausted + pool->no_memory;
	uint64_t lately = failed - before.exhausted - before.no_memory;
	struct finding *finding;

	if (!failed)
		return;
	finding = finding_add(exam, check, patient, lately || pool->no_memory ?
			      SEVERITY_WARNING : SEVERITY_NOTE,
			      "%llu gets found all of its %llu slots out, and "
			      "%llu found no memory.",
			      (unsigned long long)pool->exhausted,
			      (unsigned long long)pool->slots,
			      (unsigned long long)pool->no_memory);
	subject(finding, patient, pool->name);
	evidence_count(finding, "exhausted", pool->exhausted,
		       "ledger, of process %d", patient->pid);
	evidence_count(finding, "no_memory", pool->no_memory,
		       "ledger, of process %d", patient->pid);
	evidence_count(finding, "while_watched", lately, "--watch");
	evidence_count(finding, "slots_out", pool->slots_out,
		       "ledger, of process %d", patient->pid);
	evidence_count(finding, "slots", pool->slots, "ledger, of process %d",
		       patient->pid);
}

static void run_exhausted(struct exam *exam, struct patient *patient,
			  const struct check *check)
{
	for_each_pool(exam, patient, check, judge_exhausted);
}

static void judge_misuse(struct exam *exam, struct patient *patient,
			 const struct check *check,
			 const struct aoipool_pool_entry *pool)
{
	struct finding *finding;

	if (!pool->misuses)
		return;
	finding = finding_add(exam, check, patient, SEVERITY_WARNING,
			      "%llu refs were refused: put twice, stale, or of "
			      "another pool.",
			      (unsigned long long)pool->misuses);
	subject(finding, patient, pool->name);
	evidence_count(finding, "misuses", pool->misuses,
		       "ledger, of process %d", patient->pid);
}

static void run_misuse(struct exam *exam, struct patient *patient,
		       const struct check *check)
{
	for_each_pool(exam, patient, check, judge_misuse);
}

static void judge_pages(struct exam *exam, struct patient *patient,
			const struct check *check,
			const struct aoipool_pool_entry *pool)
{
	struct finding *finding;

	if (!pool->block_bytes || pool->block_bytes > SMALL_PAGE)
		return;
	finding = finding_add(exam, check, patient, SEVERITY_WARNING,
			      "It lies in pages of %s: the user provider found "
			      "neither hugetlb pages nor a way to collapse.",
			      unit_bytes(pool->block_bytes).text);
	subject(finding, patient, pool->name);
	evidence_bytes(finding, "block_bytes", pool->block_bytes,
		       "ledger, of process %d", patient->pid);
	evidence_bytes(finding, "slab_bytes", pool->slab_bytes,
		       "ledger, of process %d", patient->pid);
}

static void run_pages(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	for_each_pool(exam, patient, check, judge_pages);
}

static void judge_provider(struct exam *exam, struct patient *patient,
			   const struct check *check,
			   const struct aoipool_pool_entry *pool)
{
	struct finding *finding;

	if (pool->is_kernel)
		return;
	finding = finding_add(exam, check, patient, SEVERITY_NOTE,
			      "The module is loaded, and the pool is of the user "
			      "provider.");
	subject(finding, patient, pool->name);
	evidence_count(finding, "is_kernel", pool->is_kernel,
		       "ledger, of process %d", patient->pid);
}

static void run_provider(struct exam *exam, struct patient *patient,
			 const struct check *check)
{
	if (source_is_copy() || exam_sample(exam))
		return;	/* without a module there is nothing to choose */
	for_each_pool(exam, patient, check, judge_provider);
}

/* What the user provider asks of the kernel.  Return: 0, or what failed. */
static int try_memfd(const char **step)
{
	int fd, err = 0;

	*step = "memfd_create";
	fd = memfd_create("aoipool-doctor", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	*step = "ftruncate";
	if (ftruncate(fd, AOIPOOL_BLOCK_BYTES))
		err = -errno;
	if (!err) {
		*step = "fcntl F_ADD_SEALS";
		if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW))
			err = -errno;
	}
	close(fd);
	return err;
}

static void run_memfd(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	struct finding *finding;
	const char *step;
	uint64_t noexec;
	int err;

	(void)patient;
	if (source_is_copy()) {
		unseen_add(exam, check, NULL, 0, "a copy makes no memfds");
		return;
	}
	err = try_memfd(&step);
	if (!err)
		return;
	finding = finding_add(exam, check, NULL, SEVERITY_WARNING,
			      "%s fails here (%s): there can be no pool of the "
			      "user provider, or none that keeps a ledger.", step,
			      strerror(-err));
	evidence_text(finding, step, strerror(-err), "this process");
	if (!source_number(&noexec, "/proc/sys/vm/memfd_noexec"))
		evidence_count(finding, "memfd_noexec", noexec,
			       "/proc/sys/vm/memfd_noexec");
}

const struct check checks_pool[] = {
	{
		.id = "custody-grows",
		.of = CHECK_PROCESS,
		.summary = "slots of a pool that are held for one tag grow in "
			   "number",
		.why = "Six snapshots over --watch: a warning where the number "
		       "rose three times or more, by four slots or more, and "
		       "never fell. Tags are those of aoipool_tag_set().",
		.advice = "'aoipoolctl holders' shows them with threads and "
			  "ages; look for the path on which that tag's slots "
			  "are not put (errors, early returns).",
		.run = run_growth,
		.watches = true,
	}, {
		.id = "slots-held",
		.of = CHECK_PROCESS,
		.summary = "slots that are held for very long",
		.why = "Longer than --held (10 minutes). A note; a warning "
		       "where it is half of the pool or more. References that "
		       "are kept on purpose are better off in a pool of their "
		       "own.",
		.advice = "'aoipoolctl holders' says which thread got them and "
			  "when; put them, or give them a pool of their own.",
		.run = run_held,
	}, {
		.id = "pool-exhausted",
		.of = CHECK_PROCESS,
		.summary = "gets that found no slot, or no memory",
		.why = "Counted since the pool was opened. A warning where it "
		       "happened while it was watched, or where memory was "
		       "missing; else a note.",
		.advice = "Raise the pool's bound, or see slots-held and "
			  "custody-grows for who keeps it empty; no memory: "
			  "see module-failures.",
		.run = run_exhausted,
	}, {
		.id = "pool-misuse",
		.of = CHECK_PROCESS,
		.summary = "refs that the library refused",
		.why = "Put twice, put after a reset, put into another pool. "
		       "Nothing was touched, but the caller has an error.",
		.advice = "The function of aoipool_attr_set_log() tells each; "
			  "aoipool_attr_set_poison() finds writes after a put.",
		.run = run_misuse,
	}, {
		.id = "pool-pages",
		.of = CHECK_PROCESS,
		.summary = "a pool that lies in pages of 4 KiB",
		.why = "What the user provider falls back to, without hugetlb "
		       "pages and without MADV_COLLAPSE (Linux 6.1).",
		.advice = "Load the module, or see thp-shmem; or set hugetlb "
			  "pages apart for it (vm.nr_hugepages).",
		.run = run_pages,
	}, {
		.id = "pool-provider",
		.of = CHECK_PROCESS,
		.summary = "a pool of the user provider beside a loaded module",
		.why = "AOIPOOL_PROVIDER=user, an attribute, the device's "
		       "permissions, or a module that was loaded later.",
		.advice = "aoipool_pool_provider_reason() says why; see "
			  "device-permission. A pool stays what it is until it "
			  "is opened anew.",
		.run = run_provider,
	}, {
		.id = "memfd",
		.of = CHECK_HOST,
		.summary = "what the user provider wants of the kernel",
		.why = "A memfd of 2 MiB is made and sealed, as this user. A "
		       "sandbox of the engine may say otherwise.",
		.advice = "Let seccomp filters and security modules allow "
			  "memfd_create(); see sysctl vm.memfd_noexec.",
		.run = run_memfd,
	},
	{ 0 },
};
