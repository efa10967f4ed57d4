/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "aoipool.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

#define STRING_(x)	#x
#define STRING(x)	STRING_(x)

static const struct meaning {
	int err;
	const char *text;
} meanings[] = {
	{ 0, "success" },
	{ EAGAIN, "exhausted: all slots of the pool are out; "
		  "wait, or open the pool with more" },
	{ ETIMEDOUT, "timeout: no slot came free in the time given" },
	{ ENOMEM, "no memory: the host or its nodes have none for it" },
	{ ENOSPC, "limit reached: the module's bound on all pools, an "
		  "administrator can raise it" },
	{ EDQUOT, "cgroup full: the memory cgroup is at its limit, and nothing "
		  "idle is charged to it; raise memory.max, or open pools with "
		  "fewer slots" },
	{ EALREADY, "double put: this ref was put before" },
	{ ESTALE, "stale ref: its slot has been given up since, or the ref was "
		  "never handed out" },
	{ EIDRM, "reset: the pool was reset since this ref was handed out" },
	{ EOPNOTSUPP, "not supported: puts by pointer need a pool that was "
		      "opened for them (aoipool_attr_set_put_by_pointer); "
		      "lists by rseq need a C library and a kernel that have "
		      "it" },
	{ EXDEV, "foreign ref: it belongs to another pool of the same type "
		 "(at open: a node that does not exist or has no memory)" },
	{ EPROTOTYPE, "wrong type: the ref belongs to a pool of another type" },
	{ EINVAL, "invalid: a value out of its range, or a ref of no open "
		  "pool" },
	{ EPERM, "forked: a pool belongs to the process that opened it; open "
		 "another in the child" },
	{ ENODEV, "no device: module aoipool is not loaded; modprobe aoipool, "
		  "or use provider user" },
	{ EACCES, "no permission: join the group of /dev/aoipool, or use "
		  "provider user; of another's process, ask as its user or as "
		  "root" },
	{ ESRCH, "no such process: it has ended" },
	{ EPROTO, "ABI mismatch: module and library, or the ledgers of a "
		  "process and who reads them, are of different versions" },
	{ EBUSY, "slots were still out when the pool was closed" },
	{ EDEADLK, "called by who is told of events: neither open nor close a "
		   "pool there, but in another thread" },
	{ ENOTTY, "not a frame pool: it has no frame layout" },
	{ EOVERFLOW, "too large: the frame does not fit an address space" },
};

const char *aoipool_version(void)
{
	return STRING(AOIPOOL_VERSION_MAJOR) "." STRING(AOIPOOL_VERSION_MINOR)
	       "." STRING(AOIPOOL_VERSION_PATCH);
}

const char *aoipool_strerror(int err)
{
	const char *text;
	size_t i;

	/* INT_MIN has no positive twin, and no meaning either */
	if (err < 0 && err != INT_MIN)
		err = -err;
	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].err == err)
			return meanings[i].text;
	/* not strerror(): its storage is not always static */
	text = strerrordesc_np(err);
	return text ? text : "unknown error";
}
