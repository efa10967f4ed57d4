/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * How slots lie in slabs, and pixels in slots.  Rows and objects whose size is
 * a multiple of a large power of two fall on few cache sets; both are padded
 * away from that here.
 */
#include "layout.h"

#include <errno.h>

#include <linux/aoipool.h>

#include "aoipool.h"

#define CACHE_LINE	((size_t)64)
/*
 * With rows of a multiple of so many bytes a tile of 64 rows falls on no more
 * than 8 of the 64 sets of a usual first-level cache, and fills all their ways.
 * Measured, such rows cost up to 3.4 times the time of a column and 2.2 times
 * that of a transposition; those of an odd multiple of 256 bytes nothing worth
 * the memory.
 */
#define PITCH_BAD	((size_t)512)

/* below this, colouring would cost more than a sixteenth of the memory */
#define COLOUR_MIN	1024

#define OBJECT_ALIGN	16

/*
 * A slab of objects grows until no more than an eighth of it is left over:
 * small objects take one block, the largest four.
 */
#define WASTE_SHIFT	3

static uint32_t pixel_bytes(enum aoipool_pixel pixel)
{
	switch (pixel) {
	case AOIPOOL_PIXEL_MONO8:
		return 1;
	case AOIPOOL_PIXEL_MONO16:
		return 2;
	case AOIPOOL_PIXEL_RGB24:
		return 3;
	case AOIPOOL_PIXEL_RGBA32:
	case AOIPOOL_PIXEL_FLOAT32:
		return 4;
	}
	return 0;
}

static size_t round_up(size_t value, size_t step)
{
	return (value + step - 1) / step * step;
}

static size_t frame_pitch(size_t row_bytes)
{
	size_t pitch = round_up(row_bytes, CACHE_LINE);

	return pitch % PITCH_BAD ? pitch : pitch + CACHE_LINE;
}

int aoipool_frame_layout(uint32_t width, uint32_t height,
			 enum aoipool_pixel pixel,
			 struct aoipool_frame_layout *layout)
{
	uint32_t bytes_a_pixel = pixel_bytes(pixel);
	size_t row, bytes;

	if (!width || !height || !bytes_a_pixel || !layout)
		return -EINVAL;
	if (__builtin_mul_overflow((size_t)width, bytes_a_pixel, &row) ||
	    row > SIZE_MAX - 2 * CACHE_LINE ||
	    __builtin_mul_overflow(frame_pitch(row), height, &bytes))
		return -EOVERFLOW;
	*layout = (struct aoipool_frame_layout){
		.width = width,
		.height = height,
		.pixel = pixel,
		.pixel_bytes = bytes_a_pixel,
		.pitch = frame_pitch(row),
		.bytes = bytes,
	};
	return 0;
}

int geometry_of_frames(size_t bytes, size_t count, struct geometry *g)
{
	uint64_t blocks = (bytes >> AOIPOOL_BLOCK_SHIFT) +
			  !!(bytes & (AOIPOOL_BLOCK_BYTES - 1));

	if (!blocks || blocks > AOIPOOL_MAX_SLAB_BLOCKS)
		return -EINVAL;
	if (!count || count > AOIPOOL_MAX_SLABS)
		return -EINVAL;
	*g = (struct geometry){
		.slot_bytes = bytes,
		.stride = blocks << AOIPOOL_BLOCK_SHIFT,
		.slab_blocks = blocks,
		.slab_slots = 1,
		.nr_slabs = count,
		.index_shift = 0,
	};
	return 0;
}

/*
 * An odd number of cache lines: neighbours then start on different sets, and
 * all sets are used in turn.
 */
static size_t object_stride(size_t bytes)
{
	if (bytes < COLOUR_MIN)
		return bytes;
	return round_up(bytes, CACHE_LINE) | CACHE_LINE;
}

static uint32_t object_slab_blocks(size_t stride)
{
	size_t blocks = 1, slab;

	for (;; blocks++) {
		slab = blocks << AOIPOOL_BLOCK_SHIFT;
		if (slab % stride <= slab >> WASTE_SHIFT)
			return blocks;
	}
}

/* So that no division finds the slab: the indices behind the last slot are lost. */
static uint32_t index_shift(size_t slab_slots)
{
	uint32_t shift = 0;

	while ((size_t)1 << shift < slab_slots)
		shift++;
	return shift;
}

int geometry_of_objects(size_t bytes, size_t count, struct geometry *g)
{
	size_t slot_bytes = round_up(bytes, OBJECT_ALIGN);
	size_t stride = object_stride(slot_bytes);
	uint32_t blocks = object_slab_blocks(stride);
	size_t slab_slots = ((size_t)blocks << AOIPOOL_BLOCK_SHIFT) / stride;
	size_t slabs = count / slab_slots + !!(count % slab_slots);

	/* the refs of all pools share 32 bits of index */
	if (!slabs || slabs > AOIPOOL_MAX_SLABS ||
	    slabs << index_shift(slab_slots) > UINT32_MAX / 2)
		return -EINVAL;
	*g = (struct geometry){
		.slot_bytes = slot_bytes,
		.stride = stride,
		.slab_blocks = blocks,
		.slab_slots = slab_slots,
		.nr_slabs = slabs,
		.index_shift = index_shift(slab_slots),
	};
	return 0;
}
