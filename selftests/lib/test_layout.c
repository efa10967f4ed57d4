// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Frame layouts: pitch, sizes, overflow; where neighbouring objects begin. */
#include <stdlib.h>

#include "fixture.h"

/* Of a usual first-level cache: 64 sets of 64 bytes. */
#define LINE	64
#define SETS	64

static const struct {
	enum aoipool_pixel pixel;
	uint32_t bytes;
} pixels[] = {
	{ AOIPOOL_PIXEL_MONO8, 1 },   { AOIPOOL_PIXEL_MONO16, 2 },
	{ AOIPOOL_PIXEL_RGB24, 3 },   { AOIPOOL_PIXEL_RGBA32, 4 },
	{ AOIPOOL_PIXEL_FLOAT32, 4 },
};

#define NR_PIXELS	ARRAY_SIZE(pixels)

static struct aoipool_frame_layout layout_of(uint32_t width, uint32_t height,
					     enum aoipool_pixel pixel)
{
	struct aoipool_frame_layout layout;

	assert_ok(aoipool_frame_layout(width, height, pixel, &layout));
	return layout;
}

static void pixels_have_their_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_PIXELS; i++) {
		struct aoipool_frame_layout layout =
			layout_of(100, 10, pixels[i].pixel);

		assert_int_equal(layout.width, 100);
		assert_int_equal(layout.height, 10);
		assert_int_equal(layout.pixel, pixels[i].pixel);
		assert_int_equal(layout.pixel_bytes, pixels[i].bytes);
	}
}

static void every_width_has_a_good_pitch(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_PIXELS; i++) {
		for (uint32_t width = 1; width <= 20000; width++) {
			size_t row = (size_t)width * pixels[i].bytes;
			struct aoipool_frame_layout layout =
				layout_of(width, 3, pixels[i].pixel);

			assert_true(layout.pitch >= row);
			assert_int_equal(layout.pitch % 64, 0);
			assert_int_not_equal(layout.pitch % 512, 0);
			/* Padding is for alignment, not for waste. */
			assert_true(layout.pitch - row < 128);
			assert_int_equal(layout.bytes, layout.pitch * 3);
		}
	}
}

static void power_of_two_rows_are_padded(void **state)
{
	(void)state;
	assert_int_equal(layout_of(8192, 1, AOIPOOL_PIXEL_MONO8).pitch, 8256);
	assert_int_equal(layout_of(4096, 1, AOIPOOL_PIXEL_MONO16).pitch, 8256);
	assert_int_equal(layout_of(1024, 1, AOIPOOL_PIXEL_RGBA32).pitch, 4160);
	assert_int_equal(layout_of(1, 1, AOIPOOL_PIXEL_MONO8).pitch, 64);
}

static void rows_of_few_cache_sets_are_padded(void **state)
{
	(void)state;
	assert_int_equal(layout_of(2048, 1, AOIPOOL_PIXEL_MONO8).pitch, 2112);
	assert_int_equal(layout_of(2560, 1, AOIPOOL_PIXEL_MONO8).pitch, 2624);
	assert_int_equal(layout_of(5120, 1, AOIPOOL_PIXEL_MONO8).pitch, 5184);
	assert_int_equal(layout_of(5120, 1, AOIPOOL_PIXEL_RGB24).pitch, 15424);
}

static void rows_of_many_cache_sets_are_left_alone(void **state)
{
	(void)state;
	assert_int_equal(layout_of(640, 1, AOIPOOL_PIXEL_MONO8).pitch, 640);
	assert_int_equal(layout_of(1920, 1, AOIPOOL_PIXEL_MONO8).pitch, 1920);
	assert_int_equal(layout_of(2448, 1, AOIPOOL_PIXEL_MONO8).pitch, 2496);
}

static void zero_sizes_and_unknown_pixels_are_refused(void **state)
{
	struct aoipool_frame_layout layout;

	(void)state;
	assert_err(aoipool_frame_layout(0, 1, AOIPOOL_PIXEL_MONO8, &layout),
		   -EINVAL);
	assert_err(aoipool_frame_layout(1, 0, AOIPOOL_PIXEL_MONO8, &layout),
		   -EINVAL);
	assert_err(aoipool_frame_layout(1, 1, 0, &layout), -EINVAL);
	assert_err(aoipool_frame_layout(1, 1, 6, &layout), -EINVAL);
	assert_err(aoipool_frame_layout(1, 1, (enum aoipool_pixel)-1, &layout),
		   -EINVAL);
}

static void sizes_past_the_address_space_overflow(void **state)
{
	struct aoipool_frame_layout layout;

	(void)state;
	for (size_t i = 0; i < NR_PIXELS; i++)
		assert_err(aoipool_frame_layout(UINT32_MAX, UINT32_MAX,
						pixels[i].pixel, &layout),
			   -EOVERFLOW);
}

static void the_largest_row_is_not_cut_short(void **state)
{
	struct aoipool_frame_layout layout =
		layout_of(UINT32_MAX, 1, AOIPOOL_PIXEL_FLOAT32);

	(void)state;
	assert_true(layout.pitch >= (size_t)UINT32_MAX * 4);
	assert_int_equal(layout.bytes, layout.pitch);
}

static void pool_and_function_agree(void **state)
{
	struct aoipool_frame_layout layout, pools;

	layout = layout_of(FRAME_WIDTH, FRAME_HEIGHT, AOIPOOL_PIXEL_MONO8);
	assert_ok(aoipool_pool_frame_layout(*state, &pools));
	assert_int_equal(pools.width, layout.width);
	assert_int_equal(pools.height, layout.height);
	assert_int_equal(pools.pixel, layout.pixel);
	assert_int_equal(pools.pixel_bytes, layout.pixel_bytes);
	assert_int_equal(pools.pitch, layout.pitch);
	assert_int_equal(pools.bytes, layout.bytes);
	assert_int_equal(aoipool_pool_slot_bytes(*state), layout.bytes);
}

static void object_pools_have_no_frame_layout(void **state)
{
	struct aoipool_frame_layout layout;

	assert_err(aoipool_pool_frame_layout(*state, &layout), -ENOTTY);
}

static int by_address(const void *a, const void *b)
{
	const struct aoipool_slot *x = a, *y = b;

	return (x->ptr > y->ptr) - (x->ptr < y->ptr);
}

static unsigned int set_of(const struct aoipool_slot *slot)
{
	return (uintptr_t)slot->ptr / LINE % SETS;
}

static bool in_one_slab(const struct aoipool_slot *a,
			const struct aoipool_slot *b, size_t bytes)
{
	return (uintptr_t)b->ptr - (uintptr_t)a->ptr < bytes + 2 * LINE;
}

/* As many neighbours as there are sets: each on a set of its own. */
static void assert_coloured(const struct aoipool_slot *slots, size_t n,
			    size_t bytes)
{
	uint64_t used = 0;
	size_t run = 0;

	for (size_t i = 0; i < n; i++) {
		if (run == SETS ||
		    (run && !in_one_slab(&slots[i - 1], &slots[i], bytes)))
			used = run = 0;
		assert_false(used >> set_of(&slots[i]) & 1);
		used |= 1ULL << set_of(&slots[i]);
		run++;
	}
}

static void neighbouring_objects_begin_in_different_cache_sets(void **state)
{
	const size_t sizes[] = { 1024, 2048,  4096,  8192,   12288,
				 4160, 16384, 65536, 131072, 1 << 20 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct aoipool_pool *pool =
			open_objects(sizes[i], 3 * BLOCK_BYTES / sizes[i]);
		size_t n;
		struct aoipool_slot *slots = get_all(pool, &n);

		qsort(slots, n, sizeof(*slots), by_address);
		assert_coloured(slots, n, sizes[i]);
		put_all(pool, slots, n);
		free(slots);
		assert_ok(aoipool_pool_close(pool));
	}
}

static size_t bytes_apart(struct aoipool_pool *pool)
{
	struct aoipool_slot slots[8];
	size_t least = SIZE_MAX, apart;

	assert_ok(aoipool_get_many(pool, slots, 8, 0));
	qsort(slots, 8, sizeof(slots[0]), by_address);
	for (size_t i = 1; i < 8; i++) {
		apart = (char *)slots[i].ptr - (char *)slots[i - 1].ptr;
		least = apart < least ? apart : least;
	}
	put_all(pool, slots, 8);
	return least;
}

/* Less than two lines an object; small objects have no colour. */
static void colour_costs_little(void **state)
{
	const size_t sizes[] = { 16,   48,   512,   1008,   1024,   1040,
				 2048, 4096, 10000, 65536, 100000, 1 << 20 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct aoipool_pool *pool = open_objects(sizes[i], 8);
		size_t most = sizes[i] < 1024 ? 0 : 2 * LINE - 1;

		assert_in_range(bytes_apart(pool), sizes[i], sizes[i] + most);
		assert_ok(aoipool_pool_close(pool));
	}
}

int main(void)
{
	const struct CMUnitTest layout[] = {
		cmocka_unit_test(pixels_have_their_sizes),
		cmocka_unit_test(every_width_has_a_good_pitch),
		cmocka_unit_test(power_of_two_rows_are_padded),
		cmocka_unit_test(rows_of_few_cache_sets_are_padded),
		cmocka_unit_test(rows_of_many_cache_sets_are_left_alone),
		cmocka_unit_test(
			neighbouring_objects_begin_in_different_cache_sets),
		cmocka_unit_test(colour_costs_little),
		cmocka_unit_test(zero_sizes_and_unknown_pixels_are_refused),
		cmocka_unit_test(sizes_past_the_address_space_overflow),
		cmocka_unit_test(the_largest_row_is_not_cut_short),
		cmocka_unit_test_setup_teardown(pool_and_function_agree,
						four_frames, close_pool),
		cmocka_unit_test_setup_teardown(
			object_pools_have_no_frame_layout, small_objects,
			close_pool),
	};

	return RUN(layout);
}
