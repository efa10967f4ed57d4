// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <string.h>

#include "pattern.h"

#define STRIDE	4096

static uint64_t word_at(uint64_t seed, size_t offset)
{
	uint64_t x = seed * 0x9e3779b97f4a7c15ULL + offset + 1;

	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9ULL;
	return x ^ (x >> 32);
}

static size_t piece(size_t bytes, size_t offset)
{
	return bytes - offset < 8 ? bytes - offset : 8;
}

static void write_at(char *ptr, size_t bytes, size_t offset, uint64_t seed)
{
	uint64_t word = word_at(seed, offset);

	memcpy(ptr + offset, &word, piece(bytes, offset));
}

static bool same_at(const char *ptr, size_t bytes, size_t offset, uint64_t seed)
{
	uint64_t word = word_at(seed, offset);

	return !memcmp(ptr + offset, &word, piece(bytes, offset));
}

void pattern_write(void *ptr, size_t bytes, uint64_t seed)
{
	for (size_t at = 0; at < bytes; at += 8)
		write_at(ptr, bytes, at, seed);
}

bool pattern_intact(const void *ptr, size_t bytes, uint64_t seed)
{
	for (size_t at = 0; at < bytes; at += 8) {
		if (!same_at(ptr, bytes, at, seed))
			return false;
	}
	return true;
}

static size_t last_word(size_t bytes)
{
	return bytes > 8 ? bytes - 8 : 0;
}

void pattern_sprinkle(void *ptr, size_t bytes, uint64_t seed)
{
	for (size_t at = 0; at < last_word(bytes); at += STRIDE)
		write_at(ptr, bytes, at, seed);
	write_at(ptr, bytes, last_word(bytes), seed);
}

/* The place of a sprinkled word at or after @at; @bytes if there is none. */
static size_t next_sprinkled(size_t bytes, size_t at)
{
	size_t next = (at + STRIDE - 1) / STRIDE * STRIDE;

	if (next < last_word(bytes))
		return next;
	return at <= last_word(bytes) ? last_word(bytes) : bytes;
}

bool pattern_sprinkled_in(const void *ptr, size_t bytes, uint64_t seed,
			  size_t from, size_t to)
{
	for (size_t at = next_sprinkled(bytes, from); at < to && at < bytes;
	     at = next_sprinkled(bytes, at + 1)) {
		if (!same_at(ptr, bytes, at, seed))
			return false;
	}
	return true;
}

bool pattern_sprinkled(const void *ptr, size_t bytes, uint64_t seed)
{
	return pattern_sprinkled_in(ptr, bytes, seed, 0, bytes);
}

bool pattern_zero_in(const void *ptr, size_t bytes, size_t from, size_t to)
{
	for (size_t at = next_sprinkled(bytes, from); at < to && at < bytes;
	     at = next_sprinkled(bytes, at + 1)) {
		if (!all_zero((const char *)ptr + at, piece(bytes, at)))
			return false;
	}
	return true;
}

bool all_zero(const void *ptr, size_t bytes)
{
	const char *byte = ptr;

	return !bytes || (!byte[0] && !memcmp(byte, byte + 1, bytes - 1));
}
