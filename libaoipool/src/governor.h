/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The one thread of a process that has pools.  For those of the user provider it
 * plays the module's part: it watches memory, ages what is parked, warns and
 * takes.  For those of the module it hears what the module says and acts upon it.
 * What it cannot do: work while the process is stopped.
 */
#ifndef GOVERNOR_H
#define GOVERNOR_H

#include <stdint.h>

#include "governed.h"
#include "host.h"

/**
 * governor_join() - have a pool governed
 * @governed: zeroes, but for pool, reserve and teller
 *
 * The first one starts the thread, which passes the pool over until
 * governor_begin().  Return: 0; -errno, and nobody governs it.
 */
int governor_join(struct governed *governed);

/* The pool is open as a whole. */
void governor_begin(struct governed *governed);

/* The thread has done with the pool; the last one ends it. */
void governor_leave(struct governed *governed);

/* Whether this is its thread, which cannot wait for itself. */
bool governor_is_this(void);

/* Of a child: what it has inherited of its parent's. */
void governor_abandon(void);

/* Memory was brought: it may have to be given back. */
void governor_stir(void);

/* A get has failed with @err, the pool is joined. */
void governor_note_failure(struct governed *governed, int err);

/* The pool's owner has given memory back; others may wait for it. */
void governor_note_trim(struct governed *governed);

/**
 * governor_look_for_room() - before memory is brought
 * @bytes: as much as is going to be
 *
 * Return: 0; -ENOMEM, -EDQUOT: the host or the cgroup would be left with too
 * little: below that a populate does not fail, it calls the OOM killer.
 */
int governor_look_for_room(uint64_t bytes);

/* Takes as many blocks from all pools of the user provider, each its share. */
void governor_make_room(uint64_t blocks);

#endif
