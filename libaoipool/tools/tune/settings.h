/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Values for tunables, that are to be set together: all of them or none.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stddef.h>

#include "tunables.h"

#define SETTINGS_WHY_BYTES	512

/**
 * struct setting - one of them
 * @line: of the file that it is from; 0: of none
 * @value: that it is to have, as the module takes it
 * @before: filled in by settings_apply()
 * @is_changed: likewise: @value is another one than @before
 */
struct setting {
	struct tunable tunable;
	unsigned int line;
	char value[TUNABLE_BYTES];
	char before[TUNABLE_BYTES];
	bool is_changed;
};

struct settings {
	struct setting *list;
	size_t nr;
};

/**
 * settings_add() - a value for the tunable of a name, or for that of each node
 * @tunables: those that there are
 * @name: "node*" stands for every node
 * @text: as people write it
 * @line: see struct setting
 * @why: what is wrong with it
 *
 * Return: 0; -ENOENT: no such tunable; -EINVAL: no such value; -EEXIST: it has one
 * from before; -ENOMEM.
 */
int settings_add(struct settings *settings, const struct tunables *tunables,
		 const char *name, const char *text, unsigned int line,
		 char why[SETTINGS_WHY_BYTES]);

/**
 * settings_check() - do they fit together, and with what stays as it is?
 *
 * Return: 0, with before and is_changed filled in; -EINVAL; others of
 * tunable_read().
 */
int settings_check(struct settings *settings, char why[SETTINGS_WHY_BYTES]);

/**
 * settings_apply() - set what is another one now, after settings_check()
 *
 * In an order in which the module takes them.  When it refuses one, those before
 * get back what they had.
 *
 * Return: 0; of tunable_write(), and nothing is changed, unless @why says so.
 */
int settings_apply(struct settings *settings, char why[SETTINGS_WHY_BYTES]);

void settings_free(struct settings *settings);

#endif
