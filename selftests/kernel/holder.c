// SPDX-License-Identifier: GPL-2.0-only
#include "holder.h"

#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A change of user takes the wish to die with the parent away. */
static int become(const char *comm, uid_t user)
{
	return prctl(PR_SET_NAME, comm) || setgroups(0, NULL) ||
	       setresuid(user, user, user) || prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static int hold(int sock, void *arg)
{
	const struct holder_args *args = arg;
	struct pool client;

	if (become(args->comm, args->user) || pool_join(args->pool, &client))
		return 1;
	if (slabs_hold(&client, args->first, args->nr, 0) ||
	    slab_claim(&client, args->first + args->nr, 0))
		return 2;
	if (child_tell(sock, client.client))
		return 3;
	child_expect(sock, 'q');
	return 0;
}

int holder_start(struct child *child, struct holder_args *args)
{
	int err = child_start(child, hold, args);
	char client;

	return err ?: child_hear(child->sock, &client) ?: client;
}
