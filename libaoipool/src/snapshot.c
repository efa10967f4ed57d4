/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Of the caller itself the ledgers are known, and nothing of /proc is needed; of
 * another they are looked for among its descriptors.  One that it got from its
 * parent, or from whomever, is not its own and says so.
 */
#include "snapshot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "ledger_view.h"
#include "owner.h"
#include "sys.h"

#define FIRST_POOLS	8

struct taking {
	struct aoipool_snapshot *snapshot;
	const struct owner *owner;
	bool strange;	/* there was one that cannot be read */
};

/* One pool. */
struct counting {
	struct aoipool_snapshot *snapshot;
	struct ledger_view *view;
	struct aoipool_custody like;
	struct aoipool_custody *last; /* of the one before, @last_who */
	uint64_t last_who;
	uint64_t now_ns;
	uint64_t item_bytes;
	uint64_t count;
};

static struct aoipool_custody *entry_of(struct counting *counting,
					const struct ledger_item *item)
{
	struct aoipool_custody *like = &counting->like;
	/* a generation makes no other holder */
	uint64_t who = item->who & ((1ULL << LEDGER_GEN_SHIFT) - 1);

	if (counting->last && counting->last_who == who &&
	    counting->last->node == item->node)
		return counting->last;
	like->tid = ledger_who_tid(who);
	like->node = item->node;
	strcpy(like->tag, ledger_view_tag(counting->view, ledger_who_tag(who)));
	counting->last = holdings_find(&counting->snapshot->holdings, like);
	counting->last_who = who;
	return counting->last;
}

/* The coarse clock is behind, never ahead. */
static uint64_t age_of(const struct counting *counting,
		       const struct ledger_item *item)
{
	if (!item->who)
		return UINT64_MAX;
	return counting->now_ns > item->since_ns
		       ? counting->now_ns - item->since_ns
		       : 0;
}

static int count_item(void *arg, const struct ledger_item *item)
{
	struct counting *counting = arg;
	struct aoipool_custody *entry = entry_of(counting, item);

	if (!entry)
		return -ENOMEM;
	holdings_add(entry, counting->item_bytes, age_of(counting, item));
	counting->count++;
	return 0;
}

/* Return: what is out, by the notes; or -errno. */
static int64_t count_holdings(struct aoipool_snapshot *snapshot,
			      struct ledger_view *view)
{
	struct counting counting = {
		.snapshot = snapshot,
		.view = view,
		.like =
			{
				.size = sizeof(counting.like),
				.pool = view->head.pool,
				.pid = snapshot->pid,
			},
		.now_ns = sys_now_ns(),
		.item_bytes = ledger_view_item_bytes(view),
	};
	int err;

	strcpy(counting.like.name, view->head.name);
	err = ledger_view_each(view, count_item, &counting);
	return err ? err : (int64_t)counting.count;
}

static bool has_pool(const struct aoipool_snapshot *snapshot, uint64_t pool)
{
	size_t i;

	/* mostly their descriptors are in the order of their numbers */
	if (pool > snapshot->highest)
		return false;
	for (i = snapshot->nr_pools; i; i--)
		if (snapshot->pools[i - 1].pool == pool)
			return true;
	return false;
}

static struct aoipool_pool_entry *new_pool(struct aoipool_snapshot *snapshot)
{
	size_t room = snapshot->pools_room ? 2 * snapshot->pools_room
					   : FIRST_POOLS;
	struct aoipool_pool_entry *pools;

	if (snapshot->nr_pools == snapshot->pools_room) {
		pools = realloc(snapshot->pools, room * sizeof(*pools));
		if (!pools)
			return NULL;
		snapshot->pools = pools;
		snapshot->pools_room = room;
	}
	return &snapshot->pools[snapshot->nr_pools];
}

/* of __u64, which C does not take for uint64_t */
static uint64_t blocks(const void *value)
{
	return __atomic_load_n((const uint64_t *)value, __ATOMIC_RELAXED)
	       << AOIPOOL_BLOCK_SHIFT;
}

static void describe_memory(struct aoipool_pool_entry *entry,
			    const struct aoipool_pool_info_page *info)
{
	entry->resident_bytes = blocks(&info->populated_blocks);
	entry->idle_bytes = blocks(&info->idle_blocks);
	entry->reclaimed_slabs = blocks(&info->reclaimed_slabs) >>
				 AOIPOOL_BLOCK_SHIFT;
}

static uint64_t slots_out(const struct ledger_head *head, uint64_t noted)
{
	uint64_t free = head->live.free_slots;

	if (head->is_frames || head->slots_at)
		return noted;
	return free < head->slots ? head->slots - free : 0;
}

static void describe(struct aoipool_pool_entry *entry,
		     const struct ledger_head *head, const struct owner *owner,
		     uint64_t noted)
{
	*entry = (struct aoipool_pool_entry){
		.size = sizeof(*entry),
		.pool = head->pool,
		.pid = owner->pid,
		.mode = head->mode,
		.is_kernel = !!head->is_kernel,
		.is_frames = !!head->is_frames,
		.slots = head->slots,
		.slot_bytes = head->slot_bytes,
		.slab_bytes = (uint64_t)head->slab_blocks
			      << AOIPOOL_BLOCK_SHIFT,
		.nr_slabs = head->nr_slabs,
		.reserve_slabs = head->reserve_slabs,
		.slots_out = slots_out(head, noted),
		.block_bytes = head->live.block_bytes,
		.level = head->live.level,
		.exhausted = head->live.exhausted,
		.no_memory = head->live.no_memory,
		.reclaimed_slabs = head->live.reclaimed_slabs,
		.misuses = head->live.misuses,
		.opened_ns = head->opened_ns,
		.kernel_pool = head->kernel_pool,
	};
	if (head->words_at)
		describe_memory(entry, &head->info);
	strcpy(entry->name, head->name);
	strcpy(entry->type, head->type);
	strcpy(entry->comm, owner->comm);
}

/* @info: the provider's page, where it is at hand; or NULL. */
static int add_pool(const struct taking *taking, struct ledger_view *view,
		    const struct aoipool_pool_info_page *info)
{
	struct aoipool_snapshot *snapshot = taking->snapshot;
	struct aoipool_pool_entry *entry = new_pool(snapshot);
	int64_t noted;

	if (!entry)
		return -ENOMEM;
	noted = count_holdings(snapshot, view);
	if (noted < 0)
		return (int)noted;
	describe(entry, &view->head, taking->owner, noted);
	if (info)
		describe_memory(entry, info);
	snapshot->nr_pools++;
	if (view->head.pool > snapshot->highest)
		snapshot->highest = view->head.pool;
	return 0;
}

/* A child has its parent's, too, and who was given one has a stranger's. */
static bool is_his(const struct owner *owner, const struct ledger_head *head)
{
	if (head->pid != owner->own_pid)
		return false;
	return !head->start_ticks || !owner->start_ticks ||
	       head->start_ticks == owner->start_ticks;
}

static int add_ledger(const struct taking *taking, int fd,
		      const struct aoipool_pool_info_page *info)
{
	struct ledger_view view;
	int err = ledger_view_open(&view, fd);

	if (err)
		return err == -EAGAIN ? 0 : err;
	/* a descriptor may have been duplicated */
	if (is_his(taking->owner, &view.head) &&
	    !has_pool(taking->snapshot, view.head.pool))
		err = add_pool(taking, &view, info);
	ledger_view_close(&view);
	return err;
}

static int add_file(void *arg, int fd)
{
	struct taking *taking = arg;
	int err = add_ledger(taking, fd, NULL);

	/* one that it was given must not hide its own */
	taking->strange |= err == -EPROTO;
	return err == -EPROTO ? 0 : err;
}

static int add_own(void *arg, const struct ledger *ledger)
{
	return add_ledger(arg, ledger->fd, ledger->info);
}

static int take(struct aoipool_snapshot *snapshot, const struct owner *owner)
{
	struct taking taking = { .snapshot = snapshot, .owner = owner };
	int err;

	snapshot->pid = owner->pid;
	snapshot->start_ticks = owner->start_ticks;
	if (owner->dir < 0)
		return ledger_each(add_own, &taking);
	err = owner_each_file(owner, LEDGER_NAME, add_file, &taking);
	if (!err && taking.strange && !snapshot->nr_pools)
		err = -EPROTO;
	return err;
}

static int by_number(const void *left, const void *right)
{
	const struct aoipool_pool_entry *a = left, *b = right;

	return a->pool < b->pool ? -1 : a->pool > b->pool;
}

static void sort(struct aoipool_snapshot *snapshot)
{
	if (snapshot->nr_pools)
		qsort(snapshot->pools, snapshot->nr_pools,
		      sizeof(*snapshot->pools), by_number);
	holdings_sort(&snapshot->holdings);
}

static int open_owner(struct owner *owner, pid_t pid)
{
	if (pid < 0)
		return -ESRCH;
	if (pid && (uint32_t)pid != sys_pid())
		return owner_open(owner, pid);
	owner_open_self(owner);
	return 0;
}

/* Return: 0; -ENOMEM, and *@made is NULL. */
static int make(struct aoipool_snapshot **made)
{
	*made = calloc(1, sizeof(**made));
	return *made ? 0 : -ENOMEM;
}

/* As it is where that is no error; else it is freed. */
static int hand_over(struct aoipool_snapshot *made, int err,
		     struct aoipool_snapshot **snapshot)
{
	if (err) {
		aoipool_snapshot_free(made);
		return err;
	}
	sort(made);
	*snapshot = made;
	return 0;
}

int aoipool_snapshot_take(struct aoipool_snapshot **snapshot, pid_t pid)
{
	struct aoipool_snapshot *made;
	struct owner owner;
	int err;

	if (!snapshot)
		return -EINVAL;
	*snapshot = NULL;
	err = open_owner(&owner, pid);
	if (err)
		return err;
	err = make(&made);
	if (!err)
		err = hand_over(made, take(made, &owner), snapshot);
	owner_close(&owner);
	return err;
}

static int copy_pools(struct aoipool_snapshot *diff,
		      const struct aoipool_snapshot *after)
{
	size_t bytes = after->nr_pools * sizeof(*after->pools);

	diff->pid = after->pid;
	diff->start_ticks = after->start_ticks;
	if (!bytes)
		return 0;
	diff->pools = malloc(bytes);
	if (!diff->pools)
		return -ENOMEM;
	memcpy(diff->pools, after->pools, bytes);
	diff->nr_pools = diff->pools_room = after->nr_pools;
	return 0;
}

/* Once for each of the earlier ones. */
static int subtract(struct holdings *holdings,
		    const struct aoipool_custody *before)
{
	struct aoipool_custody none = *before, *entry;
	int i;

	none.count = none.bytes = 0;
	none.oldest_ns = none.youngest_ns = 0;
	memset(none.ages, 0, sizeof(none.ages));
	entry = holdings_find(holdings, &none);
	if (!entry)
		return -ENOMEM;
	entry->count -= before->count;
	entry->bytes -= before->bytes;
	for (i = 0; i < AOIPOOL_AGES; i++)
		entry->ages[i] -= before->ages[i];
	return 0;
}

/* What is as many as before has grown older at most. */
static void drop_same(struct holdings *holdings)
{
	size_t i, kept = 0;

	for (i = 0; i < holdings->nr; i++)
		if (holdings->entries[i].count || holdings->entries[i].bytes)
			holdings->entries[kept++] = holdings->entries[i];
	holdings->nr = kept;
}

static int fill_diff(struct aoipool_snapshot *diff,
		     const struct aoipool_snapshot *before,
		     const struct aoipool_snapshot *after)
{
	size_t i;
	int err = copy_pools(diff, after);

	for (i = 0; i < after->holdings.nr && !err; i++)
		if (!holdings_find(&diff->holdings,
				   &after->holdings.entries[i]))
			err = -ENOMEM;
	for (i = 0; i < before->holdings.nr && !err; i++)
		err = subtract(&diff->holdings, &before->holdings.entries[i]);
	drop_same(&diff->holdings);
	return err;
}

static bool is_one_process(const struct aoipool_snapshot *a,
			   const struct aoipool_snapshot *b)
{
	return a->pid == b->pid && a->start_ticks == b->start_ticks;
}

int aoipool_snapshot_diff(const struct aoipool_snapshot *before,
			  const struct aoipool_snapshot *after,
			  struct aoipool_snapshot **diff)
{
	struct aoipool_snapshot *made;
	int err;

	if (!diff)
		return -EINVAL;
	*diff = NULL;
	if (!before || !after || !is_one_process(before, after))
		return -EINVAL;
	err = make(&made);
	if (err)
		return err;
	return hand_over(made, fill_diff(made, before, after), diff);
}

void aoipool_snapshot_free(struct aoipool_snapshot *snapshot)
{
	if (!snapshot)
		return;
	holdings_free(&snapshot->holdings);
	free(snapshot->pools);
	free(snapshot);
}

int aoipool_snapshot_each_pool(const struct aoipool_snapshot *snapshot,
			       int (*each)(void *arg,
					   const struct aoipool_pool_entry *),
			       void *arg)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < snapshot->nr_pools && !rc; i++)
		rc = each(arg, &snapshot->pools[i]);
	return rc;
}

int aoipool_snapshot_each(const struct aoipool_snapshot *snapshot,
			  int (*each)(void *arg,
				      const struct aoipool_custody *),
			  void *arg)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < snapshot->holdings.nr && !rc; i++)
		rc = each(arg, &snapshot->holdings.entries[i]);
	return rc;
}
