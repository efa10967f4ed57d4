// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A screen of 80 columns and 24 lines, the last for the prompt.  Nodes and
 * processes have room for a few; the largest holders get what is left.
 */
#include "status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include <aoipool.h>

#include "note.h"
#include "unit.h"

#define LINES		23
#define MOST_NODES	4
#define MOST_USERS	2
#define BAR_WIDTH	30

/* Counts lines; a text has no newline in it. */
struct screen_left {
	int lines;
};

__attribute__((format(printf, 2, 3)))
static void line(struct screen_left *left, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	left->lines--;
}

__attribute__((format(printf, 2, 3)))
static void heading(struct screen_left *left, const char *format, ...)
{
	va_list args;

	fputs(terminal_colour(COLOUR_BOLD), stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	puts(terminal_colour(COLOUR_PLAIN));
	left->lines--;
}

static void print_title(struct screen_left *left, const struct status *status)
{
	const struct sample *sample = &status->sample;
	const char *version = status->module_version;
	char text[96], when[32];
	struct tm local;

	if (sample->has_module)
		snprintf(text, sizeof(text), "module %.20s, ABI %u",
			 *version ? version : "(version unknown)",
			 sample->host.abi_version);
	else
		snprintf(text, sizeof(text), "module not loaded");
	localtime_r(&sample->time.tv_sec, &local);
	strftime(when, sizeof(when), "%F %T", &local);
	heading(left, "aoipool: library %-8.8s  %-32s %20s", aoipool_version(),
		text, when);
}

static void print_memory(struct screen_left *left, const char *name,
			 const struct aoipool_node_state *of)
{
	line(left, "%-8s%s%-9s%s%10s of %10s%8s%10s%10s%10s", name,
	     terminal_colour(terminal_level_colour(of->level)),
	     level_name(of->level), terminal_colour(COLOUR_PLAIN),
	     unit_bytes(of->available_bytes).text,
	     unit_bytes(of->total_bytes).text,
	     unit_percent(of->available_bytes, of->total_bytes).text,
	     unit_bytes(of->pool_bytes).text, unit_bytes(of->depot_bytes).text,
	     unit_bytes(of->reclaimed_bytes).text);
}

static struct aoipool_node_state whole(const struct aoipool_host_state *host)
{
	return (struct aoipool_node_state){
		.level = host->level,
		.available_bytes = host->available_bytes,
		.total_bytes = host->total_bytes,
		.pool_bytes = host->pool_bytes,
		.depot_bytes = host->depot_bytes,
		.reclaimed_bytes = host->reclaimed_bytes,
	};
}

static void print_nodes(struct screen_left *left, const struct sample *sample)
{
	struct aoipool_node_state host = whole(&sample->host);
	size_t i, nr = sample->nr_nodes;
	char name[16];

	heading(left, "%-8s%-9s%-32s%10s%10s%10s", "MEMORY", "LEVEL",
		" AVAILABLE", "IN POOLS", "IN DEPOT", "RECLAIMED");
	print_memory(left, "host", &host);
	for (i = 0; i < nr && (i < MOST_NODES - 1 || nr <= MOST_NODES); i++) {
		snprintf(name, sizeof(name), "node %d", sample->nodes[i].node);
		print_memory(left, name, &sample->nodes[i]);
	}
	if (i < nr)
		line(left, "and %zu nodes more: --json has them", nr - i);
}

static void print_kind(struct screen_left *left, const char *name,
		       uint64_t bytes, uint64_t all, const char *what)
{
	uint64_t width = all ? (bytes * BAR_WIDTH + all / 2) / all : 0;
	static const char full[] = "##############################";
	static const char empty[] = "..............................";

	if (bytes && !width)
		width = 1;	/* little is not nothing */
	line(left, "  %-12s%10s %8s  %.*s%.*s  %s", name,
	     unit_bytes(bytes).text, unit_percent(bytes, all).text, (int)width,
	     full, (int)(BAR_WIDTH - width), empty, what);
}

static void print_kinds(struct screen_left *left, const struct kinds *kinds)
{
	uint64_t all = kinds->leased_bytes + kinds->reclaimable_bytes +
		       kinds->reserved_bytes + kinds->apart_bytes +
		       kinds->free_bytes;

	print_kind(left, "leased", kinds->leased_bytes, all, "held");
	print_kind(left, "reclaimable", kinds->reclaimable_bytes, all, "idle");
	print_kind(left, "reserved", kinds->reserved_bytes, all, "idle, kept");
	print_kind(left, "apart", kinds->apart_bytes, all, "idle, pinned");
	print_kind(left, "free", kinds->free_bytes, all, "to be had");
}

static const char *warning(uint64_t value)
{
	return terminal_colour(value ? COLOUR_RED : COLOUR_PLAIN);
}

static void print_counters(struct screen_left *left,
			   const struct aoipool_host_state *host)
{
	const char *plain = terminal_colour(COLOUR_PLAIN);

	line(left, "  since load: %sfailures %" PRIu64 "%s, %sOOM calls %" PRIu64
	     "%s, swept slabs %" PRIu64 ", events %" PRIu64 " (%s%" PRIu64
	     " lost%s)",
	     warning(host->failures), host->failures, plain,
	     warning(host->oom_calls), host->oom_calls, plain,
	     host->swept_slabs, host->seq, warning(host->lost), host->lost,
	     plain);
}

static void print_kernel(struct screen_left *left, const struct sample *sample)
{
	const struct aoipool_host_state *host = &sample->host;
	struct kinds kinds = kinds_of_module(host);

	line(left, "%s", "");
	heading(left, "KERNEL PROVIDER: %u pool%s, %s of at most %s",
		host->nr_pools, host->nr_pools == 1 ? "" : "s",
		unit_bytes(host->pool_bytes).text,
		unit_bytes(host->limit_bytes).text);
	print_kinds(left, &kinds);
	print_counters(left, host);
}

static void print_user(struct screen_left *left,
		       const struct user_process *process)
{
	char name[32];

	snprintf(name, sizeof(name), "%s %u", process->comm, process->pid);
	line(left, "  %-23.23s%6u  %s%-8s%s%13s%13s%13s", name,
	     process->nr_pools,
	     terminal_colour(terminal_level_colour(process->level)),
	     level_name(process->level), terminal_colour(COLOUR_PLAIN),
	     unit_bytes(process->kinds.leased_bytes).text,
	     unit_bytes(process->kinds.reclaimable_bytes).text,
	     unit_bytes(process->kinds.reserved_bytes).text);
}

static void print_users(struct screen_left *left,
			const struct user_processes *users)
{
	size_t i, nr = users->nr;

	line(left, "%s", "");
	if (!nr) {
		heading(left, "USER PROVIDER: no process");
		return;
	}
	heading(left, "%-25s%6s  %-8s%13s%13s%13s", "USER PROVIDER", "POOLS",
		"LEVEL", "LEASED", "RECLAIMABLE", "RESERVED");
	for (i = 0; i < nr && (i < MOST_USERS - 1 || nr <= MOST_USERS); i++)
		print_user(left, &users->rows[i]);
	if (i < nr)
		line(left, "  and %zu processes more: 'aoipoolctl pools' has "
			   "them", nr - i);
	line(left, "  not promised: reclaim while stopped, OOM notifier, sweep "
		   "by the kernel");
}

static void print_holding(struct screen_left *left, const struct holding *row)
{
	char hint[PROCESS_HINT_BYTES], name[32], pool[64];

	snprintf(name, sizeof(name), "%s %u", *row->comm ? row->comm : "?",
		 row->pid);
	snprintf(pool, sizeof(pool), "%s %s", row->pool, row->pool_id);
	holding_hint(row, hint);
	line(left, "  %-16.16s %-14.14s%10s%11s %c %.23s", name, pool,
	     unit_bytes(row->bytes).text,
	     row->has_ages ? unit_time(row->oldest_ns).text : "?",
	     row->doer.state ? row->doer.state : '-', hint);
}

static void print_holdings(struct screen_left *left,
			   const struct holdings *holdings)
{
	size_t i, nr = holdings->nr;

	line(left, "%s", "");
	if (!nr) {
		heading(left, "LARGEST HOLDERS: none");
		return;
	}
	heading(left, "%-18s %-14s%10s%11s S NOTE", "LARGEST HOLDERS", "POOL",
		"BYTES", "OLDEST");
	for (i = 0; i < nr && (i < 1 || left->lines > 1); i++)
		print_holding(left, &holdings->rows[i]);
}

void status_print(const struct status *status)
{
	struct screen_left left = { .lines = LINES };
	char hidden[NOTE_BYTES];

	note_hidden(&status->sample, hidden);
	left.lines -= *hidden != '\0';
	print_title(&left, status);
	if (status->sample.has_module) {
		print_nodes(&left, &status->sample);
		print_kernel(&left, &status->sample);
	} else {
		line(&left, "Pools of the user provider only.  To load the "
			    "module: 'aoipoolctl load'.");
	}
	print_users(&left, &status->users);
	print_holdings(&left, &status->holdings);
	if (*hidden)
		line(&left, "%s", hidden);
}
