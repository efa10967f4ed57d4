/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Makes the nth of the library's system calls and allocations fail.  The calls
 * are caught by the linker (--wrap), so the library is the one that is shipped.
 */
#ifndef SELFTESTS_LIB_INJECT_H
#define SELFTESTS_LIB_INJECT_H

#include <stdbool.h>

/*
 * From here on, this thread's @nth call (from 0) fails as that call fails when
 * the kernel or the allocator has nothing to give.
 */
void inject_arm(unsigned int nth);

/* Return: what failed; NULL when there were fewer calls. */
const char *inject_disarm(void);

/* As if every /dev, /proc and /sys file were missing, in all threads. */
void inject_hide_files(bool hide);

#endif
