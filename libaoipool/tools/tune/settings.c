// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The three thresholds depend on each other: the module takes no value that is
 * not between its neighbours at that moment.  So those that grow go first, from
 * the topmost down, and those that shrink after them, from the lowest up: then
 * each has its room when its turn comes.
 */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

static const char *const thresholds[] = {
	"pressure/critical_percent", "pressure/high_percent",
	"pressure/low_percent",
};

#define NR_THRESHOLDS	(sizeof(thresholds) / sizeof(*thresholds))

static struct setting *find(const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->nr; i++)
		if (!strcmp(settings->list[i].tunable.name, name))
			return &settings->list[i];
	return NULL;
}

static int add_one(struct settings *settings, const struct tunable *tunable,
		   const char *text, unsigned int line, char *why)
{
	struct setting setting = { .tunable = *tunable, .line = line };
	char what[TUNABLE_WHY_BYTES];
	const struct setting *other = find(settings, tunable->name);

	if (other && other->line)
		snprintf(why, SETTINGS_WHY_BYTES, "%s: line %u has it already",
			 tunable->name, other->line);
	else if (other)
		snprintf(why, SETTINGS_WHY_BYTES, "%s is there twice",
			 tunable->name);
	if (other)
		return -EEXIST;
	if (tunable_parse(tunable, text, setting.value, what)) {
		snprintf(why, SETTINGS_WHY_BYTES, "%s: %s", tunable->name, what);
		return -EINVAL;
	}
	return array_add(&settings->list, &settings->nr, &setting);
}

static void no_such_tunable(const char *name, char *why)
{
	unsigned int node;

	if (sscanf(name, "node%u/", &node) == 1)
		snprintf(why, SETTINGS_WHY_BYTES,
			 "there is no tunable \"%.100s\" here: either the host "
			 "has no node %u, or nodes have no such tunable",
			 name, node);
	else
		snprintf(why, SETTINGS_WHY_BYTES,
			 "there is no tunable \"%.100s\": 'aoipoolctl tune' "
			 "lists them", name);
}

int settings_add(struct settings *settings, const struct tunables *tunables,
		 const char *name, const char *text, unsigned int line,
		 char why[SETTINGS_WHY_BYTES])
{
	size_t found = 0;
	int err = 0;

	for (size_t i = 0; i < tunables->nr && !err; i++) {
		if (!tunable_is(&tunables->list[i], name))
			continue;
		found++;
		err = add_one(settings, &tunables->list[i], text, line, why);
	}
	if (found)
		return err;
	no_such_tunable(name, why);
	return -ENOENT;
}

/* What a threshold will be: -1 where that is not to be known. */
static int threshold_to_be(const struct settings *settings, size_t i)
{
	const struct setting *setting = find(settings, thresholds[i]);
	uint64_t now;

	if (setting)
		return atoi(setting->value);
	return tunable_read_number(thresholds[i], &now) ? -1 : (int)now;
}

static int check_thresholds(const struct settings *settings, char *why)
{
	int lower, upper;

	for (size_t i = 0; i + 1 < NR_THRESHOLDS; i++) {
		if (!find(settings, thresholds[i]) &&
		    !find(settings, thresholds[i + 1]))
			continue;
		lower = threshold_to_be(settings, i);
		upper = threshold_to_be(settings, i + 1);
		if (lower < 0 || upper < 0 || lower <= upper)
			continue;
		snprintf(why, SETTINGS_WHY_BYTES,
			 "%s would be %d, above %s, which would be %d: a worse "
			 "level begins with less memory",
			 thresholds[i], lower, thresholds[i + 1], upper);
		return -EINVAL;
	}
	return 0;
}

int settings_check(struct settings *settings, char why[SETTINGS_WHY_BYTES])
{
	int err;

	for (size_t i = 0; i < settings->nr; i++) {
		struct setting *setting = &settings->list[i];

		err = tunable_current(&setting->tunable, setting->before);
		if (err) {
			snprintf(why, SETTINGS_WHY_BYTES, "cannot read %s: %s",
				 setting->tunable.name, strerror(-err));
			return err;
		}
		setting->is_changed = strcmp(setting->value, setting->before);
	}
	return check_thresholds(settings, why);
}

static bool is_threshold(const struct setting *setting)
{
	for (size_t i = 0; i < NR_THRESHOLDS; i++)
		if (!strcmp(setting->tunable.name, thresholds[i]))
			return true;
	return false;
}

static void order_threshold(const struct settings *settings,
			    struct setting **order, size_t *nr, size_t i,
			    bool growing)
{
	struct setting *setting = find(settings, thresholds[i]);

	if (setting && setting->is_changed &&
	    (atoi(setting->value) > atoi(setting->before)) == growing)
		order[(*nr)++] = setting;
}

static size_t order_all(const struct settings *settings, struct setting **order)
{
	size_t nr = 0;

	for (size_t i = NR_THRESHOLDS; i-- > 0;)
		order_threshold(settings, order, &nr, i, true);
	for (size_t i = 0; i < NR_THRESHOLDS; i++)
		order_threshold(settings, order, &nr, i, false);
	for (size_t i = 0; i < settings->nr; i++)
		if (settings->list[i].is_changed &&
		    !is_threshold(&settings->list[i]))
			order[nr++] = &settings->list[i];
	return nr;
}

/* The last one first: each step came from where this leads back to. */
static void put_back(struct setting **order, size_t nr, char *why)
{
	size_t len;

	while (nr--) {
		if (!tunable_write(order[nr]->tunable.name, order[nr]->before))
			continue;
		len = strlen(why);
		snprintf(why + len, SETTINGS_WHY_BYTES - len,
			 "; %s could not be put back to %s",
			 order[nr]->tunable.name, order[nr]->before);
	}
}

/* Of a file: aoipool_strerror() would speak of pools. */
static const char *reason(int err)
{
	switch (err) {
	case -EACCES:
	case -EPERM:
		return "only root may set it";
	case -EINVAL:
		return "the module does not take it, the kernel log says what it takes";
	default:
		return strerror(-err);
	}
}

static int write_all(struct setting **order, size_t nr, char *why)
{
	int err;

	for (size_t i = 0; i < nr; i++) {
		err = tunable_write(order[i]->tunable.name, order[i]->value);
		if (!err)
			continue;
		snprintf(why, SETTINGS_WHY_BYTES, "%s = %s: %s",
			 order[i]->tunable.name, order[i]->value, reason(err));
		put_back(order, i, why);
		return err;
	}
	return 0;
}

int settings_apply(struct settings *settings, char why[SETTINGS_WHY_BYTES])
{
	struct setting **order = calloc(settings->nr + 1, sizeof(*order));
	int err;

	if (!order) {
		snprintf(why, SETTINGS_WHY_BYTES, "no memory");
		return -ENOMEM;
	}
	err = write_all(order, order_all(settings, order), why);
	free(order);
	return err;
}

void settings_free(struct settings *settings)
{
	free(settings->list);
	*settings = (struct settings){ 0 };
}
