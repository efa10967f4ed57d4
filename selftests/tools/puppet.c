// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that does with pools what it is told, a line on stdin each, and
 * answers "ok" or "error WHY":
 *
 *	open NAME frame WIDTH HEIGHT COUNT [RESERVE]
 *	open NAME object BYTES COUNT [RESERVE]
 *	get NAME COUNT		one after the other, and touches them
 *	put NAME COUNT		those that it got first
 *	heap BYTES		malloc, touched and never freed
 *	close NAME
 *	custody MODE		of pools that are opened from now on: none, slabs, slots
 *	tag NAME		what the thread gets for from now on; "-" is nothing
 *	thread NAME		begins a thread
 *	in NAME COMMAND...	lets it do that, gets above all, and waits for it;
 *				"leave" ends it
 *	pin NAME		the first page of what it got first, by a pipe
 *
 * It ends with its input, its pools as they are.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <aoipool.h>
#include <aoipool/custody.h>

#define MAX_THREADS	64
#define MAX_POOLS	1024
#define MAX_SLOTS	65536

struct held {
	struct aoipool_pool *pool;
	char name[32];
	struct aoipool_slot slots[MAX_SLOTS];
	size_t nr, first;	/* of the ring of those that are out */
};

/* Does one line at a time: @line is not NULL until it has. */
struct worker {
	char name[16];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	char *line;
	int err;
};

static struct held *pools[MAX_POOLS];
static struct worker *workers[MAX_THREADS];
static enum aoipool_custody_mode custody;

static struct held *find(const char *name)
{
	for (size_t i = 0; i < MAX_POOLS; i++)
		if (pools[i] && !strcmp(pools[i]->name, name))
			return pools[i];
	return NULL;
}

static struct held **find_place(void)
{
	for (size_t i = 0; i < MAX_POOLS; i++)
		if (!pools[i])
			return &pools[i];
	return NULL;
}

static int set_kind(struct aoipool_attr *attr, const char *kind,
		    const unsigned long *numbers)
{
	if (!strcmp(kind, "frame"))
		return aoipool_attr_set_frame(attr, numbers[0], numbers[1],
					      AOIPOOL_PIXEL_MONO8, numbers[2]) ?:
		       aoipool_attr_set_reserve(attr, numbers[3]);
	return aoipool_attr_set_object(attr, numbers[0], numbers[1]) ?:
	       aoipool_attr_set_reserve(attr, numbers[2]);
}

static int open_pool(const char *name, const char *kind,
		     const unsigned long *numbers)
{
	struct held **place = find_place();
	struct aoipool_attr *attr;
	struct held *held;
	int err;

	if (!place || find(name))
		return -EEXIST;
	held = calloc(1, sizeof(*held));
	if (!held || aoipool_attr_create(&attr))
		return -ENOMEM;
	snprintf(held->name, sizeof(held->name), "%s", name);
	err = aoipool_attr_set_name(attr, name) ?:
	      set_kind(attr, kind, numbers) ?:
	      aoipool_attr_set_custody(attr, custody) ?:
	      aoipool_pool_open(attr, &held->pool);
	aoipool_attr_destroy(attr);
	if (err)
		free(held);
	else
		*place = held;
	return err;
}

static int get(struct held *held, unsigned long count)
{
	struct aoipool_slot *slot;
	int err;

	while (count--) {
		if (held->nr == MAX_SLOTS)
			return -E2BIG;
		slot = &held->slots[(held->first + held->nr) % MAX_SLOTS];
		err = aoipool_get(held->pool, slot);
		if (err)
			return err;
		memset(slot->ptr, 0x5a, aoipool_pool_slot_bytes(held->pool));
		held->nr++;
	}
	return 0;
}

static int put(struct held *held, unsigned long count)
{
	int err;

	while (count-- && held->nr) {
		err = aoipool_put(held->pool, held->slots[held->first].ref);
		if (err)
			return err;
		held->first = (held->first + 1) % MAX_SLOTS;
		held->nr--;
	}
	return 0;
}

/* The pipe's page is the slot's, as long as nobody reads it. */
static int pin(struct held *held)
{
	struct iovec page = { .iov_base = held->slots[held->first].ptr,
			      .iov_len = 4096 };
	int fds[2];

	if (!held->nr)
		return -ENOENT;
	if (pipe(fds) || vmsplice(fds[1], &page, 1, 0) != 4096)
		return -errno;
	return 0;
}

static int close_pool(struct held *held)
{
	struct held **place = pools;

	while (*place != held)
		place++;
	*place = NULL;
	aoipool_pool_close(held->pool);
	free(held);
	return 0;
}

static int heap(unsigned long bytes)
{
	char *memory = malloc(bytes);

	if (!memory)
		return -ENOMEM;
	memset(memory, 1, bytes);
	/* or the compiler does without what nobody reads */
	__asm__ volatile("" : : "r"(memory) : "memory");
	return 0;
}

static int set_custody(const char *mode)
{
	static const char *const modes[] = { "auto", "none", "slabs", "slots" };

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (!strcmp(modes[i], mode)) {
			custody = i;
			return 0;
		}
	return -EINVAL;
}

static int set_tag(const char *name)
{
	int tag = strcmp(name, "-") ? aoipool_tag(name) : AOIPOOL_TAG_NONE;

	if (tag < 0)
		return tag;
	tag = aoipool_tag_set(tag);
	return tag < 0 ? tag : 0;
}

static int obey(char *line);

static void *work(void *arg)
{
	struct worker *worker = arg;
	bool leaves = false;

	pthread_mutex_lock(&worker->lock);
	while (!leaves) {
		while (!worker->line)
			pthread_cond_wait(&worker->changed, &worker->lock);
		leaves = !strcmp(worker->line, "leave\n");
		worker->err = leaves ? 0 : obey(worker->line);
		worker->line = NULL;
		pthread_cond_broadcast(&worker->changed);
	}
	pthread_mutex_unlock(&worker->lock);
	return NULL;
}

static int start_thread(const char *name)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	pthread_t thread;
	size_t i = 0;

	while (i < MAX_THREADS && workers[i])
		i++;
	if (!worker || i == MAX_THREADS)
		return -ENOMEM;
	snprintf(worker->name, sizeof(worker->name), "%s", name);
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->changed, NULL);
	if (pthread_create(&thread, NULL, work, worker))
		return -EAGAIN;
	pthread_setname_np(thread, worker->name);
	workers[i] = worker;
	return 0;
}

static int delegate(const char *name, char *line)
{
	struct worker *worker = NULL;

	for (size_t i = 0; i < MAX_THREADS && workers[i]; i++)
		if (!strcmp(workers[i]->name, name))
			worker = workers[i];
	if (!worker)
		return -ESRCH;
	pthread_mutex_lock(&worker->lock);
	worker->line = line;
	pthread_cond_broadcast(&worker->changed);
	while (worker->line)
		pthread_cond_wait(&worker->changed, &worker->lock);
	pthread_mutex_unlock(&worker->lock);
	return worker->err;
}

static int obey(char *line)
{
	char verb[16] = "", name[32] = "", kind[16] = "";
	unsigned long numbers[4] = { 0 };
	struct held *held;
	int rest = 0;

	if (sscanf(line, "open %31s %15s %lu %lu %lu %lu", name, kind,
		   &numbers[0], &numbers[1], &numbers[2], &numbers[3]) >= 4)
		return open_pool(name, kind, numbers);
	if (sscanf(line, "in %31s %n", name, &rest) == 1 && rest)
		return delegate(name, line + rest);
	if (sscanf(line, "custody %31s", name) == 1)
		return set_custody(name);
	if (sscanf(line, "tag %31s", name) == 1)
		return set_tag(name);
	if (sscanf(line, "thread %31s", name) == 1)
		return start_thread(name);
	if (sscanf(line, "heap %lu", &numbers[0]) == 1)
		return heap(numbers[0]);
	if (sscanf(line, "%15s %31s %lu", verb, name, &numbers[0]) < 2)
		return -EINVAL;
	held = find(name);
	if (!held)
		return -ENOENT;
	if (!strcmp(verb, "get"))
		return get(held, numbers[0]);
	if (!strcmp(verb, "put"))
		return put(held, numbers[0]);
	if (!strcmp(verb, "pin"))
		return pin(held);
	return strcmp(verb, "close") ? -EINVAL : close_pool(held);
}

int main(void)
{
	char line[256];
	int err;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		err = obey(line);
		if (err)
			printf("error %s\n", aoipool_strerror(err));
		else
			puts("ok");
	}
	return 0;
}
