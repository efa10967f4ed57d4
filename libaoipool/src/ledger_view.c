/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * By pread(), and never by a mapping: a file that is not sealed could shrink
 * under that.  Sizes are held against what the file has, in memory, too: a
 * forger pays for what he makes others read.
 */
#include "ledger_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aoipool.h"
#include "sys.h"

/* as many as are read at once */
#define MANY	  2048

#define NODE_NONE (-1)
#define NODES_MAX	64 /* aoipool_attr_set_numa() knows so many */

/* All of it, or it is no ledger. */
static int read_all(int fd, void *to, size_t bytes, uint64_t at)
{
	size_t done = 0;
	ssize_t n;

	while (done < bytes) {
		n = sys_read_at(fd, (char *)to + done, bytes - done,
				(off_t)(at + done));
		if (n <= 0)
			return n ? (int)n : -EPROTO;
		done += n;
	}
	return 0;
}

/* A part of the file: whole, behind the head, and at a page. */
static bool fits(const struct ledger_head *head, uint64_t at, uint64_t bytes)
{
	return at >= LEDGER_PAGE && !(at % LEDGER_PAGE) &&
	       at <= head->file_bytes && bytes <= head->file_bytes - at;
}

static bool fits_or_none(const struct ledger_head *head, uint64_t at,
			 uint64_t bytes)
{
	return !at || fits(head, at, bytes);
}

static bool is_shape(const struct ledger_head *head)
{
	return head->nr_slabs && head->nr_slabs <= AOIPOOL_MAX_SLABS &&
	       head->slab_blocks &&
	       head->slab_blocks <= AOIPOOL_MAX_SLAB_BLOCKS &&
	       head->index_shift < 32 && head->slab_slots &&
	       head->slab_slots <= 1U << head->index_shift &&
	       head->slots == (uint64_t)head->nr_slabs * head->slab_slots &&
	       head->slot_bytes &&
	       head->slot_bytes <= (uint64_t)head->slab_blocks
					   << AOIPOOL_BLOCK_SHIFT &&
	       head->reserve_slabs <= head->nr_slabs &&
	       (!head->is_frames || head->slab_slots == 1);
}

static bool are_parts(const struct ledger_head *head)
{
	uint64_t slabs = head->nr_slabs;
	uint64_t note = sizeof(struct ledger_note);

	return fits(head, head->tags_at, LEDGER_TAGS * LEDGER_TAG_BYTES) &&
	       fits_or_none(head, head->words_at, slabs * sizeof(uint64_t)) &&
	       fits_or_none(head, head->slabs_at, slabs * note) &&
	       fits_or_none(head, head->slots_at,
			    (slabs << head->index_shift) * note);
}

static bool is_mode(const struct ledger_head *head)
{
	return head->pool && head->mode >= AOIPOOL_CUSTODY_NONE &&
	       head->mode <= AOIPOOL_CUSTODY_SLOTS;
}

/* The file is as large as it says, and but for the tags all of it is there. */
static int check_size(int fd, const struct ledger_head *head)
{
	uint64_t bytes, there;
	int err = sys_file_size(fd, &bytes, &there);

	if (err)
		return err;
	return bytes == head->file_bytes && bytes >= LEDGER_PAGE &&
			       there + LEDGER_TAGS * LEDGER_TAG_BYTES >= bytes ?
		       0 :
		       -EPROTO;
}

/* Terminated, and nothing in it that a terminal would obey. */
static void clean(char *text, size_t room)
{
	size_t i;

	text[room - 1] = '\0';
	for (i = 0; text[i]; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
}

static int check_head(int fd, struct ledger_head *head)
{
	int err;

	/* first: what is being written just now looks like anything */
	if (head->state == LEDGER_MADE)
		return -EAGAIN;
	if (head->magic != LEDGER_MAGIC || head->layout != LEDGER_LAYOUT ||
	    head->head_bytes < sizeof(*head) || head->state != LEDGER_OPEN)
		return -EPROTO;
	err = check_size(fd, head);
	if (err)
		return err;
	if (!is_shape(head) || !is_mode(head) || !are_parts(head))
		return -EPROTO;
	clean(head->name, sizeof(head->name));
	clean(head->type, sizeof(head->type));
	return 0;
}

static bool is_empty(int fd)
{
	uint64_t bytes, there;

	return !sys_file_size(fd, &bytes, &there) && !bytes;
}

/* One that is being made is empty at first. */
static int read_head(int fd, struct ledger_head *head)
{
	int err = read_all(fd, head, sizeof(*head), 0);

	if (err == -EPROTO && is_empty(fd))
		return -EAGAIN;
	return err ? err : check_head(fd, head);
}

int ledger_view_open(struct ledger_view *view, int fd)
{
	*view = (struct ledger_view){ .fd = fd };
	return read_head(fd, &view->head);
}

/* Nobody has a tag that cannot be read. */
static bool read_tags(struct ledger_view *view)
{
	size_t bytes = (size_t)LEDGER_TAGS * LEDGER_TAG_BYTES;
	int i;

	if (view->tags)
		return true;
	view->tags = calloc(1, bytes);
	if (!view->tags)
		return false;
	if (read_all(view->fd, view->tags, bytes, view->head.tags_at))
		memset(view->tags, 0, bytes);
	for (i = 0; i < LEDGER_TAGS; i++)
		clean(view->tags[i], LEDGER_TAG_BYTES);
	return true;
}

const char *ledger_view_tag(struct ledger_view *view, uint32_t tag)
{
	return tag && tag < LEDGER_TAGS && read_tags(view) ? view->tags[tag] :
							     "";
}

void ledger_view_close(struct ledger_view *view)
{
	free(view->tags);
}

/* A part of the slabs, or of the slots of some. */
struct page {
	uint64_t words[MANY];
	struct ledger_note notes[MANY];
};

struct walk {
	const struct ledger_view *view;
	int (*each)(void *arg, const struct ledger_item *item);
	void *arg;
	struct page slabs;
	struct page slots;
};

static int32_t real_node(uint32_t node)
{
	return node < NODES_MAX ? (int32_t)node : NODE_NONE;
}

static struct ledger_item by_note(const struct ledger_note *note)
{
	return (struct ledger_item){
		.who = note->who,
		.since_ns = note->since_ns,
		.node = real_node(ledger_who_node(note->who)),
	};
}

/* Held by the pool's client, whatever the note says. */
static bool is_out(const struct ledger_head *head, uint64_t word)
{
	return aoipool_word_state(word) == AOIPOOL_SLAB_HELD &&
	       aoipool_word_owner(word) == head->client;
}

/* The note is believed where it is of the same use of the slab as the word. */
static struct ledger_item by_word(uint64_t word, const struct ledger_note *note)
{
	struct ledger_item item = by_note(note);

	if (ledger_who_gen(note->who) !=
		    (aoipool_word_gen(word) & LEDGER_GEN_MASK) ||
	    !note->who)
		item = (struct ledger_item){ .since_ns = 0 };
	item.node = real_node(aoipool_word_node(word));
	return item;
}

static bool slab_item(const struct walk *walk, uint32_t i,
		      struct ledger_item *item)
{
	const struct ledger_head *head = &walk->view->head;

	if (!head->words_at) {
		*item = by_note(&walk->slabs.notes[i]);
		return item->who;
	}
	*item = by_word(walk->slabs.words[i], &walk->slabs.notes[i]);
	return is_out(head, walk->slabs.words[i]);
}

static int read_notes(const struct walk *walk, struct ledger_note *notes,
		      uint64_t at, uint64_t first, size_t n)
{
	return read_all(walk->view->fd, notes, n * sizeof(*notes),
			at + first * sizeof(*notes));
}

static int walk_slots(struct walk *walk, uint32_t slab)
{
	const struct ledger_head *head = &walk->view->head;
	uint64_t first = (uint64_t)slab << head->index_shift;
	uint32_t done, n, i;
	int err = 0;

	for (done = 0; done < head->slab_slots && !err; done += n) {
		n = head->slab_slots - done < MANY ? head->slab_slots - done
						   : MANY;
		err = read_notes(walk, walk->slots.notes, head->slots_at,
				 first + done, n);
		for (i = 0; i < n && !err; i++) {
			struct ledger_item item =
				by_note(&walk->slots.notes[i]);

			if (item.who)
				err = walk->each(walk->arg, &item);
		}
	}
	return err;
}

/* @slab is the @i-th of those that were read. */
static int walk_slab(struct walk *walk, uint32_t slab, uint32_t i)
{
	struct ledger_item item;

	if (!slab_item(walk, i, &item))
		return 0;
	return walk->view->head.slots_at ? walk_slots(walk, slab)
					 : walk->each(walk->arg, &item);
}

static int read_slabs(struct walk *walk, uint32_t first, uint32_t n)
{
	const struct ledger_head *head = &walk->view->head;
	int err = 0;

	if (head->words_at)
		err = read_all(walk->view->fd, walk->slabs.words,
			       n * sizeof(uint64_t),
			       head->words_at + first * sizeof(uint64_t));
	if (!err && head->slabs_at)
		err = read_notes(walk, walk->slabs.notes, head->slabs_at, first,
				 n);
	return err;
}

static int walk_slabs(struct walk *walk)
{
	uint32_t nr = walk->view->head.nr_slabs, done, n, i;
	int err = 0;

	for (done = 0; done < nr && !err; done += n) {
		n = nr - done < MANY ? nr - done : MANY;
		err = read_slabs(walk, done, n);
		for (i = 0; i < n && !err; i++)
			err = walk_slab(walk, done + i, i);
	}
	return err;
}

int ledger_view_each(const struct ledger_view *view,
		     int (*each)(void *arg, const struct ledger_item *item),
		     void *arg)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	int err;

	if (!walk)
		return -ENOMEM;
	walk->view = view;
	walk->each = each;
	walk->arg = arg;
	err = walk_slabs(walk);
	free(walk);
	return err;
}

uint64_t ledger_view_item_bytes(const struct ledger_view *view)
{
	const struct ledger_head *head = &view->head;

	if (head->is_frames || head->slots_at)
		return head->slot_bytes;
	return (uint64_t)head->slab_blocks << AOIPOOL_BLOCK_SHIFT;
}
