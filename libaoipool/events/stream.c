// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "stream.h"

#include <errno.h>
#include <limits.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "socket.h"

static int on_message(struct nl_msg *message, void *arg)
{
	struct stream *stream = arg;

	if (socket_from_kernel(message))
		stream->hear(stream->arg, nlmsg_hdr(message));
	return NL_OK;
}

static int receive_room(size_t bytes)
{
	return bytes < INT_MAX ? (int)bytes : INT_MAX;
}

static int join(struct stream *stream, int group, size_t receive_bytes)
{
	int err;

	nl_socket_disable_seq_check(stream->socket);
	err = nl_socket_modify_cb(stream->socket, NL_CB_VALID, NL_CB_CUSTOM,
				  on_message, stream);
	if (!err)
		err = nl_socket_set_nonblocking(stream->socket);
	if (!err)
		err = nl_socket_set_buffer_size(stream->socket,
						receive_room(receive_bytes), 0);
	if (!err)
		err = nl_socket_add_membership(stream->socket, group);
	return socket_error(err);
}

static int watch(struct stream *stream)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(stream->epoll, EPOLL_CTL_ADD,
			 nl_socket_get_fd(stream->socket), &event) ? -errno : 0;
}

int stream_open(struct stream *stream, int group, size_t receive_bytes)
{
	int err = socket_open(&stream->socket);

	if (err)
		return err;
	err = join(stream, group, receive_bytes);
	if (!err)
		err = watch(stream);
	if (err) {
		nl_socket_free(stream->socket);
		stream->socket = NULL;
	}
	return err;
}

/* Out of the epoll by hand: a forked child may have the socket still open. */
void stream_close(struct stream *stream)
{
	if (!stream->socket)
		return;
	epoll_ctl(stream->epoll, EPOLL_CTL_DEL, nl_socket_get_fd(stream->socket),
		  NULL);
	nl_socket_free(stream->socket);
	stream->socket = NULL;
}

/* A lock of libnl may be held forever: what it allocated stays. */
void stream_disown(struct stream *stream)
{
	if (stream->socket)
		close(nl_socket_get_fd(stream->socket));
}

int stream_read(struct stream *stream)
{
	int err;

	if (!stream->socket)
		return -EAGAIN;
	err = nl_recvmsgs_default(stream->socket);
	if (err >= 0)
		return 0;
	/* libnl calls it NOMEM; whatever else it is, something was not heard */
	return err == -NLE_AGAIN ? -EAGAIN : -ENOBUFS;
}
