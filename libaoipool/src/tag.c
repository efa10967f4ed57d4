/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Names are written once and stay, in a child, too, which has the numbers in its
 * variables.  A name is there before it is counted.  The lock is in a page that
 * is wiped in a child, so that it is free there.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ledger.h"
#include "self.h"
#include "sys.h"
#include "text.h"
#include "wiped.h"

static char names[AOIPOOL_MAX_TAGS][AOIPOOL_TAG_BYTES];
static uint32_t nr_names = 1; /* AOIPOOL_TAG_NONE; atomic */
static pthread_mutex_t *adding; /* protects both from who adds */

static int make_lock(void)
{
	pthread_mutex_t *none = NULL;
	void *page;
	int err;

	if (__atomic_load_n(&adding, __ATOMIC_ACQUIRE))
		return 0;
	/* all zeroes is PTHREAD_MUTEX_INITIALIZER */
	err = wiped_map(sizeof(*adding), &page);
	if (err)
		return err;
	if (!__atomic_compare_exchange_n(&adding, &none, page, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		sys_unmap(page, sizeof(*adding));
	return 0;
}

static uint32_t count(void)
{
	return __atomic_load_n(&nr_names, __ATOMIC_ACQUIRE);
}

static int find(const char *name)
{
	uint32_t i, n = count();

	for (i = 1; i < n; i++)
		if (!strcmp(names[i], name))
			return i;
	return -ENOENT;
}

/* The lock is held. */
static int add(const char *name)
{
	int tag = find(name);

	if (tag > 0)
		return tag;
	tag = count();
	if (tag == AOIPOOL_MAX_TAGS)
		return -ENOSPC;
	strcpy(names[tag], name);
	__atomic_store_n(&nr_names, tag + 1, __ATOMIC_RELEASE);
	ledger_write_tag(tag, names[tag]);
	return tag;
}

int aoipool_tag(const char *name)
{
	int tag, err;

	if (!name || !text_is_printable(name, AOIPOOL_TAG_BYTES - 1))
		return -EINVAL;
	tag = find(name);
	if (tag > 0)
		return tag;
	err = make_lock();
	if (err)
		return err;
	pthread_mutex_lock(adding);
	tag = add(name);
	pthread_mutex_unlock(adding);
	return tag;
}

/* AOIPOOL_TAG_NONE is one, without a name. */
static bool tag_exists(int tag)
{
	return tag >= 0 && (uint32_t)tag < count();
}

const char *aoipool_tag_name(int tag)
{
	return tag > 0 && tag_exists(tag) ? names[tag] : NULL;
}

int aoipool_tag_set(int tag)
{
	int before = self_tag();

	if (!tag_exists(tag))
		return -EINVAL;
	self_set_tag(tag);
	return before;
}

/* Of a long name the end, which tells more. */
int aoipool_tag_of_place(const char *file, unsigned int line)
{
	char name[AOIPOOL_TAG_BYTES], number[16];
	const char *last;
	size_t room, n;

	if (!file)
		return -EINVAL;
	snprintf(number, sizeof(number), ":%u", line);
	last = strrchr(file, '/');
	last = last ? last + 1 : file;
	room = sizeof(name) - 1 - strlen(number);
	n = strlen(last);
	snprintf(name, sizeof(name), "%s%s", n > room ? last + n - room : last,
		 number);
	return aoipool_tag(name);
}
