/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * All by one descriptor of /proc/PID, which stays that process's: nothing of
 * another that got its number later is taken for its.
 */
#include "owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys.h"
#include "text.h"

/* Fields of /proc/PID/stat, the third of which follows the name */
#define STATE_FIELD	3
#define START_FIELD	22

/* What stands in the way of looking, as callers know it. */
static int look_error(int err)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		return -EACCES;
	case -EMFILE:
	case -ENFILE:
	case -ENOMEM:
		return err;
	default:
		return -ESRCH;
	}
}

/* The name may have blanks and brackets in it; it ends with the last one. */
static const char *field_of(const char *stat, int field)
{
	const char *at = strrchr(stat, ')');

	for (; at && field >= STATE_FIELD; field--) {
		at = strchr(at, ' ');
		at += at != NULL;
	}
	return at;
}

static bool is_dead(const char *stat)
{
	const char *state = field_of(stat, STATE_FIELD);

	return state && (*state == 'Z' || *state == 'X');
}

static uint64_t start_of(const char *stat)
{
	const char *start = field_of(stat, START_FIELD);

	return start ? strtoull(start, NULL, 10) : 0;
}

static void copy_comm(struct owner *owner, const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(owner->comm) - 1 && text[i] != '\n' && text[i];
	     i++)
		owner->comm[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
}

static int read_in(const struct owner *owner, const char *name, char *text,
		   size_t room)
{
	int fd = sys_open_in(owner->dir, name, O_RDONLY);
	int err = fd < 0 ? fd : text_read_fd(fd, text, room);

	sys_close(fd);
	return err;
}

/* The last number is of the innermost namespace, its own. */
static uint32_t innermost(const char *status)
{
	const char *line = text_line(status, "NSpid:");
	uint32_t pid = 0;
	char *end;

	while (line && *line != '\n' && *line) {
		pid = strtoul(line, &end, 10);
		if (end == line)
			break;
		line = end;
	}
	return pid;
}

static void read_comm(struct owner *owner)
{
	char text[64];

	if (!read_in(owner, "comm", text, sizeof(text)))
		copy_comm(owner, text);
}

static int read_owner(struct owner *owner)
{
	char text[4096];
	int err;

	err = read_in(owner, "stat", text, sizeof(text));
	if (err)
		return look_error(err);
	if (is_dead(text))
		return -ESRCH;
	owner->start_ticks = start_of(text);
	err = read_in(owner, "status", text, sizeof(text));
	if (err)
		return look_error(err);
	owner->own_pid = innermost(text);
	if (!owner->own_pid)
		owner->own_pid = owner->pid;
	read_comm(owner);
	return 0;
}

int owner_open(struct owner *owner, pid_t pid)
{
	char path[32];
	int err;

	*owner = (struct owner){ .pid = pid };
	snprintf(path, sizeof(path), "/proc/%d", pid);
	owner->dir = sys_open(path, O_RDONLY | O_DIRECTORY);
	if (owner->dir < 0)
		return look_error(owner->dir);
	err = read_owner(owner);
	if (err)
		owner_close(owner);
	return err;
}

void owner_close(struct owner *owner)
{
	sys_close(owner->dir);
}

void owner_self(uint32_t *pid, uint64_t *start_ticks)
{
	char text[1024];

	*pid = sys_pid();
	*start_ticks = text_read("/proc/self/stat", text, sizeof(text))
			       ? 0
			       : start_of(text);
}

void owner_open_self(struct owner *owner)
{
	char text[64];

	*owner = (struct owner){ .dir = -1, .pid = sys_pid() };
	owner_self(&owner->own_pid, &owner->start_ticks);
	copy_comm(owner, text_read("/proc/self/comm", text, sizeof(text))
				 ? program_invocation_short_name
				 : text);
}

/* "/memfd:NAME (deleted)" */
static bool is_named(int dir, const char *entry, const char *name)
{
	char link[64] = "";
	size_t n = strlen(name);

	if (sys_read_link(dir, entry, link, sizeof(link) - 1) < 0)
		return false;
	return !strncmp(link, "/memfd:", 7) && !strncmp(link + 7, name, n) &&
	       (link[7 + n] == ' ' || !link[7 + n]);
}

/*
 * Whatever has the name by now: another file than a moment ago, a device, a pipe.
 * To open one of those may do something, or wait; so it is first held without
 * being opened and looked at.  Who has a lease on it is not waited for.
 * Return: a descriptor; -ENOENT: it is nothing to be read.
 */
static int open_plain(int dir, const char *entry)
{
	int held = sys_open_in(dir, entry, O_PATH), fd = -ENOENT;
	char path[32];

	if (held < 0)
		return held;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", held);
	if (sys_is_plain(held))
		fd = sys_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	sys_close(held);
	return fd == -EAGAIN ? -ENOENT : fd;
}

/* One that was closed meanwhile is none. */
static int visit(int dir, const char *entry, int (*each)(void *arg, int fd),
		 void *arg)
{
	int fd = open_plain(dir, entry), err;

	if (fd == -ENOENT || fd == -ESRCH)
		return 0;
	if (fd < 0)
		return look_error(fd);
	err = each(arg, fd);
	sys_close(fd);
	return err;
}

static int walk(DIR *files, const char *name, int (*each)(void *arg, int fd),
		void *arg)
{
	int dir = dirfd(files), err = 0;
	struct dirent *entry;

	while (!err && (entry = readdir(files)))
		if (is_named(dir, entry->d_name, name))
			err = visit(dir, entry->d_name, each, arg);
	return err;
}

int owner_each_file(const struct owner *owner, const char *name,
		    int (*each)(void *arg, int fd), void *arg)
{
	int dir = sys_open_in(owner->dir, "fd", O_RDONLY | O_DIRECTORY), err;
	DIR *files;

	if (dir < 0)
		return look_error(dir);
	files = fdopendir(dir);
	if (!files) {
		sys_close(dir);
		return -ENOMEM;
	}
	err = walk(files, name, each, arg);
	closedir(files);
	return err;
}
