/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "user_memory.h"

#include <errno.h>
#include <linux/aoipool.h>
#include <sys/mman.h>

#include "host.h"
#include "sys.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE	23	/* since 5.14 */
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE		25	/* since 6.1 */
#endif

#define BLOCK	((size_t)AOIPOOL_BLOCK_BYTES)

/*
 * MADV_COLLAPSE says EAGAIN when a page could not be isolated or locked just
 * then, which passes; it never took more than two tries where this was written.
 */
#define COLLAPSE_TRIES	8

/*
 * Collapse makes a huge page of what is mapped (6.1 refuses a range where
 * nothing is) and puts it on the node of what is there.
 */
#define FIRST_PAGE	4096

static off_t offset_of(size_t block)
{
	return (off_t)(block * BLOCK);
}

static unsigned char *at(const struct user_memory *memory, size_t block)
{
	return memory->data + block * BLOCK;
}

/* Other threads map, too: how often one of them may be faster. */
#define MAP_TRIES	64

/*
 * An address at a multiple of 2 MiB where @bytes were free a moment ago.  The
 * room is given up again and taken by MAP_FIXED_NOREPLACE: mapping over it could
 * fail with the room already gone, and nobody could tell whose it is then.
 */
static int find_aligned(size_t bytes, void **addr)
{
	size_t wide;
	void *got;
	int err;

	if (__builtin_add_overflow(bytes, BLOCK, &wide))
		return -ENOMEM;
	err = sys_map(NULL, wide, PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0, &got);
	if (err)
		return err;
	sys_unmap(got, wide);
	*addr = (unsigned char *)got + (-(uintptr_t)got & (BLOCK - 1));
	return 0;
}

static int map_shared(const struct user_memory *memory, void *at, void **addr)
{
	return sys_map(at, memory->bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		       memory->fd, 0, addr);
}

/*
 * Two threads that search in step find each other's room taken for ever: each
 * waits for a time of its own, by where its stack is, longer with every try.
 */
static void step_aside(unsigned int tries)
{
	uint32_t own = (uint32_t)((uintptr_t)&tries >> 12) * 2654435761U;

	sys_nap_us(((own ^ tries * 0x9e3779b9U) >> 24) * tries / 8);
}

static int map_aligned(const struct user_memory *memory, void **addr)
{
	unsigned int tries;
	void *at;
	int err;

	for (tries = 1; tries <= MAP_TRIES; tries++) {
		err = find_aligned(memory->bytes, &at);
		if (!err)
			err = map_shared(memory, at, addr);
		if (err != -EEXIST)
			return err;
		step_aside(tries);
	}
	return -ENOMEM;
}

/* Beyond RLIMIT_FSIZE ftruncate() would not only fail but raise SIGXFSZ. */
static int size_file(int fd, size_t bytes)
{
	if (bytes > INT64_MAX || bytes > sys_file_limit())
		return -ENOMEM;
	return sys_truncate(fd, (off_t)bytes);
}

/*
 * For hugetlb pages mapping is reserving: it fails here, not at some touch,
 * when the host has not enough of them; and the kernel aligns it by itself.
 */
static int map_file(struct user_memory *memory, bool huge)
{
	void *addr;
	int err = huge ? map_shared(memory, NULL, &addr) :
			 map_aligned(memory, &addr);

	if (err)
		return err;
	err = sys_madvise(addr, memory->bytes, MADV_DONTFORK);
	if (err) {
		sys_unmap(addr, memory->bytes);
		return err;
	}
	memory->data = addr;
	return 0;
}

static int open_file(struct user_memory *memory, unsigned int huge_shift)
{
	int err;

	memory->fd = sys_memfd("aoipool", huge_shift);
	if (memory->fd < 0)
		return memory->fd;
	err = size_file(memory->fd, memory->bytes);
	if (!err)
		err = map_file(memory, huge_shift);
	if (err)
		sys_close(memory->fd);
	return err;
}

static int collapse(struct user_memory *memory, size_t block)
{
	int tries, err = -EAGAIN;

	for (tries = 0; err == -EAGAIN && tries < COLLAPSE_TRIES; tries++)
		err = sys_madvise(at(memory, block), BLOCK, MADV_COLLAPSE);
	return err;
}

/* Tries one block and looks whether the kernel has told the truth. */
static enum user_pages try_collapse(struct user_memory *memory)
{
	bool small = false;
	int64_t huge;
	int err;

	memory->pages = USER_PAGES_COLLAPSED;
	err = user_memory_bring(memory, 0, &small);
	huge = host_huge_bytes(memory->data);
	user_memory_punch(memory, 0, 1);
	memory->verified = huge >= (int64_t)BLOCK;
	/* without /proc there is the kernel's word alone, which reason says */
	if (err || small || (huge >= 0 && !memory->verified))
		return USER_PAGES_SMALL;
	return USER_PAGES_COLLAPSED;
}

int user_memory_open(struct user_memory *memory, size_t bytes)
{
	uint64_t nodes = host_nodes();
	int err;

	*memory = (struct user_memory){
		.bytes = bytes,
		.many_nodes = nodes & (nodes - 1),
	};
	if (!open_file(memory, AOIPOOL_BLOCK_SHIFT)) {
		memory->pages = USER_PAGES_HUGETLB;
		memory->verified = true;
		return 0;
	}
	err = open_file(memory, 0);
	if (err)
		return err;
	memory->pages = try_collapse(memory);
	return 0;
}

void user_memory_close(struct user_memory *memory)
{
	sys_unmap(memory->data, memory->bytes);
	sys_close(memory->fd);
}

void user_memory_abandon(struct user_memory *memory)
{
	sys_close(memory->fd);
}

/*
 * A preference, not a binding: an allocation that is bound to a node without
 * memory calls the OOM killer instead of failing.
 */
void user_memory_prefer(struct user_memory *memory, size_t block, size_t blocks,
			uint32_t node)
{
	if (memory->many_nodes)
		sys_prefer_node(at(memory, block), blocks * BLOCK, node);
}

/*
 * Both ways fail with an error where a touch would raise SIGBUS.  The first also
 * maps the pages, and is the only one that minds the node of hugetlb pages.
 */
static int bring_pages(struct user_memory *memory, size_t block, size_t bytes)
{
	int err = sys_madvise(at(memory, block), bytes, MADV_POPULATE_WRITE);

	if (err == -EINVAL)
		err = sys_allocate(memory->fd, offset_of(block), (off_t)bytes);
	if (!err)
		return 0;
	user_memory_punch(memory, block, 1);
	return -ENOMEM;
}

static int bring_collapsed(struct user_memory *memory, size_t block,
			   bool *small)
{
	int err = bring_pages(memory, block, FIRST_PAGE);

	if (err || !collapse(memory, block))
		return err;
	*small = true;
	return bring_pages(memory, block, BLOCK);
}

int user_memory_bring(struct user_memory *memory, size_t block, bool *small)
{
	if (memory->pages == USER_PAGES_COLLAPSED)
		return bring_collapsed(memory, block, small);
	return bring_pages(memory, block, BLOCK);
}

int user_memory_punch(struct user_memory *memory, size_t block, size_t blocks)
{
	return sys_punch(memory->fd, offset_of(block),
			 (off_t)(blocks * BLOCK));
}
