// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clearing: a whole block in one go, through the kernel's linear mapping.
 *
 * The page allocator clears page by page; a block is 512 of them, contiguous,
 * and nobody reads it soon.  Measured on Zen 4 (selftests/bench, line clear-2m):
 * clzero clears cold blocks at about 60 GB/s, rep stosb and memset at 24, for they
 * read each line first, and clzero gains the most where several CPUs clear.  Who
 * reads the block at once finds it no faster: then all of them are alike.
 *
 * What is cleared here is memory that the allocator handed out as it was (see
 * aoipool_blocks_come_clean()); with init_on_alloc=1 there is none.
 */
#include <linux/highmem.h>
#include <linux/instrumented.h>
#include <linux/kernel.h>
#include <linux/kmsan-checks.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "block.h"
#include "clear.h"

#ifdef CONFIG_X86_64
#include <asm/cpufeature.h>
#include "clear_x86.h"
#endif

/* Between two looks at whether somebody else is to run: some 10 us. */
#define PAGES_AT_ONCE	64

/**
 * struct mode - a way to clear a block
 * @name: as it is chosen by
 * @works: whether this CPU has it
 * @clear: the block, may sleep
 */
struct mode {
	const char *name;
	bool (*works)(void);
	void (*clear)(struct page *block);
};

/* The architecture's own, which knows memory tags, too. */
static void clear_pages_of(struct page *block)
{
	unsigned long i;

	for (i = 0; i < AOIPOOL_BLOCK_PAGES; i++) {
		if (i % PAGES_AT_ONCE == 0)
			cond_resched();
		clear_highpage(block + i);
	}
}

static bool pages_work(void)
{
	return true;
}

#ifdef CONFIG_X86_64
/* What the compiler would do for stores that it sees. */
static void *announce(struct page *block)
{
	void *start = page_address(block);

	instrument_write(start, AOIPOOL_BLOCK_BYTES);
	kmsan_unpoison_memory(start, AOIPOOL_BLOCK_BYTES);
	return start;
}

static void clear_stosb(struct page *block)
{
	aoipool_clear_stosb(announce(block), AOIPOOL_BLOCK_BYTES);
}

static bool stosb_works(void)
{
	return boot_cpu_has(X86_FEATURE_ERMS) || boot_cpu_has(X86_FEATURE_FSRM);
}

static void clear_clzero(struct page *block)
{
	aoipool_clear_clzero(announce(block), AOIPOOL_BLOCK_BYTES);
}

static bool clzero_works(void)
{
	return boot_cpu_has(X86_FEATURE_CLZERO) &&
	       boot_cpu_data.x86_clflush_size == AOIPOOL_CLZERO_BYTES;
}
#endif

/* The best first. */
static const struct mode modes[] = {
#ifdef CONFIG_X86_64
	{ "clzero", clzero_works, clear_clzero },
	{ "stosb", stosb_works, clear_stosb },
#endif
	{ "pages", pages_work, clear_pages_of },
};

static const struct mode *chosen;	/* read and written as one */
static char *clear_mode;		/* to begin with; NULL: the first */

module_param(clear_mode, charp, 0444);
MODULE_PARM_DESC(clear_mode, "How blocks are cleared, to begin with: clzero, stosb or pages; default: the first that the CPU has");

/**
 * aoipool_clear_block() - nothing is left of what a block held
 * @block: nobody else's
 *
 * May sleep.
 */
void aoipool_clear_block(struct page *block)
{
	cond_resched();
	READ_ONCE(chosen)->clear(block);
}

/**
 * aoipool_clear_choose() - how blocks are cleared from now on
 * @name: of a mode; white space may follow
 *
 * Return: 0; -EINVAL: there is no such mode; -EOPNOTSUPP: this CPU has it not.
 */
int aoipool_clear_choose(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (!sysfs_streq(name, modes[i].name))
			continue;
		if (!modes[i].works())
			return -EOPNOTSUPP;
		WRITE_ONCE(chosen, &modes[i]);
		return 0;
	}
	return -EINVAL;
}

const char *aoipool_clear_chosen(void)
{
	return READ_ONCE(chosen)->name;
}

/* All that this CPU has, the best first, with a blank between two. */
void aoipool_clear_list(char *text, size_t bytes)
{
	size_t i;
	int len = 0;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (modes[i].works())
			len += scnprintf(text + len, bytes - len, "%s%s",
					 len ? " " : "", modes[i].name);
}

static void choose_first(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes) && !chosen; i++)
		if (modes[i].works())
			chosen = &modes[i];
}

int aoipool_clear_init(void)
{
	char list[AOIPOOL_CLEAR_LIST_BYTES];
	int err;

	if (!clear_mode) {
		choose_first();
		return 0;
	}
	err = aoipool_clear_choose(clear_mode);
	if (!err)
		return 0;
	aoipool_clear_list(list, sizeof(list));
	pr_err("aoipool: clear_mode=%s: this CPU has %s\n", clear_mode, list);
	return err;
}
