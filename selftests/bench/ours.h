/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * ours - pools of the project's own, as a variant's mode says: "user" or "kernel"
 * is the provider; "locked" is the user provider and, for objects, lists with a
 * lock: what there is where nobody has restartable sequences.
 */
#ifndef OURS_H
#define OURS_H

#include <aoipool.h>

/** Return: attributes of such a pool, for ours_open(). */
struct aoipool_attr *ours_attr(const char *mode);

/**
 * ours_open() - open a pool as @attr describes it, which goes in any case
 * Return: NULL; why this host cannot.
 */
const char *ours_open(struct aoipool_attr *attr, struct aoipool_pool **pool);

/** Dies when @err is one; @what was tried. */
void ours_check(int err, const char *what);

#endif
