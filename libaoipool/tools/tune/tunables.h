/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What can be tuned: a table of the module's files that root may write, with
 * their units, ranges and defaults.  kmod/docs/abi.md says the same of them.
 */
#ifndef TUNABLES_H
#define TUNABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "tunable.h"

#define TUNABLE_NAME_BYTES	64
#define TUNABLE_WHY_BYTES	256

enum tunable_unit {
	TUNABLE_NUMBER,
	TUNABLE_SIZE,		/* bytes; the module rounds down to 2 MiB */
	TUNABLE_TIME,		/* milliseconds */
	TUNABLE_PERCENT,
	TUNABLE_SWITCH,		/* 0 or 1 */
	TUNABLE_WORD,		/* one of a list */
};

/**
 * struct tunable_kind - a line of the table
 * @name: of the file; "node*" stands for the folder of each node
 * @min, @max: of numbers
 * @word: taken beside numbers, or NULL
 * @words: of TUNABLE_WORD, ends with NULL; those of a file if @words_in names one
 * @initial: the default, as it is written; NULL: the first of @words_in
 * @initial_is: what @initial means where it does not speak for itself, or NULL
 */
struct tunable_kind {
	const char *name;
	enum tunable_unit unit;
	uint64_t min, max;
	const char *word;
	const char *const *words;
	const char *words_in;
	const char *initial;
	const char *initial_is;
	const char *meaning;
};

struct tunable {
	char name[TUNABLE_NAME_BYTES];
	const struct tunable_kind *kind;
};

struct tunables {
	struct tunable *list;
	size_t nr;
};

/**
 * tunables_list() - those that the loaded module has, for each of its nodes
 *
 * Return: 0, and tunables_free() is the caller's to call; -ENODEV: the module is
 * not loaded; -ENOMEM and others, and there is nothing to be freed.
 */
int tunables_list(struct tunables *tunables);

void tunables_free(struct tunables *tunables);

/* NULL: there is none of that name. */
const struct tunable *tunables_find(const struct tunables *tunables,
				    const char *name);

/* Whether @pattern names it: "node*" stands for every node. */
bool tunable_is(const struct tunable *tunable, const char *pattern);

/**
 * tunable_parse() - a value as people write it, to how the module takes it
 * @text: "512M", "10s", "20%", "on", "unlimited"
 * @value: the result
 * @why: what is wrong with it, and what would be right
 *
 * Return: 0; -EINVAL.
 */
int tunable_parse(const struct tunable *tunable, const char *text,
		  char value[TUNABLE_BYTES], char why[TUNABLE_WHY_BYTES]);

/**
 * tunable_current() - what to write for the value to be what it is now
 *
 * That is the value, but for a bound that follows the host's memory.
 *
 * Return: as tunable_read().
 */
int tunable_current(const struct tunable *tunable, char value[TUNABLE_BYTES]);

/* As the module has it without parameters.  Return: as tunable_read(). */
int tunable_default(const struct tunable *tunable, char value[TUNABLE_BYTES]);

/* For people: with a unit, "64.0 MiB". */
void tunable_show(const struct tunable *tunable, const char *value, char *text,
		  size_t bytes);

/* "0 to 100", "high, low or nothing" */
void tunable_range(const struct tunable *tunable, char *text, size_t bytes);

const char *tunable_unit_name(const struct tunable *tunable);

/* A number; null for a word that stands for no bound; true or false; a string. */
json_t *tunable_json(const struct tunable *tunable, const char *value);

#endif
