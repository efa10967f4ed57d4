// SPDX-License-Identifier: GPL-2.0-only
/*
 * One program at a time, its output read line by line. Whatever it leaves
 * running is killed before the next one starts.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

/* A killed process may have gigabytes to unmap on a slow machine. */
#define DEATH_SECONDS	20
#define TICK_MS		100

struct reader {
	int fd;
	size_t used;
	char line[LINE_BYTES];
	line_fn fn;
	void *context;
	const char *who;
};

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void reader_flush(struct reader *reader)
{
	reader->line[reader->used] = '\0';
	reader->used = 0;
	reader->fn(reader->context, reader->who, reader->line);
}

static void reader_byte(struct reader *reader, char byte)
{
	if (byte != '\n')
		reader->line[reader->used++] = byte;
	if (byte == '\n' || reader->used == sizeof(reader->line) - 1)
		reader_flush(reader);
}

/* False at the end of the stream, or when nothing is there to read. */
static bool reader_fill(struct reader *reader)
{
	char bytes[4096];
	ssize_t nr = read(reader->fd, bytes, sizeof(bytes));

	for (ssize_t i = 0; i < nr; i++)
		reader_byte(reader, bytes[i]);
	return nr > 0;
}

static void reader_wait(struct reader *reader)
{
	struct pollfd pollfd = { .fd = reader->fd, .events = POLLIN };

	/* A closed pipe would wake us at once, again and again. */
	if (poll(&pollfd, 1, TICK_MS) > 0 && !reader_fill(reader))
		usleep(TICK_MS * 1000);
}

__attribute__((noreturn))
static void child_exec(char *const argv[], int output)
{
	sigset_t none;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	if (chdir("/mnt"))
		dprintf(STDERR_FILENO, "cannot enter /mnt: %s\n", strerror(errno));
	execv(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static pid_t child_start(char *const argv[], int *output)
{
	int pipes[2];
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		channel_die("cannot make a pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		channel_die("cannot fork: %s", strerror(errno));
	if (!pid)
		child_exec(argv, pipes[1]);
	close(pipes[1]);
	fcntl(pipes[0], F_SETFL, O_NONBLOCK);
	*output = pipes[0];
	return pid;
}

/* Reaps whoever ended; true when the one we wait for was among them. */
static bool reap(pid_t pid, int *status)
{
	bool found = false;
	pid_t ended;
	int how;

	while ((ended = waitpid(-1, &how, WNOHANG)) > 0) {
		if (ended != pid)
			continue;
		*status = how;
		found = true;
	}
	return found;
}

static bool have_children(void)
{
	siginfo_t info;

	return !waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
}

/* From PID 1 this reaches everybody else, however they were orphaned. */
static bool kill_all(pid_t pid, int *status)
{
	time_t deadline = now() + DEATH_SECONDS;

	while (have_children() && now() < deadline) {
		kill(-1, SIGKILL);
		if (!reap(pid, status))
			usleep(TICK_MS * 1000);
	}
	return !have_children();
}

void program_run(char *const argv[], const char *who, int limit_seconds,
		 line_fn line, void *context, struct outcome *outcome)
{
	struct reader reader = { .fn = line, .context = context, .who = who };
	pid_t pid = child_start(argv, &reader.fd);
	time_t start = now();
	bool ended = false;

	*outcome = (struct outcome){ 0 };
	while (!ended && now() - start < limit_seconds) {
		reader_wait(&reader);
		ended = reap(pid, &outcome->status);
	}
	outcome->seconds = now() - start;
	outcome->timed_out = !ended;
	if (!ended)
		klog_show_hang(who);
	outcome->stuck = !kill_all(pid, &outcome->status);
	while (reader_fill(&reader))
		;
	if (reader.used)
		reader_flush(&reader);
	close(reader.fd);
}

void program_describe(const struct outcome *outcome, char *text, size_t bytes)
{
	int status = outcome->status;

	if (outcome->timed_out)
		snprintf(text, bytes, "hung: no end after %d s%s", outcome->seconds,
			 outcome->stuck ? ", and does not die of SIGKILL" : "");
	else if (outcome->stuck)
		snprintf(text, bytes, "left a process that does not die of SIGKILL");
	else if (WIFSIGNALED(status))
		snprintf(text, bytes, "killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(text, bytes, "exit status %d", WEXITSTATUS(status));
}
