// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <string.h>

#include "array.h"
#include "goal.h"

#define MALLOCS	"glibc mimalloc jemalloc tcmalloc"

const struct goal goals[] = {
	{ "pair-256", "", 1.4, NULL },
	{ "random512-256-2t", "", 1.15, NULL },
	/* no put of theirs is checked */
	{ "bulk32-256", "", 0.33, NULL },
	{ "bulk32-4096", "", 1.0, NULL },
	{ "handover32-256", "dpdk-ring", 0.7, NULL },
	{ "handover32-256", MALLOCS, 8, NULL },
	{ "frames", "tcmalloc", 15, NULL },
	{ "populate-1g", "hugetlb", 1.0, NULL },
	{ "populate-1g", "hugetlb", 1.0, "aoipool-kernel" },
	{ "populate-warm-1g", "hugetlb", 5, "aoipool-kernel" },
	{ "park-revive", "getppid", 10, "words" },
	{ "park-revive", "getppid", 10, "aoipool-kernel" },
	/* a count does not depend on the number of slabs */
	{ "shrink-count", "slabs-1", 0.5, "slabs-100000" },
	/* rows back to back, as malloc gives them */
	{ "column", "malloc", 1.5, NULL },
	{ "transpose", "malloc", 1.8, NULL },
	{ "tiles", "malloc", 1.4, NULL },
};

const unsigned int nr_goals = ARRAY_SIZE(goals);

const char *goal_ours(const struct goal *goal)
{
	return goal->ours ? goal->ours : "aoipool";
}

static bool among(const char *names, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = names; (at = strstr(at, name)); at += length)
		if ((at == names || at[-1] == ' ') &&
		    (!at[length] || at[length] == ' '))
			return true;
	return !*names;
}

static const struct result *result_of(const struct goal *goal,
				      const struct report *report)
{
	for (unsigned int n = 0; n < report->nr; n++)
		if (!strcmp(report->results[n].line->name, goal->line))
			return &report->results[n];
	return NULL;
}

static double median_of(const struct cell *cell)
{
	return cell->median;
}

static double minimum_of(const struct cell *cell)
{
	return cell->min;
}

/* The variant of that role with the least @value: there is one of ours. */
static int best_of(const struct result *result, enum role role,
		   const char *names, double (*value)(const struct cell *cell))
{
	const struct cell *cells = result->cells;
	int best = -1;

	for (unsigned int i = 0; i < nr_variants; i++) {
		if (cells[i].state != CELL_DONE || variants[i].role != role ||
		    !among(names, variants[i].name))
			continue;
		if (best < 0 || value(&cells[i]) < value(&cells[best]))
			best = (int)i;
	}
	return best;
}

/* The best peer's @value over ours; 0: one of them is not there. */
static double ratio_of(const struct goal *goal, const struct result *result,
		       double (*value)(const struct cell *cell))
{
	int peer = best_of(result, ROLE_PEER, goal->peers, value);
	int ours = best_of(result, ROLE_OURS, goal_ours(goal), value);

	if (peer < 0 || ours < 0)
		return 0;
	return value(&result->cells[peer]) / value(&result->cells[ours]);
}

struct reached goal_look(const struct goal *goal, const struct report *report)
{
	const struct result *result = result_of(goal, report);
	struct reached reached = { .verdict = GOAL_UNKNOWN };

	if (result)
		reached.ratio = ratio_of(goal, result, median_of);
	if (!result || !reached.ratio)
		return reached;
	reached.of_minima = ratio_of(goal, result, minimum_of);
	reached.peer = variants[best_of(result, ROLE_PEER, goal->peers,
					median_of)].name;
	reached.verdict = reached.ratio >= goal->ratio ? GOAL_MET : GOAL_MISSED;
	return reached;
}

const char *goal_word(enum verdict verdict)
{
	static const char *const words[] = {
		[GOAL_UNKNOWN] = "unknown",
		[GOAL_MISSED] = "missed",
		[GOAL_MET] = "met",
	};

	return words[verdict];
}
