/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * State of the process that a fork()ed child is not to have: it lives in pages
 * that the kernel wipes there, so that the child starts with zeroes and with
 * locks that are free, whatever another thread did at the moment of the fork.
 */
#ifndef WIPED_H
#define WIPED_H

#include <stddef.h>

/* Zeroes.  Return: 0; -ENOMEM; -EINVAL: the kernel wipes nothing. */
int wiped_map(size_t bytes, void **addr);

#endif
