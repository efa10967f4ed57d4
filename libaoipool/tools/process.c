// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "processes.h"
#include "unit.h"

#define PATH_BYTES 96

/* Of the flags in stat; the kernel has it in include/linux/sched.h. */
#define PF_KTHREAD 0x00200000UL

/* Below that, nobody would call it hung. */
#define LONG_NS 10000000000ULL

/* Return: bytes, or a negative errno value; what is longer is cut. */
static ssize_t read_file(const char *path, char *text, size_t bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, bytes - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n;
}

static void copy_name(struct process *process, const char *from, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes && i < sizeof(process->name) - 1; i++)
		process->name[i] = from[i] < ' ' || from[i] > '~' ? '?'
								  : from[i];
	process->name[i] = '\0';
}

/* "PID (NAME) STATE ..."; the name may hold anything, ") " too. */
static int parse_stat(struct process *process, const char *text)
{
	const char *begin = strchr(text, '('), *end = strrchr(text, ')');
	unsigned long flags = 0;

	if (!begin || !end || end < begin)
		return -ESRCH;
	copy_name(process, begin + 1, end - begin - 1);
	if (sscanf(end + 1, " %c %*d %*d %*d %*d %*d %lu", &process->state,
		   &flags) != 2)
		return -ESRCH;
	process->is_kernel_thread = flags & PF_KTHREAD;
	return 0;
}

/*
 * When it was last given a CPU, in the scheduler's clock: ours, read in the same
 * way, is now.  Not every kernel shows it.
 */
static uint64_t last_run_ns(const char *folder)
{
	static const char key[] = "se.exec_start";
	char path[PATH_BYTES], text[512], *at;

	snprintf(path, sizeof(path), "%s/sched", folder);
	if (read_file(path, text, sizeof(text)) <= 0)
		return 0;
	at = strstr(text, key);
	at = at ? strchr(at, ':') : NULL;
	return at ? (uint64_t)(strtod(at + 1, NULL) * 1e6) : 0;
}

static uint64_t not_run_ns(const char *folder)
{
	uint64_t last = last_run_ns(folder);
	uint64_t now = last_run_ns("/proc/thread-self");

	return last && last < now ? now - last : 0;
}

static int look(const char *folder, struct process *process)
{
	char path[PATH_BYTES], text[512];
	struct stat owner;

	snprintf(path, sizeof(path), "%s/stat", folder);
	if (read_file(path, text, sizeof(text)) <= 0 || stat(folder, &owner))
		return -ESRCH;
	process->uid = owner.st_uid;
	return parse_stat(process, text);
}

struct freshest {
	pid_t pid;
	uint64_t not_run_ns;
};

static int keep_freshest(void *arg, pid_t tid)
{
	struct freshest *freshest = arg;
	char folder[PATH_BYTES];
	uint64_t ns;

	snprintf(folder, sizeof(folder), "/proc/%d/task/%d", freshest->pid,
		 tid);
	ns = not_run_ns(folder);
	if (ns < freshest->not_run_ns)
		freshest->not_run_ns = ns;
	return 0;
}

int process_look_briefly(pid_t pid, struct process *process)
{
	char folder[PATH_BYTES];

	*process = (struct process){ .pid = pid };
	snprintf(folder, sizeof(folder), "/proc/%d", pid);
	return look(folder, process);
}

int process_look(pid_t pid, struct process *process)
{
	struct freshest freshest = { .pid = pid, .not_run_ns = UINT64_MAX };
	int err = process_look_briefly(pid, process);

	if (err)
		return err;
	processes_each_thread(pid, keep_freshest, &freshest);
	if (freshest.not_run_ns != UINT64_MAX)
		process->not_run_ns = freshest.not_run_ns;
	return 0;
}

struct wanted_thread {
	pid_t pid;
	pid_t inner; /* as the process numbers it */
	pid_t tid; /* as we do; 0: not found */
};

/* The last one of the line is what the process itself sees. */
static pid_t innermost(const char *status)
{
	const char *at = strstr(status, "\nNSpid:");
	pid_t number = 0;
	int used;

	if (!at)
		return 0;
	at += strlen("\nNSpid:");
	while (sscanf(at, "%*[ \t]%d%n", &number, &used) == 1)
		at += used;
	return number;
}

static int match_thread(void *arg, pid_t tid)
{
	struct wanted_thread *wanted = arg;
	char path[PATH_BYTES], text[2048];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", wanted->pid,
		 tid);
	if (read_file(path, text, sizeof(text)) <= 0 ||
	    innermost(text) != wanted->inner)
		return 0;
	wanted->tid = tid;
	return 1;
}

/* The links name the namespace; no permission to read one: take it as ours. */
static bool is_in_our_namespace(pid_t pid)
{
	char path[PATH_BYTES], ours[64], theirs[64];
	ssize_t nr_ours, nr_theirs;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	nr_ours = readlink("/proc/self/ns/pid", ours, sizeof(ours));
	nr_theirs = readlink(path, theirs, sizeof(theirs));
	return nr_ours < 0 || nr_theirs < 0 ||
	       (nr_ours == nr_theirs && !memcmp(ours, theirs, nr_ours));
}

static pid_t find_thread(pid_t pid, pid_t tid)
{
	struct wanted_thread wanted = {.pid = pid, .inner = tid};

	if (is_in_our_namespace(pid))
		return tid;
	processes_each_thread(pid, match_thread, &wanted);
	return wanted.tid;
}

int process_look_at_thread(pid_t pid, pid_t tid, struct process *thread)
{
	char folder[PATH_BYTES];

	*thread = (struct process){.pid = tid};
	tid = find_thread(pid, tid);
	if (!tid)
		return -ESRCH;
	snprintf(folder, sizeof(folder), "/proc/%d/task/%d", pid, tid);
	thread->not_run_ns = not_run_ns(folder);
	return look(folder, thread);
}

void process_hint(const struct process *process, char *text)
{
	const char *what = process->state == 'T'   ? "stopped"
			   : process->state == 't' ? "traced"
			   : process->state == 'Z' ? "dead"
			   : process->state == 'D' ? "in the kernel"
						   : "";
	bool is_long = process->not_run_ns >= LONG_NS &&
		       process->state != 'R' && process->state != 'Z';

	if (!is_long)
		snprintf(text, PROCESS_HINT_BYTES, "%s", what);
	else
		snprintf(text, PROCESS_HINT_BYTES, "%s%sran %s ago", what,
			 *what ? ", " : "",
			 unit_time(process->not_run_ns).text);
}
