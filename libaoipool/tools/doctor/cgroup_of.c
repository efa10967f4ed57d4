// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "cgroup_of.h"

#include <stdio.h>
#include <string.h>

#define LINE_BYTES	4352

/* Copies one line; returns the next, or NULL. */
static const char *take_line(char line[LINE_BYTES], const char *text)
{
	size_t bytes = strcspn(text, "\n");

	snprintf(line, LINE_BYTES, "%.*s", (int)bytes, text);
	return text[bytes] ? text + bytes + 1 : NULL;
}

/* Whether a list, "cpu,cpuacct", has a word. */
static bool lists(const char *list, const char *word)
{
	size_t bytes = strlen(word);

	for (; list; list = strchr(list, ',')) {
		list += *list == ',';
		if (!strncmp(list, word, bytes) &&
		    strchr(",:", list[bytes]))
			return true;
	}
	return false;
}

/* "4:memory:/a/b" or "0::/a/b" */
static bool parse_membership(struct cgroup *cgroup, const char *controller,
			     const char *line)
{
	const char *names = strchr(line, ':'), *path;

	path = names ? strchr(++names, ':') : NULL;
	if (!path)
		return false;
	if (cgroup->is_v2 ? names != path : !lists(names, controller))
		return false;
	snprintf(cgroup->path, sizeof(cgroup->path), "%s", path + 1);
	return true;
}

/*
 * "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate": what is
 * mounted may be a part of the hierarchy, whose path begins all that is in it.
 */
static bool parse_mount(struct cgroup *cgroup, const char *controller,
			const char *line)
{
	char root[1024], options[1024], type[32];
	const char *rest = strstr(line, " - ");
	size_t bytes;

	if (!rest || sscanf(line, "%*s %*s %*s %1023s %255s", root,
			    cgroup->mount) < 2)
		return false;
	if (sscanf(rest, " - %31s %*s %1023s", type, options) < 2)
		return false;
	if (strcmp(type, cgroup->is_v2 ? "cgroup2" : "cgroup"))
		return false;
	if (!cgroup->is_v2 && !lists(options, controller))
		return false;
	bytes = strcmp(root, "/") ? strlen(root) : 0;
	if (!strncmp(cgroup->path, root, bytes))
		memmove(cgroup->path, cgroup->path + bytes,
			strlen(cgroup->path + bytes) + 1);
	return true;
}

static bool any_line(struct cgroup *cgroup, const char *controller,
		     const char *text,
		     bool (*parse)(struct cgroup *, const char *, const char *))
{
	char line[LINE_BYTES];

	while (text && *text) {
		text = take_line(line, text);
		if (parse(cgroup, controller, line))
			return true;
	}
	return false;
}

bool cgroup_parse(struct cgroup *cgroup, const char *controller,
		  const char *membership, const char *mountinfo)
{
	for (int version = 1; version <= 2; version++) {
		*cgroup = (struct cgroup){ .is_v2 = version == 2 };
		if (!any_line(cgroup, controller, membership, parse_membership))
			continue;
		if (!any_line(cgroup, controller, mountinfo, parse_mount))
			continue;
		if (!strcmp(cgroup->path, "/"))
			cgroup->path[0] = '\0';
		return true;
	}
	return false;
}

bool cgroup_up(struct cgroup *cgroup)
{
	char *slash = strrchr(cgroup->path, '/');

	if (!slash)
		return false;
	*slash = '\0';
	return true;
}
