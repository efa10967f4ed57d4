// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "socket.h"

#include <errno.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

static const int errors[NLE_MAX + 1] = {
	[NLE_SUCCESS]		= 0,
	[NLE_INTR]		= EINTR,
	[NLE_AGAIN]		= EAGAIN,
	[NLE_NOMEM]		= ENOMEM,
	[NLE_INVAL]		= EINVAL,
	[NLE_OPNOTSUPP]		= EOPNOTSUPP,
	[NLE_AF_NOSUPPORT]	= EPROTONOSUPPORT,
	[NLE_PROTO_MISMATCH]	= EPROTONOSUPPORT,
	/* the family is not there, or is there without the group */
	[NLE_OBJ_NOTFOUND]	= ENODEV,
	[NLE_NODEV]		= ENODEV,
	[NLE_BUSY]		= EBUSY,
	[NLE_NOACCESS]		= EACCES,
	[NLE_PERM]		= EPERM,
	[NLE_DUMP_INTR]		= EINTR,
};

int socket_error(int err)
{
	if (err > 0)
		err = 0;
	if (err == 0)
		return 0;
	return -err <= NLE_MAX && errors[-err] ? -errors[-err] : -EPROTO;
}

/* libnl has no name for a want of descriptors: errno still tells of it. */
static int connect_error(int err)
{
	if (errno == EMFILE || errno == ENFILE)
		return -errno;
	return socket_error(err);
}

int socket_open(struct nl_sock **socket)
{
	int err;

	*socket = nl_socket_alloc();
	if (!*socket)
		return -ENOMEM;
	errno = 0;
	err = genl_connect(*socket);
	if (err < 0) {
		err = connect_error(err);
		nl_socket_free(*socket);
		*socket = NULL;
		return err;
	}
	return 0;
}

bool socket_from_kernel(struct nl_msg *message)
{
	return nlmsg_get_src(message)->nl_pid == 0;
}
