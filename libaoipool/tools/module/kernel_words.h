/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What the kernel says in its log while something is tried. */
#ifndef KERNEL_WORDS_H
#define KERNEL_WORDS_H

#include <stddef.h>

#define KERNEL_WORDS_BYTES	1024

/* From now on.  Return: a descriptor for the other one; -1: it may not be read. */
int kernel_words_begin(void);

/**
 * kernel_words_end() - the lines since then that are of the module, or of loading it
 * @fd: of the other one, is closed
 * @text: lines, "" where there is none
 */
void kernel_words_end(int fd, char text[KERNEL_WORDS_BYTES]);

#endif
