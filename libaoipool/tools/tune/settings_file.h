/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Settings in a file: lines "pressure/low_percent = 20", empty lines, and comments
 * from a # on.
 */
#ifndef SETTINGS_FILE_H
#define SETTINGS_FILE_H

#include <stdio.h>

#include "settings.h"

#define SETTINGS_FILE	"/etc/aoipool/tune.conf"

/**
 * settings_file_read() - what a file wants
 * @complain: called for each line that is wrong
 *
 * Return: 0; -EINVAL: it was called; others of fopen() and read().
 */
int settings_file_read(struct settings *settings,
		       const struct tunables *tunables, const char *path,
		       void (*complain)(const char *path, unsigned int line,
					const char *why));

/**
 * settings_file_write() - all at once: a reader sees the file before or after
 * @path: its folder is made, where only that is missing
 *
 * Return: 0; a negative errno value, and the file is as it was.
 */
int settings_file_write(const struct settings *settings, const char *path);

/* The lines of it.  Return: 0; a negative errno value. */
int settings_file_print(const struct settings *settings, FILE *file);

#endif
