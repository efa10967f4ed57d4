// SPDX-License-Identifier: GPL-2.0-only
/*
 * Askers: who may see what.
 *
 * Everybody sees the pools that were created under his own user number, with all
 * that is inside of them, and of other pools his own clients and what they hold.
 * Who has CAP_SYS_ADMIN in the initial user namespace sees all.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/xarray.h>
#include <net/sock.h>
#include "asker.h"
#include "client.h"
#include "pool.h"

/*
 * Who gets somebody else to write to a socket of his sees no more by it than he
 * could have asked for himself.  Who names the receiver is not a dupe: so the
 * kernel draws the line for capabilities, too.
 */
static bool asker_means_it(const struct sk_buff *request)
{
	const struct netlink_skb_parms *from = &NETLINK_CB(request);
	const struct file *file = from->sk->sk_socket->file;

	return from->flags & NETLINK_SKB_DST ||
	       uid_eq(file->f_cred->euid, current_euid());
}

/**
 * aoipool_asker_init() - who the current task is to us
 * @asker: out
 * @request: that it sends
 */
void aoipool_asker_init(struct aoipool_asker *asker,
			const struct sk_buff *request)
{
	asker->sees_all = netlink_capable(request, CAP_SYS_ADMIN);
	asker->uid = asker_means_it(request) ? current_euid() : INVALID_UID;
}

/**
 * aoipool_asker_sees_pool() - whether there is anything of a pool for him to see
 * @asker: he
 * @pool: whose clients_lock is held
 */
bool aoipool_asker_sees_pool(const struct aoipool_asker *asker,
			     struct aoipool_pool *pool)
{
	struct aoipool_client *client;
	unsigned long number;

	lockdep_assert_held(&pool->clients_lock);
	if (aoipool_asker_sees(asker, pool->uid))
		return true;
	xa_for_each(&pool->clients, number, client)
		if (aoipool_asker_sees(asker, client->uid))
			return true;
	return false;
}
