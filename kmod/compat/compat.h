/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that the module builds on, force-included
 * into every file.  The module's own sources are written against the newest
 * form; the older ones are bent to it here.  The AOIPOOL_HAVE_ macros come from
 * Kbuild.probe.
 */
#ifndef AOIPOOL_COMPAT_H
#define AOIPOOL_COMPAT_H

#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/shrinker.h>
#include <linux/slab.h>

#ifndef AOIPOOL_HAVE_VM_FLAGS_SET
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#endif

#ifndef AOIPOOL_HAVE_KMEM_ONLINE
static inline bool memcg_kmem_online(void)
{
	return memcg_kmem_enabled();
}
#endif

#ifndef AOIPOOL_HAVE_FOLIO_OBJCG
#define folio_objcg __folio_objcg
#endif

/* Before they could be told a node and a cgroup, they asked the object. */
#ifndef AOIPOOL_HAVE_LIST_LRU_OBJ
#define list_lru_add_obj list_lru_add
#define list_lru_del_obj list_lru_del
#endif

/*
 * All mappings of a folio, of its whole and of its pages.  Before it was counted in
 * one place modules could only add it up.
 */
#ifdef AOIPOOL_HAVE_LARGE_MAPCOUNT
#define aoipool_folio_mapcount folio_mapcount
#else
static inline long aoipool_folio_mapcount(struct folio *folio)
{
	long entire = folio_entire_mapcount(folio), sum = entire;
	long nr = folio_nr_pages(folio);

	while (nr--)
		sum += page_mapcount(folio_page(folio, nr)) - entire;
	return sum;
}
#endif

/* The tail of the parameters of vm_operations_struct.get_policy */
#ifdef AOIPOOL_HAVE_POLICY_ILX
#define aoipool_policy_ilx , pgoff_t *ilx
#else
#define aoipool_policy_ilx
#endif

/* The attributes of a dump's request; where there are none, all are NULL. */
#ifdef AOIPOOL_HAVE_GENL_INFO_DUMP
#define aoipool_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#else
#define aoipool_dump_attrs(cb) (genl_dumpit_info(cb)->attrs)
#endif

/*
 * Registration could fail while a shrinker was a static object, and cannot
 * since it is allocated: the callers see the form that may fail.
 */
#ifdef AOIPOOL_HAVE_SHRINKER_ALLOC
static inline int aoipool_shrinker_register(struct shrinker *shrinker,
					    const char *name)
{
	shrinker_register(shrinker);
	return 0;
}
#else
static inline struct shrinker *shrinker_alloc(unsigned int flags,
					      const char *name)
{
	struct shrinker *shrinker = kzalloc(sizeof(*shrinker), GFP_KERNEL);

	if (shrinker) {
		shrinker->flags = flags;
		shrinker->seeks = DEFAULT_SEEKS;
	}
	return shrinker;
}

static inline int aoipool_shrinker_register(struct shrinker *shrinker,
					    const char *name)
{
	return register_shrinker(shrinker, "%s", name);
}

/* Harmless on a shrinker whose registration failed or never came. */
static inline void shrinker_free(struct shrinker *shrinker)
{
	if (!shrinker)
		return;
	unregister_shrinker(shrinker);
	kfree(shrinker);
}
#endif

#endif /* AOIPOOL_COMPAT_H */
