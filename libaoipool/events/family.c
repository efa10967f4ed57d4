// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "family.h"

#include <errno.h>
#include <linux/aoipool.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <string.h>

#include "socket.h"

static const struct nla_policy policy[CTRL_ATTR_MAX + 1] = {
	[CTRL_ATTR_FAMILY_ID]	= { .type = NLA_U16 },
	[CTRL_ATTR_FAMILY_NAME]	= { .type = NLA_STRING },
};

/*
 * The id first: a family that is loaded anew between the two is heard to have
 * gone under this id, and is looked for again.
 */
static int resolve(struct nl_sock *socket, struct family *family)
{
	family->id = genl_ctrl_resolve(socket, AOIPOOL_GENL_NAME);
	if (family->id < 0)
		return socket_error(family->id);
	family->group = genl_ctrl_resolve_grp(socket, AOIPOOL_GENL_NAME,
					      AOIPOOL_GENL_GROUP);
	return socket_error(family->group);
}

int family_find(struct family *family)
{
	struct nl_sock *socket;
	int err = socket_open(&socket);

	if (err)
		return err;
	err = resolve(socket, family);
	nl_socket_free(socket);
	return err;
}

int family_watch_group(int *group)
{
	struct nl_sock *socket;
	int err = socket_open(&socket);

	if (err)
		return err;
	*group = genl_ctrl_resolve_grp(socket, "nlctrl", "notify");
	nl_socket_free(socket);
	return socket_error(*group);
}

static enum family_news news_of(struct nlmsghdr *header)
{
	switch (genlmsg_hdr(header)->cmd) {
	case CTRL_CMD_NEWFAMILY:
		return FAMILY_CAME;
	case CTRL_CMD_DELFAMILY:
		return FAMILY_WENT;
	default:
		return FAMILY_OTHER;
	}
}

enum family_news family_hear(struct nlmsghdr *header, int *id)
{
	struct nlattr *attrs[CTRL_ATTR_MAX + 1];

	if (header->nlmsg_type != GENL_ID_CTRL ||
	    !genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attrs, CTRL_ATTR_MAX, policy) < 0 ||
	    !attrs[CTRL_ATTR_FAMILY_ID] || !attrs[CTRL_ATTR_FAMILY_NAME] ||
	    strcmp(nla_get_string(attrs[CTRL_ATTR_FAMILY_NAME]),
		   AOIPOOL_GENL_NAME))
		return FAMILY_OTHER;
	*id = nla_get_u16(attrs[CTRL_ATTR_FAMILY_ID]);
	return news_of(header);
}
