// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * alarm - how soon one hears that memory runs short: by poll() on a pool, by the
 * module's event, or by a trigger of the kernel's pressure stall information.  The
 * mode names the way.
 *
 * Each round has a hog of its own, in a process that volunteers to be killed.  It
 * first takes, untimed and on all nodes, what leaves more than any level begins
 * at, and then grows page by page; the clock runs from there to the news.  A level
 * comes of what is available; a stall comes when somebody has had to wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/mempolicy.h>

#include "array.h"
#include "bare.h"
#include "clock.h"
#include "genl.h"
#include "work.h"

#define PAGE		4096
#define STEP		((size_t)4 << 20)

/* Level low begins at 20 percent. */
#define BALLAST_LEAVES	30	/* percent of the memory there is */

/* The shortest window there is, and a stall that nobody overlooks. */
#define PSI		"/proc/pressure/memory"
#define PSI_TRIGGER	"some 20000 500000"

/* Until the last round is forgotten: levels fall late, and windows must pass. */
#define CALM_TRIES	300
#define CALM_US		100000
#define SETTLE_US	1500000

#define NEWS_MS		60000

/* In the environment where a machine has nothing but the benchmark to do. */
#define ALONE		"BENCH_ALONE"

struct way {
	const char *mode;
	const char *(*open)(void);
	short events;
	bool (*is_news)(void);	/* of what poll() said; takes it away */
};

static const struct way *way;
static struct bare pool;
static const struct aoipool_pool_info_page *info;
static int fd;
static char note[128];

static long meminfo(const char *key)
{
	FILE *file = fopen("/proc/meminfo", "re");
	char text[128];
	long kib = 0;

	while (file && fgets(text, sizeof(text), file))
		if (!strncmp(text, key, strlen(key)))
			kib = atol(text + strlen(key) + 1);
	if (file)
		fclose(file);
	return kib;
}

/* The hog. */

static void volunteer(void)
{
	int to = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (to < 0 || write(to, "1000", 4) != 4)
		die("oom_score_adj: %s", strerror(errno));
	close(to);
}

/* KiB; -1: there is no such node. */
static long node_free(unsigned int node)
{
	char path[64];
	FILE *file;
	long kib = -1;

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%u/meminfo",
		 node);
	file = fopen(path, "re");
	while (file && fscanf(file, "Node %*u MemFree: %ld", &kib) != 1)
		if (fscanf(file, "%*[^\n]\n") == EOF)
			break;
	if (file)
		fclose(file);
	return kib;
}

/* Else one node would be full while the host is not short of memory. */
static void prefer_freest(void)
{
	unsigned long freest = 0;
	unsigned int n;

	for (n = 1; n < 64 && node_free(n) >= 0; n++)
		if (node_free(n) > node_free((unsigned int)freest))
			freest = n;
	freest = 1UL << freest;
	syscall(SYS_set_mempolicy, MPOL_PREFERRED, &freest, 65UL);
}

static void take(size_t bytes)
{
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		_exit(EXIT_FAILURE);
	prefer_freest();
	for (size_t at = 0; at < bytes; at += PAGE)
		*(volatile char *)(memory + at) = 1;
}

static void take_ballast(void)
{
	long total = meminfo("MemTotal:");

	while (meminfo("MemAvailable:") * 100 > total * BALLAST_LEAVES)
		take(STEP);
}

__attribute__((noreturn)) static void hog(int socket)
{
	char word = 0;

	volunteer();
	take_ballast();
	if (write(socket, &word, 1) != 1 || read(socket, &word, 1) != 1)
		_exit(EXIT_FAILURE);
	for (;;)
		take(STEP);
}

/* The ways to hear of it. */

static const char *open_pool(void)
{
	const char *reason = bare_open(&pool, 1, 1);

	if (reason)
		return reason;
	info = mmap(NULL, pool.layout.info_bytes, PROT_READ, MAP_SHARED,
		    pool.fd, (off_t)pool.layout.info_offset);
	if (info == MAP_FAILED)
		die("mapping a pool fails: %s", strerror(errno));
	return NULL;
}

static const char *open_poll(void)
{
	fd = pool.fd;
	snprintf(note, sizeof(note), "POLLPRI of a pool's descriptor");
	return NULL;
}

static bool level_is_up(void)
{
	return __atomic_load_n(&info->pressure_level, __ATOMIC_RELAXED) !=
	       AOIPOOL_PRESSURE_NONE;
}

static const char *open_netlink(void)
{
	fd = genl_listen(AOIPOOL_GENL_NAME, AOIPOOL_GENL_GROUP);
	snprintf(note, sizeof(note), "event LEVEL of the family %s",
		 AOIPOOL_GENL_NAME);
	return fd < 0 ? "this module has no netlink family" : NULL;
}

static bool heard_level(void)
{
	uint32_t level;

	return genl_hear(fd, AOIPOOL_A_LEVEL, &level) == AOIPOOL_GENL_LEVEL &&
	       level != AOIPOOL_PRESSURE_NONE;
}

static const char *open_psi(void)
{
	fd = open(PSI, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || write(fd, PSI_TRIGGER, sizeof(PSI_TRIGGER)) < 0)
		return "this kernel has no triggers of pressure stalls";
	snprintf(note, sizeof(note), "trigger \"%s\"", PSI_TRIGGER);
	return NULL;
}

static bool always(void)
{
	return true;
}

static const struct way ways[] = {
	{ "poll", open_poll, POLLPRI, level_is_up },
	{ "netlink", open_netlink, POLLIN, heard_level },
	{ "psi", open_psi, POLLPRI, always },
};

static const char *open_way(const struct line *line, const char *mode)
{
	const char *reason;

	(void)line;
	if (!getenv(ALONE))
		return "makes memory short, which no host is done to; make bench-vm";
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(ways[i].mode, mode))
			way = &ways[i];
	if (!way)
		die("no way \"%s\"", mode);
	reason = open_pool();
	return reason ? reason : way->open();
}

/* A round. */

static void await_calm(void)
{
	for (int tries = 0; level_is_up(); tries++) {
		if (tries == CALM_TRIES)
			die("the level stays up though nobody needs memory");
		usleep(CALM_US);
	}
	usleep(SETTLE_US);
}

/* What is left of the last round. */
static void forget_news(void)
{
	struct pollfd old = { .fd = fd, .events = way->events };

	while (poll(&old, 1, 0) > 0)
		way->is_news();
}

/* Return: when; the hog may have been killed before, which is late enough. */
static uint64_t await_news(int hog_socket)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = way->events },
		{ .fd = hog_socket, .events = POLLIN },
	};

	for (;;) {
		if (poll(fds, 2, NEWS_MS) <= 0)
			die("no news within %d s", NEWS_MS / 1000);
		if (fds[0].revents & way->events && way->is_news())
			return clock_ns();
		if (fds[1].revents & POLLHUP) {
			fprintf(stderr, "alarm: the hog died before any news\n");
			return clock_ns();
		}
	}
}

/* Returns when it has its ballast. */
static pid_t start_hog(int *end)
{
	int sockets[2];
	char word;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		die("socketpair: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		close(sockets[0]);
		hog(sockets[1]);
	}
	if (pid < 0)
		die("fork: %s", strerror(errno));
	close(sockets[1]);
	*end = sockets[0];
	if (read(*end, &word, 1) != 1)
		die("the hog did not get to its start");
	return pid;
}

static void end_hog(pid_t pid, int end)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(end);
}

static double run(uint64_t units)
{
	uint64_t start, heard;
	int end;
	pid_t pid;

	(void)units;
	await_calm();
	pid = start_hog(&end);
	usleep(SETTLE_US);
	forget_news();
	if (level_is_up())
		die("level %u with %ld of %ld MiB available, before it begins",
		    info->pressure_level, meminfo("MemAvailable:") / 1024,
		    meminfo("MemTotal:") / 1024);
	start = clock_ns();
	if (write(end, "g", 1) != 1)
		die("the hog is gone");
	heard = await_news(end);
	end_hog(pid, end);
	return (double)(heard - start);
}

static const char *what(void)
{
	return note;
}

const struct work work = {
	.open = open_way,
	.run = run,
	.note = what,
};
