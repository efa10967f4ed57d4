// SPDX-License-Identifier: GPL-2.0-only
#include "netlink.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#define HANG_MS		(60 * 1000)
/* More than the kernel ever puts into one message of a dump. */
#define RECEIVE_BYTES	65536

static int fd_of(const struct netlink *netlink)
{
	return nl_socket_get_fd(netlink->sock);
}

bool message_has(const struct message *message, enum aoipool_genl_attr attr)
{
	return message->present >> attr & 1;
}

const struct message *messages_find(const struct message *messages, int nr, const char *name,
				    __u32 client)
{
	for (int i = 0; i < nr; i++)
		if (!strcmp(messages[i].name, name) &&
		    messages[i].value[AOIPOOL_A_CLIENT] == client)
			return &messages[i];
	return NULL;
}

int netlink_open(struct netlink *netlink)
{
	const int on = 1;

	*netlink = (struct netlink) { .sock = nl_socket_alloc() };
	if (!netlink->sock)
		return -ENOMEM;
	if (genl_connect(netlink->sock))
		return -ENOTCONN;
	netlink->family = genl_ctrl_resolve(netlink->sock, AOIPOOL_GENL_NAME);
	netlink->group = genl_ctrl_resolve_grp(netlink->sock, AOIPOOL_GENL_NAME,
					       AOIPOOL_GENL_GROUP);
	if (netlink->family < 0 || netlink->group < 0)
		return -ENOENT;
	return setsockopt(fd_of(netlink), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ?
		       -errno : 0;
}

void netlink_close(struct netlink *netlink)
{
	nl_socket_free(netlink->sock);
	netlink->sock = NULL;
}

int netlink_subscribe(struct netlink *netlink)
{
	return nl_socket_add_membership(netlink->sock, netlink->group) ? -EPERM : 0;
}

int netlink_buffer(struct netlink *netlink, int bytes)
{
	return setsockopt(fd_of(netlink), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) ?
		       -errno : 0;
}

static int receive(const struct netlink *netlink, void *buffer, int timeout_ms)
{
	struct pollfd poller = { .fd = fd_of(netlink), .events = POLLIN };
	int bytes = netlink->receive_bytes ?: RECEIVE_BYTES;
	ssize_t got;

	if (poll(&poller, 1, timeout_ms) == 0)
		return -ETIMEDOUT;
	got = recv(fd_of(netlink), buffer, bytes, MSG_DONTWAIT | MSG_TRUNC);
	if (got < 0)
		return -errno;
	return got > bytes ? -EMSGSIZE : got;
}

static __u64 number_of(const struct nlattr *attr)
{
	return nla_len(attr) == sizeof(__u32) ? nla_get_u32(attr) : nla_get_u64(attr);
}

static void string_of(const struct nlattr *attr, char *text, size_t bytes)
{
	text[0] = '\0';
	if (attr)
		nla_strlcpy(text, attr, bytes);
}

static void parse_holder(struct nlattr *nest, struct message_holder *holder)
{
	struct nlattr *attrs[AOIPOOL_A_MAX + 1];

	nla_parse_nested(attrs, AOIPOOL_A_MAX, nest, NULL);
	holder->pool = nla_get_u64(attrs[AOIPOOL_A_POOL]);
	holder->client = nla_get_u32(attrs[AOIPOOL_A_CLIENT]);
	holder->pid = nla_get_u32(attrs[AOIPOOL_A_PID]);
	holder->held_bytes = nla_get_u64(attrs[AOIPOOL_A_HELD_BYTES]);
	string_of(attrs[AOIPOOL_A_NAME], holder->name, sizeof(holder->name));
	string_of(attrs[AOIPOOL_A_COMM], holder->comm, sizeof(holder->comm));
}

static void parse_holders(struct nlattr *nest, struct message *message)
{
	struct nlattr *holder;
	int rest;

	nla_for_each_nested(holder, nest, rest)
		if (message->nr_holders < AOIPOOL_MAX_HOLDERS)
			parse_holder(holder, &message->holders[message->nr_holders++]);
}

static bool is_number(int attr)
{
	return attr != AOIPOOL_A_NAME && attr != AOIPOOL_A_TYPE && attr != AOIPOOL_A_COMM &&
	       attr != AOIPOOL_A_HOLDERS;
}

static int parse(struct nlmsghdr *head, struct message *message)
{
	struct nlattr *attrs[AOIPOOL_A_MAX + 1];

	if (genlmsg_parse(head, 0, attrs, AOIPOOL_A_MAX, NULL))
		return -EBADMSG;
	memset(message, 0, sizeof(*message));
	message->cmd = genlmsg_hdr(head)->cmd;
	for (int attr = 1; attr <= AOIPOOL_A_MAX; attr++) {
		if (!attrs[attr])
			continue;
		message->present |= 1ULL << attr;
		if (is_number(attr))
			message->value[attr] = number_of(attrs[attr]);
	}
	string_of(attrs[AOIPOOL_A_NAME], message->name, sizeof(message->name));
	string_of(attrs[AOIPOOL_A_TYPE], message->type, sizeof(message->type));
	string_of(attrs[AOIPOOL_A_COMM], message->comm, sizeof(message->comm));
	if (attrs[AOIPOOL_A_HOLDERS])
		parse_holders(attrs[AOIPOOL_A_HOLDERS], message);
	return 0;
}

/* The refused request comes back without what it carried (NLM_F_CAPPED), or with it. */
static void note_reason(struct netlink *netlink, struct nlmsghdr *head)
{
	const struct nlmsgerr *error = nlmsg_data(head);
	int before = sizeof(*error);
	struct nlattr *message;

	netlink->why[0] = '\0';
	if (!(head->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(head->nlmsg_flags & NLM_F_CAPPED))
		before += NLMSG_ALIGN(error->msg.nlmsg_len) - NLMSG_HDRLEN;
	message = nlmsg_find_attr(head, before, NLMSGERR_ATTR_MSG);
	string_of(message, netlink->why, sizeof(netlink->why));
}

/* Return: 1 there is more to come, 0 it was the last, or the error it tells. */
static int take_part(struct netlink *netlink, struct nlmsghdr *head, struct message *answers,
		     int max, int *nr)
{
	struct message unwanted;

	switch (head->nlmsg_type) {
	case NLMSG_ERROR:
		note_reason(netlink, head);
		return ((struct nlmsgerr *)nlmsg_data(head))->error;
	case NLMSG_DONE:
		return *(int *)nlmsg_data(head);
	default:
		return parse(head, *nr < max ? &answers[(*nr)++] : &unwanted) ?: 1;
	}
}

static int take_answers(struct netlink *netlink, struct message *answers, int max)
{
	static __thread char buffer[RECEIVE_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *head;
	int more = 1, nr = 0;

	while (more == 1) {
		int got = receive(netlink, buffer, HANG_MS);

		if (got < 0)
			return got;
		for (head = (struct nlmsghdr *)buffer; more == 1 && nlmsg_ok(head, got);
		     head = nlmsg_next(head, &got))
			more = take_part(netlink, head, answers, max, &nr);
	}
	return more ?: nr;
}

static int send_request(struct netlink *netlink, struct nl_msg *msg)
{
	const struct nlmsghdr *head = nlmsg_hdr(msg);

	nl_complete_msg(netlink->sock, msg);
	if (netlink->is_written_to)
		return write(fd_of(netlink), head, head->nlmsg_len) < 0 ? -errno : 0;
	return nl_send(netlink->sock, msg) < 0 ? -EIO : 0;
}

static int ask(struct netlink *netlink, int cmd, int flags, const void *data, size_t bytes)
{
	struct nl_msg *msg = nlmsg_alloc();
	int err;

	if (!msg)
		return -ENOMEM;
	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, netlink->family, 0, flags, cmd,
		    AOIPOOL_GENL_VERSION);
	nlmsg_append(msg, (void *)data, bytes, 0);
	err = send_request(netlink, msg);
	nlmsg_free(msg);
	return err;
}

static void request_add(struct request *request, int attr, const void *value, size_t bytes)
{
	struct nlattr head = { .nla_len = sizeof(head) + bytes, .nla_type = attr };

	memcpy(request->data + request->bytes, &head, sizeof(head));
	if (bytes)
		memcpy(request->data + request->bytes + sizeof(head), value, bytes);
	request->bytes += NLA_ALIGN(head.nla_len);
}

void request_u32(struct request *request, int attr, __u32 value)
{
	request_add(request, attr, &value, sizeof(value));
}

void request_u64(struct request *request, int attr, __u64 value)
{
	request_add(request, attr, &value, sizeof(value));
}

void request_flag(struct request *request, int attr)
{
	request_add(request, attr, NULL, 0);
}

int netlink_request(struct netlink *netlink, int cmd, int flags, const void *data,
		    size_t bytes, struct message *answers, int max)
{
	return ask(netlink, cmd, flags, data, bytes) ?: take_answers(netlink, answers, max);
}

int netlink_request_cut(struct netlink *netlink)
{
	struct {
		struct nlmsghdr head;
		char half[GENL_HDRLEN / 2];
	} request = {
		.head.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN / 2,
		.head.nlmsg_type = netlink->family,
		.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	};

	if (nl_sendto(netlink->sock, &request, request.head.nlmsg_len) < 0)
		return -EIO;
	return take_answers(netlink, NULL, 0);
}

int netlink_state(struct netlink *netlink, struct message *state)
{
	int nr = netlink_request(netlink, AOIPOOL_GENL_GET_STATE, 0, NULL, 0, state, 1);

	return nr < 0 ? nr : nr == 1 ? 0 : -EPROTO;
}

int netlink_dump(struct netlink *netlink, int cmd, struct message *answers, int max)
{
	return netlink_request(netlink, cmd, NLM_F_DUMP, NULL, 0, answers, max);
}

int netlink_slabs(struct netlink *netlink, __u64 pool, struct message *answers, int max)
{
	struct request request = {};

	if (pool)
		request_u64(&request, AOIPOOL_A_POOL, pool);
	return netlink_request(netlink, AOIPOOL_GENL_GET_SLABS, NLM_F_DUMP, request.data,
			       request.bytes, answers, max);
}

int netlink_trim(struct netlink *netlink, const struct request *request, struct message *answer)
{
	const struct request all = {};
	int nr;

	if (!request)
		request = &all;
	nr = netlink_request(netlink, AOIPOOL_GENL_TRIM, 0, request->data, request->bytes,
			     answer, 1);
	return nr < 0 ? nr : nr == 1 ? 0 : -EPROTO;
}

__u64 netlink_pool_id(struct netlink *netlink, const char *name)
{
	static struct message answers[MESSAGES];
	int nr = netlink_dump(netlink, AOIPOOL_GENL_GET_POOLS, answers, MESSAGES);
	const struct message *pool = messages_find(answers, nr, name, 0);

	return pool ? pool->value[AOIPOOL_A_POOL] : 0;
}

int netlink_dump_begin(struct netlink *netlink, int cmd)
{
	return ask(netlink, cmd, NLM_F_DUMP, NULL, 0);
}

int netlink_dump_end(struct netlink *netlink, struct message *answers, int max)
{
	return take_answers(netlink, answers, max);
}

int netlink_event(struct netlink *netlink, struct message *event, int timeout_ms)
{
	static __thread char buffer[RECEIVE_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
	int got = receive(netlink, buffer, timeout_ms);

	return got < 0 ? got : parse((struct nlmsghdr *)buffer, event);
}

int netlink_await(struct netlink *netlink, int cmd, const char *name, struct message *event)
{
	int err;

	do {
		err = netlink_event(netlink, event, HANG_MS);
	} while (!err && (event->cmd != cmd || (name && strcmp(event->name, name))));
	return err;
}
