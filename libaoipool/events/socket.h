/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Sockets of generic netlink, and the errors of libnl as those of errno. */
#ifndef SOCKET_H
#define SOCKET_H

#include <stdbool.h>

#include <netlink/netlink.h>

/* Return: 0 and *@socket, for nl_socket_free(); a negative errno. */
int socket_open(struct nl_sock **socket);

/* @err: of libnl.  Return: 0 or a negative errno. */
int socket_error(int err);

/* Other processes may send to us, too. */
bool socket_from_kernel(struct nl_msg *message);

#endif
