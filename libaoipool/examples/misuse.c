// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* misuse - double, stale, foreign, of another type, and out of thin air. */
#include <errno.h>

#include <aoipool.h>

#include "misuse.h"

/* One slot a pool: whoever gets again gets the same slot, a generation on. */
struct scene {
	struct aoipool_pool *pool;
	struct aoipool_pool *twin;	/* of the same type */
	struct aoipool_pool *other;	/* of another type */
	FILE *to;
};

static int open_pool(int provider, const char *type, struct aoipool_pool **pool)
{
	struct aoipool_attr *attr;
	int err = aoipool_attr_create(&attr);

	if (err)
		return err;
	err = aoipool_attr_set_frame(attr, 1024, 512, AOIPOOL_PIXEL_MONO8, 1);
	if (!err)
		err = aoipool_attr_set_type(attr, type, 1);
	if (!err)
		err = aoipool_attr_set_provider(
			attr, (enum aoipool_provider)provider);
	if (!err)
		err = aoipool_pool_open(attr, pool);
	aoipool_attr_destroy(attr);
	return err;
}

static int scene_open(struct scene *scene, int provider)
{
	int err = open_pool(provider, "misuse", &scene->pool);

	if (!err)
		err = open_pool(provider, "misuse", &scene->twin);
	if (!err)
		err = open_pool(provider, "misuse-other", &scene->other);
	return err;
}

static void scene_close(struct scene *scene)
{
	aoipool_pool_close(scene->pool);
	aoipool_pool_close(scene->twin);
	aoipool_pool_close(scene->other);
}

/* Put @ref into scene->pool, which must refuse it with @wanted. */
static int refused(struct scene *scene, const char *what, aoipool_ref_t ref,
		   int wanted)
{
	int err = aoipool_put(scene->pool, ref);

	fprintf(scene->to, "  %-12s %s\n", what,
		err ? aoipool_strerror(err) : "was NOT refused");
	return err == wanted ? 0 : -EPROTO;
}

/* Somebody else uses the slot meanwhile. */
static int use(struct aoipool_pool *pool)
{
	struct aoipool_slot slot;
	int err = aoipool_get(pool, &slot);

	return err ? err : aoipool_put(pool, slot.ref);
}

static int double_and_stale(struct scene *scene)
{
	struct aoipool_slot slot;
	int err = aoipool_get(scene->pool, &slot);

	if (!err)
		err = aoipool_put(scene->pool, slot.ref);
	if (!err)
		err = refused(scene, "put twice", slot.ref, -EALREADY);
	if (!err)
		err = use(scene->pool);
	if (!err)
		err = refused(scene, "stale", slot.ref, -ESTALE);
	return err;
}

static int foreign(struct scene *scene, struct aoipool_pool *owner,
		   const char *what, int wanted)
{
	struct aoipool_slot slot;
	int err = aoipool_get(owner, &slot);

	if (err)
		return err;
	err = refused(scene, what, slot.ref, wanted);
	if (aoipool_put(owner, slot.ref) && !err)
		err = -EPROTO;
	return err;
}

static int play(struct scene *scene)
{
	int err = double_and_stale(scene);

	if (!err)
		err = foreign(scene, scene->twin, "foreign", -EXDEV);
	if (!err)
		err = foreign(scene, scene->other, "wrong type", -EPROTOTYPE);
	if (!err)
		err = refused(scene, "invented", 0, -EINVAL);
	return err;
}

static void count(struct scene *scene)
{
	struct aoipool_stats stats = { .size = sizeof(stats) };

	if (aoipool_pool_stats(scene->pool, &stats))
		return;
	fprintf(scene->to,
		"  counted      %d double, %d stale, %d foreign, %d wrong type, %d invalid\n",
		(int)stats.double_puts, (int)stats.stale_refs,
		(int)stats.foreign_refs, (int)stats.wrong_type_refs,
		(int)stats.invalid_refs);
}

int misuse_show(int provider, FILE *to)
{
	struct scene scene = { .to = to };
	int err = scene_open(&scene, provider);

	fputs("\nmisuse on purpose:\n", to);
	if (err) {
		fprintf(to, "  no pool      %s\n", aoipool_strerror(err));
	} else {
		err = play(&scene);
		count(&scene);
	}
	scene_close(&scene);
	return err;
}
