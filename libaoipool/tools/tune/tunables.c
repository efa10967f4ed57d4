// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "tunables.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "array.h"
#include "json.h"
#include "unit.h"

#define MS			1000000ULL
#define BLOCK_BYTES		(2ULL << 20)
#define MAX_LIMIT_BYTES		(1ULL << 52)
#define MAX_DEPOT_BYTES		(BLOCK_BYTES << 16)
#define MAX_HOLD_MS		60000
#define MAX_DECAY_MS		(24 * 3600 * 1000)
#define MAX_GRACE_MS		10000
#define MAX_WORKERS		16
#define DEFAULT_LIMIT_PERCENT	80
#define LIMIT			"limit_bytes"
#define EACH_NODE		"node*/"

static const char *const keeps[] = { "high", "low", "nothing", NULL };

#define PERCENT(file, at, what)                                             \
	{ .name = file, .unit = TUNABLE_PERCENT, .max = 100, .initial = at, \
	  .meaning = what }
#define DECAY(level, at)                                                    \
	{ .name = "policy_" level "/decay_ms", .unit = TUNABLE_TIME,        \
	  .max = MAX_DECAY_MS, .word = "never", .initial = at,              \
	  .meaning = "parked slabs are taken when idle for that time" }
#define GRACE(level, at)                                                    \
	{ .name = "policy_" level "/grace_ms", .unit = TUNABLE_TIME,        \
	  .max = MAX_GRACE_MS, .initial = at,                               \
	  .meaning = "from a rise to the level until young slabs are taken" }
#define KEEP(level, at)                                                     \
	{ .name = "policy_" level "/depot", .unit = TUNABLE_WORD,           \
	  .words = keeps, .initial = at,                                    \
	  .meaning = "the watermark up to which depots keep blocks" }
#define RESERVE(level, at)                                                  \
	{ .name = "policy_" level "/gives_reserve", .unit = TUNABLE_SWITCH, \
	  .max = 1, .initial = at,                                          \
	  .meaning = "pools that allow it lose their reserve" }
#define POLICY(level, decay, grace, keep, reserve)                          \
	DECAY(level, decay), GRACE(level, grace), KEEP(level, keep),        \
	RESERVE(level, reserve)
#define WATERMARK(file, at, what)                                           \
	{ .name = EACH_NODE file, .unit = TUNABLE_SIZE,                     \
	  .max = MAX_DEPOT_BYTES, .initial = at, .meaning = what }

static const struct tunable_kind kinds[] = {
	{ .name = LIMIT, .unit = TUNABLE_SIZE, .min = BLOCK_BYTES,
	  .max = MAX_LIMIT_BYTES, .word = "0", .initial = "0",
	  .initial_is = "80 % of RAM",
	  .meaning = "bound on what pools and depots have" },
	{ .name = "idle_max_bytes", .unit = TUNABLE_SIZE,
	  .max = MAX_LIMIT_BYTES, .word = "unlimited", .initial = "unlimited",
	  .meaning = "what all pools together may have parked" },
	{ .name = "clear_mode", .unit = TUNABLE_WORD,
	  .words_in = "clear_modes", .meaning = "how blocks are cleared" },
	{ .name = "populate_workers", .unit = TUNABLE_NUMBER,
	  .max = MAX_WORKERS, .initial = "4",
	  .meaning = "workers on each node that help a big populate" },
	PERCENT("pressure/low_percent", "20",
		"less available memory is level low"),
	PERCENT("pressure/high_percent", "10",
		"less available memory is level high"),
	PERCENT("pressure/critical_percent", "5",
		"less available memory is level critical"),
	PERCENT("pressure/hysteresis_percent", "3",
		"so much more must be available for a level to end"),
	{ .name = "pressure/hold_ms", .unit = TUNABLE_TIME, .max = MAX_HOLD_MS,
	  .initial = "1000",
	  .meaning = "and so long nothing have happened, for a level to end" },
	POLICY("none", "10000", "0", "high", "0"),
	POLICY("low", "1000", "500", "low", "0"),
	POLICY("high", "0", "100", "nothing", "0"),
	POLICY("critical", "0", "0", "nothing", "1"),
	WATERMARK("depot_low_bytes", "16777216",
		  "below this a worker fills the depot of the node"),
	WATERMARK("depot_high_bytes", "67108864",
		  "clean blocks that the depot of the node keeps ready"),
};

#define NR_KINDS	(sizeof(kinds) / sizeof(*kinds))

static bool is_of_nodes(const struct tunable_kind *kind)
{
	return !strncmp(kind->name, EACH_NODE, strlen(EACH_NODE));
}

/* An older module may have fewer. */
static int add_if_there(struct tunables *tunables, const struct tunable *tunable)
{
	char value[TUNABLE_BYTES];
	int err = tunable_read(tunable->name, value);

	if (err)
		return err == -ENOENT ? 0 : err;
	return array_add(&tunables->list, &tunables->nr, tunable);
}

static int add_of_node(struct tunables *tunables,
		       const struct tunable_kind *kind, unsigned int node)
{
	struct tunable tunable = { .kind = kind };

	snprintf(tunable.name, sizeof(tunable.name), "node%u/%s", node,
		 kind->name + strlen(EACH_NODE));
	return add_if_there(tunables, &tunable);
}

static int add_one(struct tunables *tunables, const struct tunable_kind *kind)
{
	struct tunable tunable = { .kind = kind };

	snprintf(tunable.name, sizeof(tunable.name), "%s", kind->name);
	return add_if_there(tunables, &tunable);
}

static int is_node(const struct dirent *entry)
{
	unsigned int node;
	int end = 0;

	sscanf(entry->d_name, "node%u%n", &node, &end);
	return end && !entry->d_name[end];
}

static int add_nodes(struct tunables *tunables)
{
	struct dirent **nodes;
	int nr = scandir(tunable_folder(), &nodes, is_node, versionsort);
	int err = nr < 0 ? -errno : 0;

	for (int i = 0; i < nr; i++) {
		for (size_t k = 0; k < NR_KINDS && !err; k++)
			if (is_of_nodes(&kinds[k]))
				err = add_of_node(tunables, &kinds[k],
						  atoi(nodes[i]->d_name + 4));
		free(nodes[i]);
	}
	if (nr >= 0)
		free(nodes);
	return err;
}

int tunables_list(struct tunables *tunables)
{
	int err = access(tunable_folder(), F_OK) ? -ENODEV : 0;

	*tunables = (struct tunables){ 0 };
	for (size_t k = 0; k < NR_KINDS && !err; k++)
		if (!is_of_nodes(&kinds[k]))
			err = add_one(tunables, &kinds[k]);
	if (!err)
		err = add_nodes(tunables);
	if (err)
		tunables_free(tunables);
	return err;
}

void tunables_free(struct tunables *tunables)
{
	free(tunables->list);
	*tunables = (struct tunables){ 0 };
}

const struct tunable *tunables_find(const struct tunables *tunables,
				    const char *name)
{
	for (size_t i = 0; i < tunables->nr; i++)
		if (!strcmp(tunables->list[i].name, name))
			return &tunables->list[i];
	return NULL;
}

bool tunable_is(const struct tunable *tunable, const char *pattern)
{
	return !strcmp(tunable->name, pattern) ||
	       (is_of_nodes(tunable->kind) &&
		!strcmp(tunable->kind->name, pattern));
}

/* "a, b or c" of words that lie in a row, each with its NUL. */
static void join(char *text, size_t bytes, const char *const *words)
{
	size_t at = 0;

	*text = '\0';
	for (; *words && at < bytes; words++)
		at += snprintf(text + at, bytes - at, "%s%s",
			       !at ? "" : words[1] ? ", " : " or ", *words);
}

#define MAX_WORDS	16

/**
 * struct choice - the words that a tunable takes
 * @text: where those are kept that were read from the module
 */
struct choice {
	const char *words[MAX_WORDS + 1];
	char text[TUNABLE_BYTES];
};

static int choice_read(struct choice *choice, const char *file)
{
	int err = tunable_read(file, choice->text);
	char *rest = choice->text, *word;
	size_t nr = 0;

	if (err)
		return err;
	while (nr < MAX_WORDS && (word = strsep(&rest, " ")))
		if (*word)
			choice->words[nr++] = word;
	return 0;
}

static int choice_of(const struct tunable *tunable, struct choice *choice)
{
	const struct tunable_kind *kind = tunable->kind;

	*choice = (struct choice){ 0 };
	if (kind->words_in)
		return choice_read(choice, kind->words_in);
	for (size_t i = 0; i < MAX_WORDS && kind->words[i]; i++)
		choice->words[i] = kind->words[i];
	return 0;
}

static int parse_word(const struct tunable *tunable, const char *text,
		      char *value)
{
	struct choice choice;
	int err = choice_of(tunable, &choice);

	for (size_t i = 0; !err && choice.words[i]; i++) {
		if (strcasecmp(choice.words[i], text))
			continue;
		snprintf(value, TUNABLE_BYTES, "%s", choice.words[i]);
		return 0;
	}
	return err ? err : -EINVAL;
}

static int parse_switch(const char *text, char *value)
{
	static const char *const offs[] = { "0", "off", "no", "false" };
	static const char *const ons[] = { "1", "on", "yes", "true" };

	for (size_t i = 0; i < sizeof(ons) / sizeof(*ons); i++) {
		if (strcasecmp(text, ons[i]) && strcasecmp(text, offs[i]))
			continue;
		strcpy(value, strcasecmp(text, ons[i]) ? "0" : "1");
		return 0;
	}
	return -EINVAL;
}

static int parse_number(const char *text, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return errno || *end ? -EINVAL : 0;
}

/* "20", "20%" and "20 %" */
static int parse_percent(const char *text, uint64_t *number)
{
	size_t len = strlen(text);
	char digits[8];

	if (len && text[len - 1] == '%')
		len--;
	while (len && text[len - 1] == ' ')
		len--;
	if (len >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, len);
	digits[len] = '\0';
	return parse_number(digits, number);
}

/* Without a unit: as the file has it, in milliseconds. */
static int parse_time(const char *text, uint64_t *number)
{
	uint64_t ns;
	int err;

	if (!parse_number(text, number))
		return 0;
	err = unit_parse_time(text, &ns);
	if (!err && ns % MS)
		return -EINVAL;
	*number = ns / MS;
	return err;
}

static int parse_by_unit(const struct tunable *tunable, const char *text,
			 uint64_t *number)
{
	switch (tunable->kind->unit) {
	case TUNABLE_SIZE:
		return parse_number(text, number) ?
			       unit_parse_bytes(text, number) : 0;
	case TUNABLE_TIME:
		return parse_time(text, number);
	case TUNABLE_PERCENT:
		return parse_percent(text, number);
	default:
		return parse_number(text, number);
	}
}

static int parse_in_range(const struct tunable *tunable, const char *text,
			  char *value)
{
	const struct tunable_kind *kind = tunable->kind;
	uint64_t number = 0;

	if (kind->word && !strcasecmp(text, kind->word)) {
		snprintf(value, TUNABLE_BYTES, "%s", kind->word);
		return 0;
	}
	if (parse_by_unit(tunable, text, &number) || number < kind->min ||
	    number > kind->max)
		return -EINVAL;
	snprintf(value, TUNABLE_BYTES, "%llu", (unsigned long long)number);
	return 0;
}

int tunable_parse(const struct tunable *tunable, const char *text,
		  char value[TUNABLE_BYTES], char why[TUNABLE_WHY_BYTES])
{
	char range[TUNABLE_WHY_BYTES - 100];
	int err;

	if (tunable->kind->unit == TUNABLE_WORD)
		err = parse_word(tunable, text, value);
	else if (tunable->kind->unit == TUNABLE_SWITCH)
		err = parse_switch(text, value);
	else
		err = parse_in_range(tunable, text, value);
	if (!err)
		return 0;
	tunable_range(tunable, range, sizeof(range));
	snprintf(why, TUNABLE_WHY_BYTES, "\"%.60s\" is not what it takes: %s",
		 text, range);
	return -EINVAL;
}

/* As the module counts: in whole pages, then in whole blocks. */
static uint64_t default_limit(void)
{
	unsigned long long kib = 0;
	FILE *file = fopen("/proc/meminfo", "re");
	uint64_t pages;

	if (!file || fscanf(file, "MemTotal: %llu kB", &kib) != 1)
		kib = 0;
	if (file)
		fclose(file);
	pages = kib / 4 * DEFAULT_LIMIT_PERCENT / 100;
	return pages / (BLOCK_BYTES / 4096) * BLOCK_BYTES;
}

int tunable_current(const struct tunable *tunable, char value[TUNABLE_BYTES])
{
	int err = tunable_read(tunable->name, value);

	if (!err && !strcmp(tunable->name, LIMIT) &&
	    strtoull(value, NULL, 10) == default_limit())
		strcpy(value, "0");
	return err;
}

int tunable_default(const struct tunable *tunable, char value[TUNABLE_BYTES])
{
	const struct tunable_kind *kind = tunable->kind;
	struct choice choice;
	int err;

	if (kind->initial) {
		snprintf(value, TUNABLE_BYTES, "%s", kind->initial);
		return 0;
	}
	err = choice_of(tunable, &choice);
	if (!err && !choice.words[0])
		err = -EINVAL;
	if (!err)
		snprintf(value, TUNABLE_BYTES, "%s", choice.words[0]);
	return err;
}

void tunable_show(const struct tunable *tunable, const char *value, char *text,
		  size_t bytes)
{
	const struct tunable_kind *kind = tunable->kind;
	uint64_t number;

	if (kind->initial_is && !strcmp(value, kind->initial))
		snprintf(text, bytes, "%s", kind->initial_is);
	else if (parse_number(value, &number))
		snprintf(text, bytes, "%s", value);
	else if (kind->unit == TUNABLE_SIZE)
		snprintf(text, bytes, "%s", unit_bytes(number).text);
	else if (kind->unit == TUNABLE_TIME)
		snprintf(text, bytes, "%s",
			 number ? unit_time(number * MS).text : "0");
	else if (kind->unit == TUNABLE_PERCENT)
		snprintf(text, bytes, "%s %%", value);
	else if (kind->unit == TUNABLE_SWITCH)
		snprintf(text, bytes, "%s", number ? "yes" : "no");
	else
		snprintf(text, bytes, "%s", value);
}

static void range_of_numbers(const struct tunable *tunable, char *text,
			     size_t bytes)
{
	const struct tunable_kind *kind = tunable->kind;
	char min[32] = "0", max[32];

	switch (kind->unit) {
	case TUNABLE_SIZE:
		snprintf(min, sizeof(min), "%s", unit_bytes(kind->min).text);
		snprintf(max, sizeof(max), "%s", unit_bytes(kind->max).text);
		break;
	case TUNABLE_TIME:
		snprintf(max, sizeof(max), "%llu ms",
			 (unsigned long long)kind->max);
		break;
	default:
		snprintf(max, sizeof(max), "%llu%s",
			 (unsigned long long)kind->max,
			 kind->unit == TUNABLE_PERCENT ? " %" : "");
	}
	snprintf(text, bytes, "%s to %s%s%s%s%s%s", min, max,
		 kind->word ? ", or " : "", kind->word ? kind->word : "",
		 kind->initial_is ? " (" : "",
		 kind->initial_is ? kind->initial_is : "",
		 kind->initial_is ? ")" : "");
}

void tunable_range(const struct tunable *tunable, char *text, size_t bytes)
{
	struct choice choice;

	if (tunable->kind->unit == TUNABLE_SWITCH)
		snprintf(text, bytes, "yes or no");
	else if (tunable->kind->unit != TUNABLE_WORD)
		range_of_numbers(tunable, text, bytes);
	else if (choice_of(tunable, &choice))
		snprintf(text, bytes, "what %s says", tunable->kind->words_in);
	else
		join(text, bytes, choice.words);
}

const char *tunable_unit_name(const struct tunable *tunable)
{
	static const char *const names[] = {
		[TUNABLE_NUMBER] = "number", [TUNABLE_SIZE] = "bytes",
		[TUNABLE_TIME] = "ms",	     [TUNABLE_PERCENT] = "percent",
		[TUNABLE_SWITCH] = "switch", [TUNABLE_WORD] = "word",
	};

	return names[tunable->kind->unit];
}

json_t *tunable_json(const struct tunable *tunable, const char *value)
{
	uint64_t number;

	if (tunable->kind->unit == TUNABLE_WORD)
		return json_text(value);
	if (parse_number(value, &number))
		return json_null();
	if (tunable->kind->unit == TUNABLE_SWITCH)
		return json_boolean(number);
	return json_number(number);
}
