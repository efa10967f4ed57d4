// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * image - the same kernels on images of 8192 x 8192 bytes that lie differently:
 * the mode is "malloc" (rows back to back), "malloc-thp" (the same in huge
 * pages) or "aoipool" (frames of a pool, with the pool's pitch).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "ours.h"
#include "random.h"
#include "work.h"

#define SIDE	8192
/*
 * Columns that are summed at once: a word.  Measured, the narrower the strip,
 * the more the pitch matters: by 2.1 at 1, 1.9 at 8, 1.6 at 16, 1.1 at 64.
 */
#define STRIP	8

#define SQUARE	64	/* transposed at once */
#define TILE	64
#define BLOCK	((size_t)2 << 20)

struct image {
	uint8_t *pixels;
	size_t pitch;
};

static const struct line *line;
static struct image source, target;
static char note[256];

static const char *open_malloc(struct image *image)
{
	image->pixels = malloc((size_t)SIDE * SIDE);
	image->pitch = SIDE;
	snprintf(note, sizeof(note), "pitch %zu", image->pitch);
	return image->pixels ? NULL : "no memory";
}

static const char *open_thp(struct image *image)
{
	image->pixels = aligned_alloc(BLOCK, (size_t)SIDE * SIDE);
	image->pitch = SIDE;
	snprintf(note, sizeof(note), "pitch %zu, MADV_HUGEPAGE", image->pitch);
	if (!image->pixels)
		return "no memory";
	if (madvise(image->pixels, (size_t)SIDE * SIDE, MADV_HUGEPAGE))
		return "this kernel has no transparent huge pages";
	return NULL;
}

static const char *open_pool(struct aoipool_pool **pool)
{
	struct aoipool_attr *attr = ours_attr("user");

	ours_check(aoipool_attr_set_frame(attr, SIDE, SIDE,
					  AOIPOOL_PIXEL_MONO8, 2),
		   "attr");
	return ours_open(attr, pool);
}

static const char *open_frame(struct image *image)
{
	static struct aoipool_pool *pool;
	const char *reason = pool ? NULL : open_pool(&pool);
	struct aoipool_frame_layout layout;
	struct aoipool_slot slot;

	if (reason)
		return reason;
	ours_check(aoipool_get(pool, &slot), "frame");
	ours_check(aoipool_pool_frame_layout(pool, &layout), "layout");
	image->pixels = slot.ptr;
	image->pitch = layout.pitch;
	snprintf(note, sizeof(note), "pitch %zu, %.200s", image->pitch,
		 aoipool_pool_provider_reason(pool));
	return NULL;
}

static void fill(const struct image *image)
{
	uint64_t state = 1, value;

	for (size_t y = 0; y < SIDE; y++)
		for (size_t x = 0; x < SIDE; x += sizeof(value)) {
			value = random_next(&state);
			memcpy(image->pixels + y * image->pitch + x, &value,
			       sizeof(value));
		}
}

static void keep(uint64_t value)
{
	__asm__ volatile("" : : "r"(value) : "memory");
}

/*
 * Images come by value, as they would in the locals of whoever writes such loops:
 * behind a pointer the compiler must read them anew after every pixel written.
 */

/* Down a narrow strip, then down the next: a cache line serves eight of them. */
static void column(struct image image)
{
	for (size_t x = 0; x < SIDE; x += STRIP) {
		uint32_t sums[STRIP] = { 0 };

		for (size_t y = 0; y < SIDE; y++) {
			const uint8_t *at = image.pixels + y * image.pitch + x;

			for (size_t i = 0; i < STRIP; i++)
				sums[i] += at[i];
		}
		for (size_t i = 0; i < STRIP; i++)
			keep(sums[i]);
	}
}

static void transpose_square(struct image from, struct image to, size_t left,
			     size_t top)
{
	for (size_t y = top; y < top + SQUARE; y++)
		for (size_t x = left; x < left + SQUARE; x++)
			to.pixels[x * to.pitch + y] =
				from.pixels[y * from.pitch + x];
}

static void transpose(struct image from, struct image to)
{
	for (size_t y = 0; y < SIDE; y += SQUARE)
		for (size_t x = 0; x < SIDE; x += SQUARE)
			transpose_square(from, to, x, y);
	keep(to.pixels[0]);
}

/* A row's sum fits into 16 bits: so the vectoriser takes eight at a time. */
static uint32_t row_sum(const uint8_t *row)
{
	uint16_t sum = 0;

	for (size_t x = 0; x < TILE; x++)
		sum += row[x];
	return sum;
}

static uint32_t row_deviation(const uint8_t *row, uint8_t mean)
{
	uint16_t sum = 0;

	for (size_t x = 0; x < TILE; x++)
		sum += (uint8_t)(row[x] > mean ? row[x] - mean : mean - row[x]);
	return sum;
}

static uint32_t tile_sum(const uint8_t *tile, size_t pitch)
{
	uint32_t sum = 0;

	for (size_t y = 0; y < TILE; y++)
		sum += row_sum(tile + y * pitch);
	return sum;
}

static uint32_t tile_deviation(const uint8_t *tile, size_t pitch, uint8_t mean)
{
	uint32_t sum = 0;

	for (size_t y = 0; y < TILE; y++)
		sum += row_deviation(tile + y * pitch, mean);
	return sum;
}

/* A tile of the inspection grid, or one that begins at any pixel. */
static const uint8_t *some_tile(struct image image, bool grid)
{
	static uint64_t state = 1;
	size_t x = random_below(&state, SIDE - TILE);
	size_t y = random_below(&state, SIDE - TILE);

	if (grid) {
		x -= x % TILE;
		y -= y % TILE;
	}
	return image.pixels + y * image.pitch + x;
}

/* Twice over each tile: its mean, then the mean distance from it. */
static void tiles(struct image image, bool grid, uint64_t n)
{
	while (n--) {
		const uint8_t *tile = some_tile(image, grid);
		uint32_t sum = tile_sum(tile, image.pitch);

		keep(tile_deviation(tile, image.pitch,
				    (uint8_t)(sum / (TILE * TILE))));
	}
}

static const char *open_images(const struct line *chosen, const char *mode)
{
	const char *(*open)(struct image *image) =
		!strcmp(mode, "aoipool")    ? open_frame :
		!strcmp(mode, "malloc-thp") ? open_thp :
					      open_malloc;
	const char *reason = open(&source);

	line = chosen;
	if (!reason)
		reason = open(&target);
	if (reason)
		return reason;
	fill(&source);
	fill(&target);
	return NULL;
}

static double run(uint64_t units)
{
	uint64_t start = clock_ns();

	if (line->kind == LINE_TILES || line->kind == LINE_TILES_ANY)
		tiles(source, line->kind == LINE_TILES, units);
	for (uint64_t i = 0; i < units && line->kind == LINE_COLUMN; i++)
		column(source);
	for (uint64_t i = 0; i < units && line->kind == LINE_TRANSPOSE; i++)
		transpose(source, target);
	return (double)(clock_ns() - start) / (double)units;
}

static const char *what(void)
{
	return note;
}

const struct work work = {
	.open = open_images,
	.run = run,
	.note = what,
};
