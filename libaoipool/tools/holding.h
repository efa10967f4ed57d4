/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Who has what: what one thread has of one pool for one tag on one node, or what
 * many of those have together.
 *
 * Ledgers know all of that, and since when.  Of a client without one, or with one
 * that may not be read, the module knows the process, the pool, the node and how
 * much.
 */
#ifndef HOLDING_H
#define HOLDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "column.h"
#include "pool_row.h"
#include "process.h"
#include "sample.h"

/* What rows are told apart by. */
#define HOLDING_PROCESS	(1U << 0)
#define HOLDING_THREAD	(1U << 1)	/* of a process; goes with it */
#define HOLDING_TAG	(1U << 2)
#define HOLDING_POOL	(1U << 3)
#define HOLDING_NODE	(1U << 4)
#define HOLDING_ALL	(HOLDING_PROCESS | HOLDING_THREAD | HOLDING_TAG | \
			 HOLDING_POOL | HOLDING_NODE)

/**
 * struct holding - one row
 * @by: HOLDING_*: of the next members, what is the same of all in this row; the
 *	rest is of no meaning
 * @pid: 0: not known
 * @comm: of the process
 * @tid: of the thread, as its process numbers it; 0: not known
 * @doer: the thread where it is known and still there, else the process; state 0
 *	is neither
 * @is_thread: @doer is the thread
 * @tag: "" is none
 * @pool_id: as struct pool_row has it
 * @pool: likewise its name
 * @is_kernel: the pool's provider is the module
 * @node: -1: not known
 * @count: slots, or slabs where no ledger knows slots
 * @bytes: of those
 * @has_ages: a ledger says since when, of some at least; else the rest is 0
 * @oldest_ns: how long the oldest has been out
 * @ages: as struct aoipool_custody has them
 */
struct holding {
	unsigned int by;
	uint32_t pid;
	char comm[16];
	uint32_t tid;
	struct process doer;
	bool is_thread;
	char tag[AOIPOOL_TAG_BYTES];
	char pool_id[POOL_ID_BYTES];
	char pool[32];
	bool is_kernel;
	int32_t node;
	int64_t count;
	int64_t bytes;
	bool has_ages;
	uint64_t oldest_ns;
	uint64_t youngest_ns;
	int64_t ages[AOIPOOL_AGES];
};

struct holdings {
	struct holding *rows;
	size_t nr;
};

/**
 * holdings_make() - all there is in a sample
 * @sample: has SAMPLE_LEDGERS and SAMPLE_CUSTODY, SAMPLE_HOLDERS, and SAMPLE_SLABS
 *	where nodes of clients without ledgers matter
 *
 * Return: 0, and holdings_free() is the caller's to call; -ENOMEM.
 */
int holdings_make(struct holdings *holdings, const struct sample *sample);

/* Add up those that do not differ in @by, HOLDING_*; the largest first. */
void holdings_group(struct holdings *holdings, unsigned int by);

/* Keep those of which @is_kept says so. */
void holdings_keep(struct holdings *holdings,
		   bool (*is_kept)(const struct holding *, const void *arg),
		   const void *arg);

/* Fill in @doer of the first @nr; what has ended meanwhile is none. */
void holdings_look(struct holdings *holdings, size_t nr);

void holdings_free(struct holdings *holdings);

json_t *holding_json(const struct holding *holding);

/* What is odd about @doer, or that the thread has ended: "" is nothing. */
void holding_hint(const struct holding *holding, char *text);

/* "below 1 ms", "below 10 ms" ... "10,000 s and above" */
const char *holding_age_name(size_t age);

extern const struct column holding_columns[];

/**
 * holdings_print() - a table, on stdout
 * @by: as of holdings_group(): columns of what rows are not told apart by are
 *	left out
 *
 * Return: 0; -ENOMEM.
 */
int holdings_print(const struct holdings *holdings, unsigned int by);

#endif
