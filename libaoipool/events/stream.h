/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A multicast group that is read without waiting. */
#ifndef STREAM_H
#define STREAM_H

#include <stddef.h>

#include <netlink/netlink.h>

/* All zeroes is a closed one. */
struct stream {
	struct nl_sock *socket;
	int epoll;		/* that watches it */
	void (*hear)(void *arg, struct nlmsghdr *header);
	void *arg;
};

/**
 * stream_open() - join a group
 * @receive_bytes: room for what waits to be read
 *
 * Each message of the kernel's is given to stream->hear.  Return: 0; a negative
 * errno, and the stream is closed.
 */
int stream_open(struct stream *stream, int group, size_t receive_bytes);
/* Also one that is closed. */
void stream_close(struct stream *stream);
/* The same in a forked child, to whom neither epoll nor libnl's locks belong. */
void stream_disown(struct stream *stream);

/**
 * stream_read() - one more datagram
 *
 * Return: 0; -EAGAIN: there is none, or the stream is closed; -ENOBUFS: some were
 * lost behind those that can still be read.
 */
int stream_read(struct stream *stream);

#endif
