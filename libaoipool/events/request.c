// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "request.h"

#include <errno.h>
#include <linux/aoipool.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "socket.h"

/* The kernel answers at once; a minute would be no better than this. */
#define PATIENCE_SECONDS	5

struct dialogue {
	const struct request *request;
	struct nl_sock *socket;
	int family;
	bool over;
	int err;
};

static int finish(struct dialogue *dialogue, int err)
{
	dialogue->over = true;
	dialogue->err = err;
	return NL_STOP;
}

static int on_answer(struct nl_msg *message, void *arg)
{
	struct dialogue *dialogue = arg;
	struct nlmsghdr *header = nlmsg_hdr(message);
	int err;

	if (!socket_from_kernel(message) ||
	    header->nlmsg_type != dialogue->family)
		return NL_SKIP;
	err = dialogue->request->hear(dialogue->request->arg, header);
	return err ? finish(dialogue, err) : NL_OK;
}

/* The end of a dump; its error, if there was one, is all that it carries. */
static int on_done(struct nl_msg *message, void *arg)
{
	struct nlmsghdr *header = nlmsg_hdr(message);
	int err = 0;

	if (nlmsg_datalen(header) >= (int)sizeof(err))
		err = *(int *)nlmsg_data(header);
	finish(arg, err < 0 ? err : 0);
	return NL_OK;
}

static int on_ack(struct nl_msg *message, void *arg)
{
	(void)message;
	return finish(arg, 0);
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
	(void)from;
	return finish(arg, error->error);
}

static int be_patient(struct dialogue *dialogue)
{
	const unsigned int seconds = dialogue->request->patience_s;
	const struct timeval patience = {
		.tv_sec = seconds ? seconds : PATIENCE_SECONDS,
	};

	return setsockopt(nl_socket_get_fd(dialogue->socket), SOL_SOCKET, SO_RCVTIMEO,
			  &patience, sizeof(patience)) ? -errno : 0;
}

static int find(struct dialogue *dialogue)
{
	dialogue->family = dialogue->request->family;
	if (!dialogue->family)
		dialogue->family = genl_ctrl_resolve(dialogue->socket,
						     AOIPOOL_GENL_NAME);
	return socket_error(dialogue->family);
}

static void prick_ears(struct dialogue *dialogue)
{
	struct nl_sock *socket = dialogue->socket;

	nl_socket_modify_cb(socket, NL_CB_VALID, NL_CB_CUSTOM, on_answer,
			    dialogue);
	nl_socket_modify_cb(socket, NL_CB_FINISH, NL_CB_CUSTOM, on_done,
			    dialogue);
	nl_socket_modify_cb(socket, NL_CB_ACK, NL_CB_CUSTOM, on_ack, dialogue);
	nl_socket_modify_err_cb(socket, NL_CB_CUSTOM, on_error, dialogue);
}

static int put_attributes(const struct request *request,
			  struct nl_msg *message)
{
	return request->put ? request->put(request->arg, message) : 0;
}

static int ask(struct dialogue *dialogue)
{
	struct nl_msg *message = nlmsg_alloc();
	int err = -ENOMEM;

	if (message && genlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ,
				   dialogue->family, 0,
				   dialogue->request->flags,
				   dialogue->request->command,
				   AOIPOOL_GENL_VERSION))
		err = put_attributes(dialogue->request, message);
	if (!err)
		err = socket_error(nl_send_auto(dialogue->socket, message));
	nlmsg_free(message);
	return err;
}

static int listen_out(struct dialogue *dialogue)
{
	int err;

	while (!dialogue->over) {
		err = nl_recvmsgs_default(dialogue->socket);
		if (err == -NLE_AGAIN)
			return -ETIMEDOUT;
		if (err < 0 && !dialogue->err)
			return socket_error(err);
	}
	return dialogue->err;
}

static int converse(struct dialogue *dialogue)
{
	int err;

	prick_ears(dialogue);
	err = ask(dialogue);
	return err ? err : listen_out(dialogue);
}

static bool is_loaded(struct nl_sock *socket)
{
	return genl_ctrl_resolve(socket, AOIPOOL_GENL_NAME) > 0;
}

/* To the kernel a family that is gone is ENOENT, as is what the module misses. */
static int which_is_missing(const struct request *request)
{
	struct nl_sock *socket;
	int err;

	if (!request->put)
		return -ENODEV;
	err = socket_open(&socket);
	if (err)
		return err;
	err = is_loaded(socket) ? -ENOENT : -ENODEV;
	nl_socket_free(socket);
	return err;
}

int request_run(const struct request *request)
{
	struct dialogue dialogue = { .request = request };
	int err = socket_open(&dialogue.socket);

	if (err)
		return err;
	err = be_patient(&dialogue);
	if (!err)
		err = find(&dialogue);
	if (!err)
		err = converse(&dialogue);
	nl_socket_free(dialogue.socket);
	return err == -ENOENT ? which_is_missing(request) : err;
}
