/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The lines that somebody adds to a file, as they come.  The file may be made
 * later, or anew.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct follow {
	const char *path;
	int fd;
	ino_t inode;
	off_t offset;
	char *part; /* a line that is not whole yet */
	size_t part_bytes;
	size_t line; /* number of the last one */
};

/* @path: kept */
void follow_init(struct follow *follow, const char *path);

/**
 * follow_look() - call @each for every line that came, without its newline
 *
 * Return: 0, also where there is no file; a negative errno value.
 */
int follow_look(struct follow *follow, void (*each)(void *arg, char *line),
		void *arg);

void follow_exit(struct follow *follow);

#endif
