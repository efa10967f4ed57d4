// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A process in a cgroup whose limit is met by its own idle frames is not killed:
 * on a machine where the unified hierarchy counts memory and may be written to.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

#define LIMIT_BYTES	((size_t)160 << 20)
/* Each of two pools: together more than the limit, alone less. */
#define FRAMES		56

static char mount_point[256], home[300];

static bool find_mount(void)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[1024];
	bool found = false;

	while (mounts && !found && fgets(line, sizeof(line), mounts))
		found = strstr(line, " - cgroup2 ") &&
			sscanf(line, "%*s %*s %*s %*s %255s", mount_point) == 1;
	if (mounts)
		fclose(mounts);
	return found;
}

static bool write_file(const char *folder, const char *file, const char *text)
{
	char path[400];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text);
}

static int make_cgroup(void **state)
{
	char limit[32];

	(void)state;
	home[0] = '\0';
	if (!find_mount())
		return 0;
	write_file(mount_point, "cgroup.subtree_control", "+memory");
	snprintf(home, sizeof(home), "%s/aoipool-selftest-%d", mount_point,
		 getpid());
	snprintf(limit, sizeof(limit), "%zu", LIMIT_BYTES);
	if (!mkdir(home, 0755) && write_file(home, "memory.max", limit)) {
		write_file(home, "memory.swap.max", "0");
		return 0;
	}
	rmdir(home);
	home[0] = '\0';
	return 0;
}

static int remove_cgroup(void **state)
{
	(void)state;
	if (*home)
		rmdir(home);
	return 0;
}

static struct aoipool_pool *open_here(void)
{
	struct aoipool_pool *pool = NULL;
	struct aoipool_attr *attr;

	if (aoipool_attr_create(&attr))
		return NULL;
	aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER);
	aoipool_attr_set_frame(attr, FRAME_WIDTH, FRAME_HEIGHT,
			       AOIPOOL_PIXEL_MONO8, FRAMES);
	aoipool_pool_open(attr, &pool);
	aoipool_attr_destroy(attr);
	return pool;
}

/* What the first one leaves idle is what the second one needs. */
static int live_within_the_limit(void)
{
	struct aoipool_slot slots[FRAMES];
	struct aoipool_pool *first, *second;

	if (!write_file(home, "cgroup.procs", "0"))
		return 1;
	first = open_here();
	second = open_here();
	if (!first || !second)
		return 2;
	if (aoipool_get_many(first, slots, FRAMES, 0) ||
	    aoipool_put_many(first, slots, FRAMES))
		return 3;
	if (aoipool_get_many(second, slots, FRAMES, 10000))
		return 4;
	for (int i = 0; i < FRAMES; i++)
		memset(slots[i].ptr, 1, aoipool_pool_slot_bytes(second));
	if (aoipool_put_many(second, slots, FRAMES))
		return 5;
	aoipool_pool_close(second);
	aoipool_pool_close(first);
	return 0;
}

static void who_fills_his_cgroup_with_idle_frames_is_not_killed(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (!*home)
		skip_because("no unified hierarchy that counts memory, or not "
			     "for us to write");
	if (instrumented())
		skip_because("an instrument's memory counts, too");
	fflush(NULL);
	pid = fork();
	if (!pid) {
		alarm(60);
		leave_child(live_within_the_limit());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest cgroup_real[] = {
		cmocka_unit_test_setup_teardown(
			who_fills_his_cgroup_with_idle_frames_is_not_killed,
			make_cgroup, remove_cgroup),
	};

	return RUN(cgroup_real);
}
