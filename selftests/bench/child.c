// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

#define ARGS_MAX	24
#define SILENCE_MS	120000

/* What would make it another variant. */
static bool meddles(const char *setting)
{
	return !strncmp(setting, "LD_PRELOAD=", 11) ||
	       !strncmp(setting, "GLIBC_TUNABLES=", 15) ||
	       !strncmp(setting, "AOIPOOL_", 8);
}

/* The driver's environment, and what makes the worker this variant. */
static char **environment(const struct variant *variant)
{
	static char *list[1024];
	static char preload[256];
	size_t n = 0;

	if (variant->preload) {
		snprintf(preload, sizeof(preload), "LD_PRELOAD=%s",
			 variant->preload);
		list[n++] = preload;
	}
	if (variant->setting)
		list[n++] = (char *)variant->setting;
	for (char **each = environ; *each && n < 1023; each++)
		if (!meddles(*each))
			list[n++] = *each;
	list[n] = NULL;
	return list;
}

static int spawn(struct child *child, const struct variant *variant,
		 char *const *argv, int in, int out)
{
	posix_spawn_file_actions_t actions;
	int err;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	err = posix_spawnp(&child->pid, argv[0], &actions, NULL, argv,
			   environment(variant));
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

static int start(struct child *child, const struct variant *variant,
		 char *const *argv)
{
	int to[2], from[2], err;

	if (pipe2(to, O_CLOEXEC))
		return -errno;
	if (pipe2(from, O_CLOEXEC)) {
		err = -errno;
		close(to[0]);
		close(to[1]);
		return err;
	}
	err = spawn(child, variant, argv, to[0], from[1]);
	close(to[0]);
	close(from[1]);
	child->requests = fdopen(to[1], "w");
	child->answers = fdopen(from[0], "r");
	return err;
}

int child_start(struct child *child, const struct variant *variant,
		const char *folder, char *const *instrument, char *const *args)
{
	char path[4096];
	char *argv[ARGS_MAX + 1];
	size_t n = 0;

	*child = (struct child){ 0 };
	snprintf(path, sizeof(path), "%s/%s", folder, variant->worker);
	while (instrument && *instrument && n < ARGS_MAX)
		argv[n++] = *instrument++;
	if (n < ARGS_MAX)
		argv[n++] = path;
	while (*args && n < ARGS_MAX)
		argv[n++] = *args++;
	argv[n] = NULL;
	return start(child, variant, argv);
}

bool child_answer(struct child *child, char text[CHILD_TEXT])
{
	struct pollfd wait = { .fd = fileno(child->answers), .events = POLLIN };

	/* a worker answers in whole lines, one at a time: nothing is buffered */
	if (poll(&wait, 1, SILENCE_MS) <= 0 ||
	    !fgets(text, CHILD_TEXT, child->answers))
		return false;
	text[strcspn(text, "\n")] = '\0';
	return true;
}

static bool request(struct child *child)
{
	return fputs("go\n", child->requests) >= 0 && !fflush(child->requests);
}

double child_round(struct child *child)
{
	char text[CHILD_TEXT], *end;
	double ns;

	if (!request(child) || !child_answer(child, text))
		return -1;
	ns = strtod(text, &end);
	return end == text || *end ? -1 : ns;
}

/* Given some time: it may have much memory to let go. */
static bool reap(struct child *child, int *status)
{
	for (int ms = 0; ms < 10000; ms++) {
		if (waitpid(child->pid, status, WNOHANG) == child->pid)
			return true;
		usleep(1000);
	}
	kill(child->pid, SIGKILL);
	return waitpid(child->pid, status, 0) == child->pid && false;
}

static void close_requests(struct child *child)
{
	if (child->requests)
		fclose(child->requests);
	child->requests = NULL;
}

bool child_last_round(struct child *child)
{
	bool sent = request(child);

	close_requests(child);
	return sent;
}

void child_forget(struct child *child)
{
	close_requests(child);
	fclose(child->answers);
}

void child_kill(struct child *child)
{
	child_forget(child);
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, __WALL);
}

bool child_end(struct child *child, char how[CHILD_TEXT])
{
	int status = 0;
	bool reaped;

	child_forget(child);
	reaped = reap(child, &status);
	if (!how)
		return reaped && !status;
	if (!reaped)
		snprintf(how, CHILD_TEXT, "hung and was killed");
	else if (WIFSIGNALED(status))
		snprintf(how, CHILD_TEXT, "died of signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(how, CHILD_TEXT, "ended with status %d",
			 WEXITSTATUS(status));
	return reaped && !status;
}
