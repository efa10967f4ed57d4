// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "weather.h"
#include "wrap.h"

atomic_uint_fast64_t weather_available;

static atomic_bool tells;
static atomic_int host_end = -1;	/* ours of what the library polls */
static char root[64];			/* of cgroups; empty: there are none */

int __wrap_host_memory(struct host_memory *memory)
{
	memory->total_bytes = WEATHER_TOTAL;
	memory->available_bytes = weather_available;
	return 0;
}

/* What is sent out of band makes a socket say POLLPRI. */
int __wrap_psi_open(const char *path)
{
	int ends[2];

	if (!tells || strcmp(path, "/proc/pressure/memory"))
		return -ENOENT;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	close(atomic_exchange(&host_end, ends[1]));
	return ends[0];
}

void weather_tells(bool yes)
{
	tells = yes;
}

void weather_stall(void)
{
	assert_int_equal(send(host_end, "!", 1, MSG_OOB), 1);
}

int weather_fair(void **state)
{
	(void)state;
	weather_available = WEATHER_TOTAL / 2;
	tells = true;
	weather_cgroup(NULL);
	return 0;
}

static void make_path(char *path, const char *cgroup, const char *file)
{
	snprintf(path, 256, "%s%s/%s", root, cgroup, file);
}

void weather_write(const char *cgroup, const char *file, const char *text)
{
	char path[256], made[256];
	FILE *out;

	make_path(path, cgroup, "");
	mkdir(path, 0700);
	make_path(made, cgroup, "made");
	make_path(path, cgroup, file);
	out = fopen(made, "we");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_ok(fclose(out));
	assert_ok(rename(made, path));
}

void weather_cgroup(const char *own)
{
	char line[256];

	if (own && !*root) {
		strcpy(root, "/tmp/aoipool-cgroups-XXXXXX");
		assert_non_null(mkdtemp(root));
	}
	if (!*root)
		return;
	snprintf(line, sizeof(line), "7:cpu:/x\n0::%s\n", own ? own : "/");
	weather_write("", "self", line);
	snprintf(line, sizeof(line),
		 "21 1 0:20 / /proc rw - proc proc rw\n"
		 "30 1 0:26 / %s rw,nosuid shared:9 - cgroup2 cgroup2 rw\n",
		 root);
	weather_write("", "mounts", line);
}

static int drop(const char *path, const struct stat *stat, int kind,
		struct FTW *place)
{
	(void)stat;
	(void)kind;
	(void)place;
	return remove(path);
}

void weather_remove_cgroups(void)
{
	if (*root)
		nftw(root, drop, 8, FTW_DEPTH | FTW_PHYS);
	root[0] = '\0';
}

int __wrap_sys_open(const char *path, int flags)
{
	char other[256];

	if (!strcmp(path, "/proc/self/cgroup"))
		make_path(other, "", "self");
	else if (!strcmp(path, "/proc/self/mountinfo"))
		make_path(other, "", "mounts");
	else
		return __real_sys_open(path, flags);
	return *root ? __real_sys_open(other, flags) : -ENOENT;
}
