/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * ours - pools of the project's own, on the provider that a variant's mode names:
 * "user" or "kernel".
 */
#ifndef OURS_H
#define OURS_H

#include <aoipool.h>

/** Return: attributes of a pool of that provider, for ours_open(). */
struct aoipool_attr *ours_attr(const char *mode);

/**
 * ours_open() - open a pool as @attr describes it, which goes in any case
 * Return: NULL; why this host cannot.
 */
const char *ours_open(struct aoipool_attr *attr, struct aoipool_pool **pool);

/** Dies when @err is one; @what was tried. */
void ours_check(int err, const char *what);

#endif
