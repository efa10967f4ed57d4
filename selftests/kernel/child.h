/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A second process that a test talks with, one byte at a time.  It dies with
 * the test.  Whoever waits for a word waits for a minute at most, so that a
 * hang is a failure of the test that hangs.
 */
#ifndef CHILD_H
#define CHILD_H

#include <sys/types.h>

struct child {
	pid_t pid;
	int sock;
};

/* @body runs in the new process; what it returns is its exit status. */
typedef int (*child_body)(int sock, void *arg);

int child_start(struct child *child, child_body body, void *arg);

/* Either side: say a word, hear one.  -EPIPE: the other side is gone. */
int child_tell(int sock, char word);
int child_hear(int sock, char *word);
/* Hear exactly @word; -EPROTO: it was another one. */
int child_expect(int sock, char word);

/* Pass a descriptor. */
int child_send_fd(int sock, int fd);
int child_receive_fd(int sock);

/* SIGSTOP, and wait until it is stopped. */
int child_stop(const struct child *child);
int child_continue(const struct child *child);
/* The exit status, or 128 + the signal that ended it. */
int child_wait(struct child *child);
/* SIGKILL and wait: the same answer. */
int child_kill(struct child *child);

/* Let the OOM killer take this process first, or never. */
int oom_volunteer(void);
int oom_protect(void);

#endif /* CHILD_H */
