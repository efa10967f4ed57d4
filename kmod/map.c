// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping a pool, and the faults of its data.
 *
 * The data range is a plain shared file mapping whose fault handler hands out
 * subpages of compound pages: the core then maps the whole block with one PMD
 * entry, counts references as for any file page, and get_user_pages() works.
 * That rests on three things set up elsewhere: the size of the inode covers the
 * mapping, a block's folio knows its index, and offset and address are congruent
 * modulo 2 MiB.  It would be lost with VM_PFNMAP, VM_IO or VM_MIXEDMAP.
 */
#include <linux/memcontrol.h>
#include <linux/mempolicy.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/vmalloc.h>
#include "block.h"
#include "map.h"
#include "pool.h"
#include "populate.h"

/* A core dump would hold the boards, a child another man's words. */
#define MAP_FLAGS	(VM_DONTEXPAND | VM_DONTDUMP | VM_DONTCOPY)

static vm_fault_t refuse_poisoned(struct page *block)
{
	unlock_page(block);
	put_page(block);
	return VM_FAULT_HWPOISON;
}

/*
 * On the account of the process whose mapping it is: the one that runs may be a
 * debugger or a kernel thread that works for it.
 */
static struct page *bring(struct vm_area_struct *vma, u64 nth)
{
	struct aoipool_pool *pool = vma->vm_private_data;
	struct mem_cgroup *memcg = get_mem_cgroup_from_mm(vma->vm_mm);
	struct mem_cgroup *old = set_active_memcg(memcg);
	struct page *block;

	block = aoipool_populate_fault(pool, nth / pool->slab_blocks,
				       nth % pool->slab_blocks);
	set_active_memcg(old);
	mem_cgroup_put(memcg);
	return block;
}

static vm_fault_t data_fault(struct vm_fault *vmf)
{
	struct aoipool_pool *pool = vmf->vma->vm_private_data;
	pgoff_t page = vmf->pgoff - (pool->layout.data_offset >> PAGE_SHIFT);
	struct page *block;

	block = bring(vmf->vma, page / AOIPOOL_BLOCK_PAGES);
	if (IS_ERR(block))
		return VM_FAULT_SIGBUS;
	vmf->page = block + page % AOIPOOL_BLOCK_PAGES;
	/* of a locked page the core expects a mapping if it is poisoned */
	if (unlikely(PageHWPoison(vmf->page)))
		return refuse_poisoned(block);
	return VM_FAULT_LOCKED;
}

#ifdef CONFIG_NUMA
/* No policy: the word chose the node, and NUMA balancing has no business here. */
static struct mempolicy *data_get_policy(struct vm_area_struct *vma,
					 unsigned long addr aoipool_policy_ilx)
{
	return NULL;
}
#endif

static const struct vm_operations_struct data_ops = {
	.fault = data_fault,
#ifdef CONFIG_NUMA
	.get_policy = data_get_policy,
#endif
};

/* Of memory that is charged, which remap_vmalloc_range() does not know. */
static int map_pages(struct vm_area_struct *vma, char *pages)
{
	unsigned long addr;
	int err = 0;

	for (addr = vma->vm_start; addr < vma->vm_end && !err; addr += PAGE_SIZE)
		err = vm_insert_page(vma, addr,
				     vmalloc_to_page(pages + addr - vma->vm_start));
	return err;
}

static int map_info(struct aoipool_pool *pool, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WRITE)
		return -EACCES;
	vm_flags_clear(vma, VM_MAYWRITE);
	return map_pages(vma, (char *)pool->info);
}

static int map_words(struct aoipool_pool *pool, struct vm_area_struct *vma)
{
	return map_pages(vma, (char *)pool->words);
}

static int map_data(struct aoipool_pool *pool, struct vm_area_struct *vma)
{
	if (!IS_ALIGNED(vma->vm_start | vma->vm_end, AOIPOOL_BLOCK_BYTES))
		return -EINVAL;
	vma->vm_private_data = pool;	/* the file's reference covers it */
	vma->vm_ops = &data_ops;
	return 0;
}

/**
 * aoipool_map() - mmap() of a pool's descriptor
 * @pool: the pool, whose descriptor the mapping keeps open
 * @vma: what is to be mapped where
 *
 * Return: 0; -EINVAL: not one of the three ranges, not shared, or data that is
 * not made of whole aligned blocks; -EACCES: the information page for writing.
 */
int aoipool_map(struct aoipool_pool *pool, struct vm_area_struct *vma)
{
	const struct aoipool_pool_layout *l = &pool->layout;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 bytes = vma->vm_end - vma->vm_start;

	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	vm_flags_set(vma, MAP_FLAGS);

	if (offset == l->info_offset && bytes == l->info_bytes)
		return map_info(pool, vma);
	if (offset == l->words_offset && bytes == l->words_bytes)
		return map_words(pool, vma);
	if (offset >= l->data_offset && bytes <= l->data_bytes &&
	    offset - l->data_offset <= l->data_bytes - bytes &&
	    IS_ALIGNED(offset, AOIPOOL_BLOCK_BYTES))
		return map_data(pool, vma);
	return -EINVAL;
}
