// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What is idle is given back, in whichever process it is. */
#include "aoipool-events.h"

#include <errno.h>
#include <linux/aoipool.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "message.h"
#include "request.h"

/* Terabytes, on a machine that has other work. */
#define PATIENCE_SECONDS	300

#define KNOWN_FLAGS	(AOIPOOL_HOST_TRIM_RESERVE | AOIPOOL_HOST_TRIM_DEPOT)

static int put_what(const struct aoipool_host_trim *trim,
		    struct nl_msg *message)
{
	if (trim->pool && nla_put_u64(message, AOIPOOL_A_POOL, trim->pool))
		return -ENOMEM;
	if (trim->node != AOIPOOL_EVENT_NODE_HOST &&
	    nla_put_u32(message, AOIPOOL_A_NODE, trim->node))
		return -ENOMEM;
	if (trim->max_bytes != UINT64_MAX &&
	    nla_put_u64(message, AOIPOOL_A_MAX_BYTES, trim->max_bytes))
		return -ENOMEM;
	return 0;
}

static int put(void *arg, struct nl_msg *message)
{
	const struct aoipool_host_trim *trim = arg;
	int err = put_what(trim, message);

	if (!err && trim->flags & AOIPOOL_HOST_TRIM_RESERVE)
		err = nla_put_flag(message, AOIPOOL_A_RESERVE);
	if (!err && trim->flags & AOIPOOL_HOST_TRIM_DEPOT)
		err = nla_put_flag(message, AOIPOOL_A_DEPOT);
	return err ? -ENOMEM : 0;
}

static int hear(void *arg, struct nlmsghdr *header)
{
	return message_trim(header, arg);
}

int aoipool_host_trim(struct aoipool_host_trim *trim)
{
	const struct request request = {
		.command = AOIPOOL_GENL_TRIM,
		.patience_s = PATIENCE_SECONDS,
		.put = put,
		.hear = hear,
		.arg = trim,
	};

	if (trim->size != sizeof(*trim) || trim->flags & ~KNOWN_FLAGS ||
	    trim->node < AOIPOOL_EVENT_NODE_HOST)
		return -EINVAL;
	trim->freed_bytes = 0;
	trim->depot_bytes = 0;
	return request_run(&request);
}
