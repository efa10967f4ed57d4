/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a piece of memory holds: a stamp in every page where speed matters,
 * every byte where it is about secrets.
 */
#ifndef CONTENT_H
#define CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/* One word a page, the same in every page. */
void stamp_write(void *mem, size_t bytes, __u64 stamp);
bool stamp_is(const void *mem, size_t bytes, __u64 stamp);

/* Every byte. */
void pattern_fill(void *mem, size_t bytes, __u64 pattern);
bool pattern_is(const void *mem, size_t bytes, __u64 pattern);

/*
 * Touch one byte and say what came of it: 0, or the signal that the touch
 * raised (SIGBUS, SIGSEGV).  Any thread may call; reads return the byte.
 */
int touch_read(const void *mem, unsigned char *byte);
int touch_write(void *mem, unsigned char byte);

#endif /* CONTENT_H */
