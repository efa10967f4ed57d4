// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The 32 bits of index that the pools of a process share. */
#include "fixture.h"
#include "process.h"
#include "refspace.h"

/* Of each size at most 15 to a gap, and there are few gaps. */
#define MANY	600

static struct refrange filling[MANY];

static struct refrange add(uint32_t slots, struct refrange *range)
{
	*range = (struct refrange){ .slots = slots, .type = "a@0" };
	assert_ok(refspace_add(range));
	return *range;
}

/* Every index that nobody has; return: ranges that it took. */
static size_t fill(void)
{
	size_t n = 0;

	for (int shift = 28; shift >= 0; shift -= 4) {
		int err = 0;

		while (!err) {
			assert_true(n < MANY);
			filling[n] = (struct refrange){ .slots = 1U << shift };
			err = refspace_add(&filling[n]);
			n += !err;
		}
		assert_err(err, -ENOSPC);
	}
	return n;
}

static void empty(size_t n)
{
	while (n--)
		refspace_remove(&filling[n]);
}

static bool overlap(const struct refrange *a, const struct refrange *b)
{
	return a->base < (uint64_t)b->base + b->slots &&
	       b->base < (uint64_t)a->base + a->slots;
}

static void ranges_never_overlap_and_never_hold_0(void **state)
{
	struct refrange ranges[8];

	(void)state;
	/* Round and round, with gaps of all kinds. */
	for (unsigned int turn = 0; turn < 40; turn++) {
		for (size_t i = 0; i < 8; i++)
			add(0x08000000 + (uint32_t)(i * turn), &ranges[i]);
		for (size_t i = 0; i < 8; i++) {
			assert_true(ranges[i].base > 0);
			for (size_t j = 0; j < i; j++)
				assert_false(overlap(&ranges[i], &ranges[j]));
		}
		for (size_t i = 0; i < 8; i++)
			refspace_remove(&ranges[(i * 3 + turn) % 8]);
	}
}

static void a_full_space_refuses_and_recovers(void **state)
{
	struct refrange last = { .slots = 1 };
	size_t n = fill();

	(void)state;
	assert_err(refspace_add(&last), -ENOSPC);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++)
			assert_false(overlap(&filling[i], &filling[j]));
	}
	empty(n);
	assert_ok(refspace_add(&last));
	refspace_remove(&last);
}

static void the_only_gap_is_found(void **state)
{
	struct refrange one, gap, two, three;
	size_t n;

	(void)state;
	add(100, &one);
	add(1000, &gap);
	add(100, &two);
	n = fill();
	refspace_remove(&gap);
	add(1000, &three);
	assert_int_equal(three.base, gap.base);
	empty(n);
	refspace_remove(&one);
	refspace_remove(&two);
	refspace_remove(&three);
}

static void a_stranger_is_named_by_its_type(void **state)
{
	struct refrange mine, same, other = { .slots = 10, .type = "b@0" };

	(void)state;
	add(10, &mine);
	add(10, &same);
	assert_ok(refspace_add(&other));
	assert_err(refspace_misuse(&mine, same.base), -EXDEV);
	assert_err(refspace_misuse(&mine, same.base + 9), -EXDEV);
	assert_err(refspace_misuse(&mine, other.base), -EPROTOTYPE);
	assert_err(refspace_misuse(&mine, other.base + 10), -EINVAL);
	assert_err(refspace_misuse(&mine, 0), -EINVAL);
	refspace_remove(&same);
	assert_err(refspace_misuse(&mine, same.base), -EINVAL);
	refspace_remove(&other);
	refspace_remove(&mine);
}

static void a_pool_without_indices_leaves_nothing(void **state)
{
	struct footprint before, after;
	size_t n;

	(void)state;
	/* What the first pool of a process starts for good is not counted. */
	assert_ok(aoipool_pool_close(open_frames(2)));
	before = process_footprint();
	n = fill();
	open_refused(frame_attr(2), -ENOSPC);
	after = process_footprint();
	assert_int_equal(after.descriptors, before.descriptors);
	assert_int_equal(after.mappings, before.mappings);
	assert_int_equal(after.threads, before.threads);
	empty(n);
	assert_ok(aoipool_pool_close(open_frames(2)));
}

/* Its refs would fit again, were it not for the salt. */
static void a_range_used_again_has_another_salt(void **state)
{
	struct refrange old, again;
	size_t n;

	(void)state;
	add(10, &old);
	n = fill();
	refspace_remove(&old);
	add(10, &again);
	assert_int_equal(again.base, old.base);
	assert_int_not_equal(again.salt, old.salt);
	refspace_remove(&again);
	empty(n);
}

int main(void)
{
	const struct CMUnitTest refspace[] = {
		cmocka_unit_test(ranges_never_overlap_and_never_hold_0),
		cmocka_unit_test(a_full_space_refuses_and_recovers),
		cmocka_unit_test(the_only_gap_is_found),
		cmocka_unit_test(a_stranger_is_named_by_its_type),
		cmocka_unit_test(a_pool_without_indices_leaves_nothing),
		cmocka_unit_test(a_range_used_again_has_another_salt),
	};

	return RUN(refspace);
}
