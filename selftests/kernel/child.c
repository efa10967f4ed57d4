// SPDX-License-Identifier: GPL-2.0-only
#include "child.h"
#include "proc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HANG_MS	(60 * 1000)

int child_start(struct child *child, child_body body, void *arg)
{
	pid_t parent = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	child->pid = fork();
	if (child->pid < 0)
		return -errno;
	if (!child->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		close(pair[0]);
		_exit(body(pair[1], arg));
	}
	close(pair[1]);
	child->sock = pair[0];
	return 0;
}

int child_tell(int sock, char word)
{
	return send(sock, &word, 1, MSG_NOSIGNAL) == 1 ? 0 : -errno;
}

static int readable(int sock)
{
	struct pollfd poller = { .fd = sock, .events = POLLIN };
	int ready = poll(&poller, 1, HANG_MS);

	if (ready < 0)
		return -errno;
	return ready ? 0 : -ETIMEDOUT;
}

int child_hear(int sock, char *word)
{
	int err = readable(sock);
	ssize_t got;

	if (err)
		return err;
	got = recv(sock, word, 1, 0);
	if (got < 0)
		return -errno;
	return got ? 0 : -EPIPE;
}

int child_expect(int sock, char word)
{
	char heard;
	int err = child_hear(sock, &heard);

	if (err)
		return err;
	return heard == word ? 0 : -EPROTO;
}

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static struct msghdr message(struct iovec *part, union control *control)
{
	memset(control, 0, sizeof(*control));
	return (struct msghdr) {
		.msg_iov = part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(*control),
	};
}

int child_send_fd(int sock, int fd)
{
	char word = 'f';
	struct iovec part = { &word, 1 };
	union control control;
	struct msghdr msg = message(&part, &control);
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(sock, &msg, MSG_NOSIGNAL) == 1 ? 0 : -errno;
}

int child_receive_fd(int sock)
{
	char word;
	struct iovec part = { &word, 1 };
	union control control;
	struct msghdr msg = message(&part, &control);
	struct cmsghdr *head;
	int fd, err = readable(sock);

	if (err)
		return err;
	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1)
		return -EPIPE;
	head = CMSG_FIRSTHDR(&msg);
	if (!head || head->cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

int child_stop(const struct child *child)
{
	int status;

	if (kill(child->pid, SIGSTOP))
		return -errno;
	if (waitpid(child->pid, &status, WUNTRACED) < 0)
		return -errno;
	return WIFSTOPPED(status) ? 0 : -ECHILD;
}

int child_continue(const struct child *child)
{
	return kill(child->pid, SIGCONT) ? -errno : 0;
}

int child_wait(struct child *child)
{
	int status;

	if (waitpid(child->pid, &status, 0) < 0)
		return -errno;
	/* Not before: a closed socket would end a child that waits for a word. */
	close(child->sock);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int child_kill(struct child *child)
{
	if (kill(child->pid, SIGKILL))
		return -errno;
	return child_wait(child);
}

int oom_volunteer(void)
{
	return file_write("/proc/self/oom_score_adj", "1000");
}

int oom_protect(void)
{
	return file_write("/proc/self/oom_score_adj", "-1000");
}
