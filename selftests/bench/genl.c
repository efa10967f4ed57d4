// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "genl.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

struct message {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	char body[8192];
};

static int open_socket(void)
{
	struct sockaddr_nl name = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd >= 0 && !bind(fd, (struct sockaddr *)&name, sizeof(name)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The first of @type among the @bytes of attributes at @at; NULL: none. */
static const struct nlattr *find(const void *at, int bytes, int type)
{
	const struct nlattr *attr = at;

	while (bytes >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN &&
	       attr->nla_len <= bytes) {
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		bytes -= NLA_ALIGN(attr->nla_len);
		attr = (const struct nlattr *)((const char *)attr +
					       NLA_ALIGN(attr->nla_len));
	}
	return NULL;
}

static const void *data_of(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

static int bytes_of(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

static bool ask(int fd, const char *family)
{
	struct message ask = {
		.head = {
			.nlmsg_type = GENL_ID_CTRL,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.genl = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
	};
	struct nlattr *attr = (struct nlattr *)ask.body;

	attr->nla_type = CTRL_ATTR_FAMILY_NAME;
	attr->nla_len = (uint16_t)(NLA_HDRLEN + strlen(family) + 1);
	strcpy(ask.body + NLA_HDRLEN, family);
	ask.head.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) +
			     NLA_ALIGN(attr->nla_len);
	return send(fd, &ask, ask.head.nlmsg_len, 0) ==
	       (ssize_t)ask.head.nlmsg_len;
}

static int body_bytes(const struct message *message)
{
	return (int)message->head.nlmsg_len - (int)NLMSG_LENGTH(GENL_HDRLEN);
}

/* Each group is a nest of its name and its number. */
static uint32_t group_in(const struct nlattr *groups, const char *name)
{
	const char *at = data_of(groups), *end = at + bytes_of(groups);

	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *nest = (const struct nlattr *)at;
		const struct nlattr *id, *called;

		if (nest->nla_len < NLA_HDRLEN)
			break;
		id = find(data_of(nest), bytes_of(nest),
			  CTRL_ATTR_MCAST_GRP_ID);
		called = find(data_of(nest), bytes_of(nest),
			      CTRL_ATTR_MCAST_GRP_NAME);
		if (id && called && !strcmp(data_of(called), name))
			return *(const uint32_t *)data_of(id);
		at += NLA_ALIGN(nest->nla_len);
	}
	return 0;
}

static uint32_t group_of(int fd, const char *family, const char *group)
{
	struct message answer;
	const struct nlattr *groups;
	ssize_t got;

	if (!ask(fd, family))
		return 0;
	got = recv(fd, &answer, sizeof(answer), 0);
	if (got < (ssize_t)NLMSG_LENGTH(GENL_HDRLEN) ||
	    answer.head.nlmsg_type != GENL_ID_CTRL)
		return 0;
	groups = find(answer.body, body_bytes(&answer),
		      CTRL_ATTR_MCAST_GROUPS);
	return groups ? group_in(groups, group) : 0;
}

int genl_listen(const char *family, const char *group)
{
	int fd = open_socket();
	uint32_t id = fd < 0 ? 0 : group_of(fd, family, group);

	if (id && !setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &id,
			      sizeof(id)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int genl_hear(int fd, int attr, uint32_t *value)
{
	const struct nlattr *found;
	struct message heard;

	if (recv(fd, &heard, sizeof(heard), MSG_DONTWAIT) <
	    (ssize_t)NLMSG_LENGTH(GENL_HDRLEN))
		return -1;
	found = find(heard.body, body_bytes(&heard), attr);
	*value = found ? *(const uint32_t *)data_of(found) : 0;
	return heard.genl.cmd;
}
