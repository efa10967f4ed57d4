/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "lists.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "host.h"
#include "sys.h"

#if defined(AOIPOOL_NO_SEQUENCES)
/* Never called: sequences are then not to be had. */
#define bulk_pop(rseq, cpus, lists, refs, least, n, step)	((uint64_t)0)
#define bulk_push(rseq, cpus, lists, refs, n)			((uint64_t)0)
#elif defined(__x86_64__)
#include "bulk-x86_64.h"
#else
#include "bulk-aarch64.h"
#endif

/* What assembler knows by numbers. */
_Static_assert(sizeof(struct aoipool_list) == AOIPOOL_LIST_BYTES,
	       "two lists are 1 << 14 bytes");
_Static_assert(offsetof(struct aoipool_list, head) == 0 &&
	       offsetof(struct aoipool_list, limit) == 8 &&
	       offsetof(struct aoipool_list, refs) == 64,
	       "fields of a list");

/*
 * All lists of a pool together hold a quarter of its slots at most, and one no
 * more than 4 MiB of them: what is on a list cannot be parked.
 */
#define POOL_PART	4
#define LIST_BYTES	((size_t)4 << 20)
/* below that a list would be more trouble than help */
#define LIST_MIN	8
/* of those on their way home, less: they help nobody here */
#define AWAY_PART	4

#define BATCH_FIRST	16

#define HEAD_FILL	0xffffU
#define GETS_SHIFT	16
/* what a ref less adds to the head; handed out, it counts as well */
#define STEP_SPILL	((uint64_t)-1)
#define STEP_GET	((uint64_t)HEAD_FILL)

/* to try again when the kernel has no memory for a barrier */
#define BARRIER_TRIES	64

static const char *const mode_names[] = {
	[LISTS_NONE] = "none",
	[LISTS_LOCKED] = "locked",
	[LISTS_RSEQ] = "rseq",
};

/* Lists of different pools are not all to begin in the same cache set. */
#define COLOURS	32
static uint32_t next_colour;

static int from_environment(enum aoipool_lists *ask)
{
	const char *text = getenv("AOIPOOL_LISTS");

	if (*ask != AOIPOOL_LISTS_AUTO || !text || !strcmp(text, "auto"))
		return 0;
	if (!strcmp(text, "rseq"))
		*ask = AOIPOOL_LISTS_RSEQ;
	else if (!strcmp(text, "locked"))
		*ask = AOIPOOL_LISTS_LOCKED;
	else if (!strcmp(text, "none"))
		*ask = AOIPOOL_LISTS_NONE;
	else
		return -EINVAL;
	return 0;
}

static bool have_sequences(intptr_t *rseq)
{
#ifdef AOIPOOL_NO_SEQUENCES
	(void)rseq;
	return false;
#else
	return sys_rseq(rseq) && !sys_barrier_register();
#endif
}

static int choose_mode(struct lists *lists, enum aoipool_lists ask,
		       const struct log *log)
{
	int err = from_environment(&ask);

	if (err) {
		log_line(log, AOIPOOL_LOG_ERROR,
			 "AOIPOOL_LISTS=%s: expected auto, rseq, locked or none",
			 getenv("AOIPOOL_LISTS"));
		return err;
	}
	lists->mode = LISTS_LOCKED;
	if (ask == AOIPOOL_LISTS_NONE)
		lists->mode = LISTS_NONE;
	if (ask == AOIPOOL_LISTS_LOCKED || ask == AOIPOOL_LISTS_NONE)
		return 0;
	if (have_sequences(&lists->rseq)) {
		lists->mode = LISTS_RSEQ;
		return 0;
	}
	log_line(log, ask ? AOIPOOL_LOG_ERROR : AOIPOOL_LOG_INFO,
		 "no restartable sequences: the C library has not registered "
		 "them (glibc.pthread.rseq), or the kernel has no membarrier "
		 "for them");
	return ask ? -EOPNOTSUPP : 0;
}

static void choose_limits(struct lists *lists, uint64_t slots, size_t stride)
{
	uint64_t limit = slots / POOL_PART / lists->online;

	if (limit > LIST_BYTES / stride)
		limit = LIST_BYTES / stride;
	if (limit > AOIPOOL_LIST_REFS)
		limit = AOIPOOL_LIST_REFS;
	if (limit < LIST_MIN)
		lists->mode = LISTS_NONE;
	lists->limit[LISTS_NEAR] = limit;
	lists->limit[LISTS_AWAY] = limit / AWAY_PART;
}

/*
 * In a child the region is wiped: no refs to pop, and a limit of 0 to push.  So
 * it always comes to the library, which knows that it is a child.
 */
static int map_lists(struct lists *lists)
{
	size_t colour = __atomic_fetch_add(&next_colour, 1, __ATOMIC_RELAXED) %
			COLOURS * 64;
	int err;

	lists->region_bytes = lists_nr(lists) * sizeof(*lists->list) +
			      COLOURS * 64;
	err = sys_map(NULL, lists->region_bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0,
		      &lists->region);
	if (!err)
		err = sys_madvise(lists->region, lists->region_bytes,
				  MADV_WIPEONFORK);
	lists->list = (void *)((char *)lists->region + colour);
	return err;
}

static int make_locks(struct lists *lists)
{
	uint32_t i;

	if (lists->mode != LISTS_LOCKED)
		return 0;
	lists->locks = aligned_alloc(64, lists->nr_cpus * sizeof(*lists->locks));
	if (!lists->locks)
		return -ENOMEM;
	for (i = 0; i < lists->nr_cpus; i++)
		pthread_mutex_init(&lists->locks[i].mutex, NULL);
	return 0;
}

int lists_init(struct lists *lists, enum aoipool_lists ask, uint64_t slots,
	       size_t stride, const struct log *log)
{
	int err;

	*lists = (struct lists){
		.valve_cpus = &lists->own_valve,
		.online = host_cpus_online(),
		.at_rest = true,
	};
	sys_init_lock(&lists->valve);
	err = choose_mode(lists, ask, log);
	if (err)
		return err;
	choose_limits(lists, slots, stride);
	if (lists->mode == LISTS_NONE)
		return 0;
	lists->nr_cpus = host_cpus_possible();
	err = map_lists(lists);
	if (!err)
		err = make_locks(lists);
	if (err)
		lists_exit(lists);
	return err;
}

void lists_exit(struct lists *lists)
{
	sys_unmap(lists->region, lists->region_bytes);
	free(lists->locks);
	lists->region = NULL;
	lists->locks = NULL;
	lists->nr_cpus = 0;
}

const char *lists_name(const struct lists *lists)
{
	return mode_names[lists->mode];
}

static struct aoipool_list *list_of(const struct lists *lists, uint32_t cpu,
				    enum lists_side side)
{
	return &lists->list[2 * cpu + side];
}

/* A CPU that was not there when the pool was opened has no lists. */
uint32_t lists_cpu(const struct lists *lists)
{
#ifndef AOIPOOL_NO_SEQUENCES
	if (lists->mode == LISTS_RSEQ)
		return aoipool_sequence_cpu(lists->rseq);
#endif
	(void)lists;
	return sys_cpu();
}

static uint64_t head_of(const struct aoipool_list *list)
{
	return __atomic_load_n(&list->head, __ATOMIC_RELAXED);
}

static void set_head(struct aoipool_list *list, uint64_t head)
{
	__atomic_store_n(&list->head, head, __ATOMIC_RELAXED);
}

static uint32_t pop_under_lock(struct aoipool_list *list, uint64_t *refs,
			       uint32_t least, uint32_t n, uint64_t step)
{
	uint64_t head = head_of(list);
	uint32_t fill = head & HEAD_FILL;

	if (fill < least)
		return 0;
	if (n > fill)
		n = fill;
	memcpy(refs, &list->refs[fill - n], n * sizeof(*refs));
	set_head(list, head + n * step);
	return n;
}

static uint32_t push_under_lock(struct aoipool_list *list, const uint64_t *refs,
				uint32_t n)
{
	uint32_t limit = __atomic_load_n(&list->limit, __ATOMIC_RELAXED);
	uint64_t head = head_of(list);
	uint32_t fill = head & HEAD_FILL;

	if (fill >= limit)
		return 0;
	if (n > limit - fill)
		n = limit - fill;
	memcpy(&list->refs[fill], refs, n * sizeof(*refs));
	set_head(list, head + n);
	return n;
}

/* Return: the lock of this CPU's lists; NULL: they are closed, or it has none. */
static pthread_mutex_t *enter(struct lists *lists, uint32_t *cpu)
{
	pthread_mutex_t *mutex;

	*cpu = sys_cpu();
	if (*cpu >= lists->nr_cpus)
		return NULL;
	mutex = &lists->locks[*cpu].mutex;
	pthread_mutex_lock(mutex);
	if (__atomic_load_n(lists->valve_cpus, __ATOMIC_ACQUIRE))
		return mutex;
	pthread_mutex_unlock(mutex);
	return NULL;
}

static uint32_t locked_pop(struct lists *lists, enum lists_side side,
			   uint64_t *refs, uint32_t least, uint32_t n,
			   uint64_t step)
{
	uint32_t cpu, done;
	pthread_mutex_t *mutex = enter(lists, &cpu);

	if (!mutex)
		return 0;
	done = pop_under_lock(list_of(lists, cpu, side), refs, least, n, step);
	pthread_mutex_unlock(mutex);
	return done;
}

static uint32_t locked_push(struct lists *lists, enum lists_side side,
			    const uint64_t *refs, uint32_t n)
{
	uint32_t cpu, done;
	pthread_mutex_t *mutex = enter(lists, &cpu);

	if (!mutex)
		return 0;
	done = push_under_lock(list_of(lists, cpu, side), refs, n);
	pthread_mutex_unlock(mutex);
	return done;
}

/*
 * A sequence that was interrupted did nothing.  So did one that met an empty
 * list, which is not interesting enough to tell the two apart: three times.
 */
#define SEQUENCE_TRIES	3

static uint32_t take_off(struct lists *lists, enum lists_side side,
			 uint64_t *refs, uint32_t least, uint32_t n,
			 uint64_t step)
{
	uint32_t done = 0, tries;

	if (lists->mode == LISTS_LOCKED)
		return locked_pop(lists, side, refs, least, n, step);
	if (lists->mode == LISTS_NONE)
		return 0;
	for (tries = SEQUENCE_TRIES; tries && !done; tries--)
		done = bulk_pop(lists->rseq, lists->valve_cpus,
				lists->list + side, refs, least, n, step);
	return done;
}

bool lists_pop(struct lists *lists, uint64_t *refs, size_t n)
{
	if (n > AOIPOOL_LIST_REFS)
		return false;
	return take_off(lists, LISTS_NEAR, refs, n, n, STEP_GET);
}

uint32_t lists_spill(struct lists *lists, enum lists_side side, uint64_t *refs,
		     uint32_t n)
{
	return take_off(lists, side, refs, 1, n, STEP_SPILL);
}

uint32_t lists_push(struct lists *lists, enum lists_side side,
		    const uint64_t *refs, uint32_t n)
{
	uint32_t done = 0, tries;

	if (lists->mode == LISTS_LOCKED)
		return locked_push(lists, side, refs, n);
	if (lists->mode == LISTS_NONE)
		return 0;
	for (tries = SEQUENCE_TRIES; tries && !done; tries--)
		done = bulk_push(lists->rseq, lists->valve_cpus,
				 lists->list + side, refs, n);
	return done;
}

uint32_t lists_batch(struct lists *lists, enum lists_side side)
{
	uint32_t cpu = lists_cpu(lists), most = lists->limit[side] / 2, batch;
	struct aoipool_list *list;

	if (cpu >= lists->nr_cpus)
		return 1;
	list = list_of(lists, cpu, side);
	batch = __atomic_load_n(&list->batch, __ATOMIC_RELAXED);
	if (!batch)
		batch = BATCH_FIRST;
	__atomic_store_n(&list->batch, batch * 2 < most ? batch * 2 : most,
			 __ATOMIC_RELAXED);
	return batch < most ? batch : most;
}

void lists_calm(struct lists *lists, enum lists_side side)
{
	uint32_t cpu = lists_cpu(lists);

	if (cpu < lists->nr_cpus)
		__atomic_store_n(&list_of(lists, cpu, side)->batch, 1,
				 __ATOMIC_RELAXED);
}

/* What a side of a CPU may hold while @free slots of the pool are at home. */
static uint32_t fair_limit(const struct lists *lists, enum lists_side side,
			   uint64_t free)
{
	uint64_t fair = free / POOL_PART / lists->online;

	if (side == LISTS_AWAY)
		fair /= AWAY_PART;
	return fair < lists->limit[side] ? fair : lists->limit[side];
}

void lists_adapt(struct lists *lists, enum lists_side side, uint64_t free)
{
	uint32_t cpu = lists_cpu(lists);
	struct aoipool_list *list;

	if (cpu >= lists->nr_cpus)
		return;
	list = list_of(lists, cpu, side);
	/* what is on the list counts as free, too */
	free += head_of(list) & HEAD_FILL;
	__atomic_store_n(&list->limit, fair_limit(lists, side, free),
			 __ATOMIC_RELAXED);
}

/* Nobody is in the middle of a sequence, or of a lock, that began before. */
static bool settle(struct lists *lists)
{
	unsigned int tries;
	uint32_t i;
	int err;

	for (i = 0; lists->locks && i < lists->nr_cpus; i++) {
		pthread_mutex_lock(&lists->locks[i].mutex);
		pthread_mutex_unlock(&lists->locks[i].mutex);
	}
	if (lists->mode != LISTS_RSEQ)
		return true;
	for (tries = BARRIER_TRIES; tries; tries--) {
		err = sys_barrier_sequences();
		if (err != -ENOMEM)
			return !err;
		sys_yield();
	}
	return false;
}

static void set_valve(struct lists *lists, uint32_t cpus)
{
	__atomic_store_n(lists->valve_cpus, cpus, __ATOMIC_SEQ_CST);
}

bool lists_close(struct lists *lists)
{
	set_valve(lists, 0);
	if (!lists->at_rest)
		lists->at_rest = settle(lists);
	return lists->at_rest;
}

bool lists_may_open(const struct lists *lists, uint64_t free)
{
	return lists->mode != LISTS_NONE &&
	       fair_limit(lists, LISTS_NEAR, free) >= LIST_MIN;
}

void lists_open(struct lists *lists, uint64_t free)
{
	uint32_t i;

	if (!lists_may_open(lists, free))
		return;
	for (i = 0; i < lists_nr(lists); i++)
		__atomic_store_n(&lists->list[i].limit,
				 fair_limit(lists, i % 2, free),
				 __ATOMIC_RELAXED);
	lists->at_rest = false;
	set_valve(lists, lists->nr_cpus);
}

uint32_t lists_take(struct lists *lists, uint32_t list, uint64_t *refs,
		    uint32_t n)
{
	struct aoipool_list *from = &lists->list[list];

	__atomic_store_n(&from->batch, 0, __ATOMIC_RELAXED);
	return pop_under_lock(from, refs, 1, n, STEP_SPILL);
}

void lists_forget(struct lists *lists)
{
	struct aoipool_list *list;
	uint32_t i;

	set_valve(lists, 0);
	lists->at_rest = true;
	for (i = 0; i < lists_nr(lists); i++) {
		list = &lists->list[i];
		set_head(list, head_of(list) & ~(uint64_t)HEAD_FILL);
	}
}

uint64_t lists_fill(const struct lists *lists)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < lists_nr(lists); i++)
		sum += head_of(&lists->list[i]) & HEAD_FILL;
	return sum;
}

uint64_t lists_gets(const struct lists *lists)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < lists_nr(lists); i++)
		sum += head_of(&lists->list[i]) >> GETS_SHIFT;
	return sum;
}
