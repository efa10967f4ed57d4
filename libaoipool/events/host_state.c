// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "host_state.h"

#include <linux/aoipool.h>

#include "message.h"
#include "request.h"

static int hear(void *arg, struct nlmsghdr *header)
{
	return message_host(header, arg);
}

int host_state_ask(struct aoipool_host_state *host, int family)
{
	const struct request request = {
		.family = family,
		.command = AOIPOOL_GENL_GET_STATE,
		.hear = hear,
		.arg = host,
	};

	return request_run(&request);
}
