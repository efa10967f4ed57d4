/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A process whose ledgers are looked for, as /proc shows it.
 */
#ifndef OWNER_H
#define OWNER_H

#include <stdint.h>
#include <sys/types.h>

struct owner {
	int dir;		/* /proc/PID; or -1: the caller itself */
	pid_t pid;		/* as the caller sees it */
	uint32_t own_pid;	/* as it sees itself */
	uint64_t start_ticks;	/* 0: not known */
	char comm[16];
};

/* The caller, without /proc where there is none. */
void owner_self(uint32_t *pid, uint64_t *start_ticks);
void owner_open_self(struct owner *owner);

/* Return: 0; -ESRCH: there is no such process; -EACCES; -EMFILE, -ENFILE. */
int owner_open(struct owner *owner, pid_t pid);
void owner_close(struct owner *owner);

/**
 * owner_each_file() - the files of that name that it has open
 * @name: as /proc shows it
 * @each: called with @arg and the file, open for reading while it runs; what
 *	it returns other than 0 ends the walk
 *
 * Return: 0; what @each returned; as owner_open().
 */
int owner_each_file(const struct owner *owner, const char *name,
		    int (*each)(void *arg, int fd), void *arg);

#endif
