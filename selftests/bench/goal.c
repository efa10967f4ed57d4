// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <string.h>

#include "array.h"
#include "goal.h"

#define MALLOCS	"glibc mimalloc jemalloc tcmalloc"

const struct goal goals[] = {
	{ "pair-256", "", 1.4 },
	{ "random512-256-2t", "", 1.15 },
	/* no put of theirs is checked */
	{ "bulk32-256", "", 0.33 },
	{ "bulk32-4096", "", 1.0 },
	{ "handover32-256", "dpdk-ring", 0.7 },
	{ "handover32-256", MALLOCS, 8 },
	{ "frames", "tcmalloc", 15 },
	{ "populate-1g", "hugetlb", 1.0 },
	/* rows back to back, as malloc gives them */
	{ "column", "malloc", 1.5 },
	{ "transpose", "malloc", 1.8 },
	{ "tiles", "malloc", 1.4 },
};

const unsigned int nr_goals = ARRAY_SIZE(goals);

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

/* The variant of that role with the least median: there is one of ours. */
static int best_of(const struct result *result, enum role role,
		   const char *names)
{
	int best = -1;

	for (unsigned int i = 0; i < nr_variants; i++) {
		if (result->cells[i].state != CELL_DONE ||
		    variants[i].role != role || !among(names, variants[i].name))
			continue;
		if (best < 0 ||
		    result->cells[i].median < result->cells[best].median)
			best = (int)i;
	}
	return best;
}

struct reached goal_look(const struct goal *goal, const struct report *report)
{
	const struct result *result = result_of(goal, report);
	struct reached reached = { .verdict = GOAL_UNKNOWN };
	int peer, ours;

	if (!result)
		return reached;
	peer = best_of(result, ROLE_PEER, goal->peers);
	ours = best_of(result, ROLE_OURS, "aoipool");
	if (peer < 0 || ours < 0)
		return reached;
	reached.peer = variants[peer].name;
	reached.ratio = result->cells[peer].median / result->cells[ours].median;
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
