// SPDX-License-Identifier: GPL-2.0-only
#include "forge.h"

#include <errno.h>
#include <linux/aoipool.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#define MAX_FD	64

static int send_one(struct nl_sock *socket, int family, uint32_t port)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = port };
	struct nl_msg *message = nlmsg_alloc();
	int sent;

	genlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, 0,
		    AOIPOOL_GENL_SWEEP, AOIPOOL_GENL_VERSION);
	nla_put_u64(message, AOIPOOL_A_SEQ, 1 << 20);
	nlmsg_set_dst(message, &to);
	sent = nl_send_auto(socket, message);
	nlmsg_free(message);
	return sent > 0;
}

/* 0: not of netlink. */
static uint32_t port_of(int fd)
{
	struct sockaddr_nl name;
	socklen_t bytes = sizeof(name);

	if (getsockname(fd, (struct sockaddr *)&name, &bytes) ||
	    name.nl_family != AF_NETLINK)
		return 0;
	return name.nl_pid;
}

int forge_sweeps(void)
{
	struct nl_sock *socket = nl_socket_alloc();
	int family, fd, sent = 0;
	uint32_t port;

	if (!socket || genl_connect(socket))
		return -ENOMEM;
	nl_socket_disable_auto_ack(socket);
	family = genl_ctrl_resolve(socket, AOIPOOL_GENL_NAME);
	for (fd = 0; fd < MAX_FD; fd++) {
		port = port_of(fd);
		if (port && port != nl_socket_get_local_port(socket))
			sent += send_one(socket, family, port);
	}
	nl_socket_free(socket);
	return sent;
}
