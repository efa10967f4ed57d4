/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * All of a ledger's memory is there from the start, but for tags, which have it
 * before they are written: a page that cannot be had later would end the process.
 * A file of which nobody can take memory away again does not do so either, hence
 * the seals; nor can others write to it then.
 *
 * In a child the mapping is not: it is for one process to write.
 */
#include "ledger.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "owner.h"
#include "pool.h"
#include "user_slabs.h"
#include "wiped.h"

#define CUSTODY_VARIABLE	"AOIPOOL_CUSTODY"

_Static_assert(AOIPOOL_MAX_TAGS == LEDGER_TAGS &&
		       AOIPOOL_TAG_BYTES == LEDGER_TAG_BYTES &&
		       LEDGER_TAGS * LEDGER_TAG_BYTES % LEDGER_PAGE == 0,
	       "tags of a ledger");

/* Ledgers that are open; not those of a parent. */
struct shelf {
	/* all zeroes is PTHREAD_MUTEX_INITIALIZER; protects what follows */
	pthread_mutex_t lock;
	struct ledger *first;
};

static struct shelf *shelf;
/* of pools; goes on in a child */
static uint64_t last_pool;

static const struct {
	const char *word;
	enum aoipool_custody_mode mode;
} words[] = {
	{"", AOIPOOL_CUSTODY_AUTO},	  {"auto", AOIPOOL_CUSTODY_AUTO},
	{"none", AOIPOOL_CUSTODY_NONE},	  {"slabs", AOIPOOL_CUSTODY_SLABS},
	{"slots", AOIPOOL_CUSTODY_SLOTS},
};

static int parse(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(word, words[i].word))
			return words[i].mode;
	return -EINVAL;
}

int ledger_mode(const struct aoipool_attr *attr)
{
	const char *word = getenv(CUSTODY_VARIABLE);
	int mode = attr->custody;

	if (mode == AOIPOOL_CUSTODY_AUTO && word)
		mode = parse(word);
	if (mode < 0)
		log_line(&attr->log, AOIPOOL_LOG_ERROR,
			 CUSTODY_VARIABLE
			 " is \"%s\": say none, slabs, slots or auto",
			 word);
	return mode == AOIPOOL_CUSTODY_AUTO ? AOIPOOL_CUSTODY_SLABS : mode;
}

/* The first to be there is the shelf; no lock that a fork could keep. */
static int make_shelf(void)
{
	struct shelf *none = NULL;
	void *page;
	int err;

	if (__atomic_load_n(&shelf, __ATOMIC_ACQUIRE))
		return 0;
	err = wiped_map(sizeof(*shelf), &page);
	if (err)
		return err;
	if (!__atomic_compare_exchange_n(&shelf, &none, page, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		sys_unmap(page, sizeof(*shelf));
	return 0;
}

static uint64_t round_up(uint64_t bytes)
{
	return (bytes + LEDGER_PAGE - 1) & ~((uint64_t)LEDGER_PAGE - 1);
}

/* Appends a part of the file.  Return: where it begins. */
static uint64_t append(struct ledger_head *head, uint64_t bytes)
{
	uint64_t at = head->file_bytes;

	head->file_bytes = at + round_up(bytes);
	return at;
}

static void lay_out(struct ledger_head *head, bool has_words)
{
	uint64_t slabs = head->nr_slabs;

	head->file_bytes = LEDGER_PAGE;
	head->tags_at = append(head, LEDGER_TAGS * LEDGER_TAG_BYTES);
	if (has_words)
		head->words_at = append(head, slabs * sizeof(uint64_t));
	if (head->mode == AOIPOOL_CUSTODY_NONE)
		return;
	head->slabs_at = append(head, slabs * sizeof(struct ledger_note));
	if (head->mode == AOIPOOL_CUSTODY_SLOTS && !head->is_frames)
		head->slots_at =
			append(head, (slabs << head->index_shift) *
					     sizeof(struct ledger_note));
}

static void describe(struct ledger_head *head, const struct aoipool_pool *pool,
		     const struct aoipool_attr *attr,
		     enum aoipool_custody_mode mode)
{
	const struct geometry *g = &pool->geometry;
	const struct provider *provider = &pool->provider;

	*head = (struct ledger_head){
		.magic = LEDGER_MAGIC,
		.layout = LEDGER_LAYOUT,
		.head_bytes = sizeof(*head),
		.pool = __atomic_add_fetch(&last_pool, 1, __ATOMIC_RELAXED),
		.opened_ns = sys_now_ns(),
		.kernel_pool = provider->kernel_pool,
		.mode = mode,
		.is_kernel = provider->ops == &provider_kernel_ops,
		.is_frames = attr->frame_set,
		.client = provider->client,
		.slots = pool->slots,
		.slot_bytes = g->slot_bytes,
		.slab_blocks = g->slab_blocks,
		.nr_slabs = g->nr_slabs,
		.slab_slots = g->slab_slots,
		.index_shift = g->index_shift,
		.reserve_slabs = geometry_slabs_of(g, attr->reserve),
		.node_policy = provider->numa,
		.nodes = provider->nodes,
		.live.block_bytes = provider->block_bytes,
		.live.free_slots = pool->slots,
	};
	owner_self(&head->pid, &head->start_ticks);
	strcpy(head->name, attr->name);
	strcpy(head->type, pool->range.type);
	lay_out(head, provider->slabs);
}

/* But for the tags. */
static int bring(int fd, const struct ledger_head *head)
{
	uint64_t notes_at = head->tags_at + LEDGER_TAGS * LEDGER_TAG_BYTES;
	int err = sys_allocate(fd, 0, LEDGER_PAGE);

	if (!err && head->file_bytes > notes_at)
		err = sys_allocate(fd, (off_t)notes_at,
				   (off_t)(head->file_bytes - notes_at));
	return err;
}

static int size_and_map(int fd, const struct ledger_head *head, void **addr)
{
	int err;

	if (head->file_bytes > sys_file_limit())
		return -EFBIG;
	err = sys_truncate(fd, (off_t)head->file_bytes);
	if (!err)
		err = bring(fd, head);
	if (!err)
		err = sys_map(NULL, head->file_bytes, PROT_READ | PROT_WRITE,
			      MAP_SHARED, fd, 0, addr);
	return err;
}

static int protect(int fd, void *addr, size_t bytes)
{
	int err = sys_madvise(addr, bytes, MADV_DONTFORK);

	if (!err)
		err = sys_seal(fd);
	if (err)
		sys_unmap(addr, bytes);
	return err;
}

static int make_file(struct ledger *ledger, const struct ledger_head *head)
{
	void *addr;
	int err;

	ledger->fd = sys_memfd(LEDGER_NAME, 0);
	if (ledger->fd < 0)
		return ledger->fd;
	err = size_and_map(ledger->fd, head, &addr);
	if (!err)
		err = protect(ledger->fd, addr, head->file_bytes);
	if (err) {
		sys_close(ledger->fd);
		return err;
	}
	ledger->head = addr;
	*ledger->head = *head;
	return 0;
}

static void *part(const struct ledger *ledger, uint64_t at)
{
	return at ? (char *)ledger->head + at : NULL;
}

static void take_words(struct ledger *ledger, struct provider *provider)
{
	uint64_t *lent = part(ledger, ledger->head->words_at);

	if (lent) {
		user_slabs_move(provider->slabs, lent, &ledger->head->info);
		provider->words = lent;
		provider->info = &ledger->head->info;
	}
	ledger->info = provider->info;
}

/* The lock is held. */
static void write_tag(struct ledger *ledger, uint32_t tag, const char *name)
{
	uint64_t at = ledger->head->tags_at + tag * LEDGER_TAG_BYTES;

	if (!sys_allocate(ledger->fd, (off_t)at, LEDGER_TAG_BYTES))
		strcpy(part(ledger, at), name);
}

static void write_tags(struct ledger *ledger)
{
	const char *name;
	uint32_t tag;

	for (tag = 1; (name = aoipool_tag_name(tag)); tag++)
		write_tag(ledger, tag, name);
}

/* Where the pool looks for what lies in the file now. */
static void attach(struct ledger *ledger, struct aoipool_pool *pool)
{
	struct ledger_live *live = &ledger->head->live;

	ledger->slabs = part(ledger, ledger->head->slabs_at);
	ledger->slots = part(ledger, ledger->head->slots_at);
	take_words(ledger, &pool->provider);
	pool->provider.live = live;
	pool->stats.live = live;
	pool->table.words = pool->provider.words;
	pool->table.notes = ledger->slabs;
	if (!ledger->head->words_at)
		pool->table.lone_notes = ledger->slabs;
	if (pool->objects)
		budget_move(&pool->budget, &live->free_slots);
}

void ledger_open(struct aoipool_pool *pool, const struct aoipool_attr *attr,
		 enum aoipool_custody_mode mode)
{
	struct ledger *ledger = &pool->ledger;
	struct ledger_head head;
	int err = make_shelf();

	*ledger = (struct ledger){ .mode = mode, .fd = -1 };
	describe(&head, pool, attr, mode);
	if (!err)
		err = make_file(ledger, &head);
	if (err) {
		log_line(&attr->log, AOIPOOL_LOG_WARNING,
			 "pool %s: has no ledger, so nobody can tell who holds "
			 "what of it: %s",
			 attr->name, aoipool_strerror(err));
		return;
	}
	attach(ledger, pool);
}

bool ledger_conceal(struct ledger *ledger)
{
	if (ledger->fd < 0)
		return false;
	sys_close(ledger->fd);
	ledger->fd = -1;
	return true;
}

void ledger_publish(struct ledger *ledger)
{
	if (!ledger->head)
		return;
	pthread_mutex_lock(&shelf->lock);
	write_tags(ledger);
	ledger->next = shelf->first;
	shelf->first = ledger;
	pthread_mutex_unlock(&shelf->lock);
	__atomic_store_n(&ledger->head->state, LEDGER_OPEN, __ATOMIC_RELEASE);
}

static void unlink_ledger(struct ledger *ledger)
{
	struct ledger **at;

	pthread_mutex_lock(&shelf->lock);
	for (at = &shelf->first; *at && *at != ledger; at = &(*at)->next)
		;
	if (*at)
		*at = ledger->next;
	pthread_mutex_unlock(&shelf->lock);
}

void ledger_hide(struct ledger *ledger)
{
	if (!ledger->head)
		return;
	unlink_ledger(ledger);
	__atomic_store_n(&ledger->head->state, LEDGER_MADE, __ATOMIC_RELEASE);
}

void ledger_close(struct ledger *ledger, bool forked)
{
	if (!ledger->head)
		return;
	if (!forked)
		sys_unmap(ledger->head, ledger->head->file_bytes);
	sys_close(ledger->fd);
}

void ledger_write_tag(uint32_t tag, const char *name)
{
	struct ledger *ledger;

	/* no shelf, no ledger: the first will find the tag */
	if (!__atomic_load_n(&shelf, __ATOMIC_ACQUIRE))
		return;
	pthread_mutex_lock(&shelf->lock);
	for (ledger = shelf->first; ledger; ledger = ledger->next)
		write_tag(ledger, tag, name);
	pthread_mutex_unlock(&shelf->lock);
}

int ledger_each(int (*each)(void *arg, const struct ledger *ledger), void *arg)
{
	struct ledger *ledger;
	int err = 0;

	if (!__atomic_load_n(&shelf, __ATOMIC_ACQUIRE))
		return 0;
	pthread_mutex_lock(&shelf->lock);
	for (ledger = shelf->first; ledger && !err; ledger = ledger->next)
		err = each(arg, ledger);
	pthread_mutex_unlock(&shelf->lock);
	return err;
}
