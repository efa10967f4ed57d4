/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * libaoipool-events - what the module tells of the whole host.
 *
 * The module sends events by generic netlink: changes of level, memory taken,
 * clients gone, pools exhausted.  A listener calls a function for each, in a
 * thread of its own (aoipool_listener_start()) or in that of the caller's event
 * loop (aoipool_listener_fd(), aoipool_listener_dispatch()).  Beside that, it can
 * be asked for what there is: the host, its nodes, pools, and who holds how much.
 *
 * Nothing is lost unsaid.  The module counts its events; where some did not
 * arrive, because the listener was too slow or the module had no memory, an
 * AOIPOOL_EVENT_LOST says how many, once they are known to be missing, also when
 * no event follows.  Levels that changed meanwhile are told by an
 * AOIPOOL_EVENT_LEVEL of the library's own, whose seq is 0.
 *
 * The module may be unloaded and loaded: the listener subscribes again by itself.
 * It then tells an AOIPOOL_EVENT_LOST with seq 0; counting begins anew.  What a
 * listener that had been too slow did not get from the module before that is
 * not known any more.
 *
 * Who hears what: events, the host and its nodes are for everybody, pools and
 * holders for the user who made them and for CAP_SYS_ADMIN.  Pools belong to the
 * host, so every network namespace hears of all of them, but outside the initial
 * one without holders, pid and comm.  A listener stays in the network namespace
 * of the thread that opened it.
 *
 * Every function that can fail returns 0 (or a number) or a negative errno value,
 * which aoipool_strerror() explains.  The library prints nothing and never ends
 * the process.
 *
 * fork(): a listener belongs to the process that opened it.  In a child,
 * aoipool_listener_close() frees what the child has of it; all else that is given
 * a listener returns -EPERM.  exec() closes the descriptors.
 */
#ifndef AOIPOOL_EVENTS_H
#define AOIPOOL_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "aoipool/event.h"

#ifdef __cplusplus
extern "C" {
#endif

struct aoipool_listener;

/* Where the module is not loaded, wait for it instead of -ENODEV. */
#define AOIPOOL_LISTENER_WAIT	(1U << 0)

/**
 * struct aoipool_listener_options - what a listener is to be
 * @size: sizeof(struct aoipool_listener_options)
 * @flags: AOIPOOL_LISTENER_*
 * @receive_bytes: room for events that wait to be read; 0 is 1 MiB.  The kernel
 *	gives no more than net.core.rmem_max.
 * @callback: called with @arg and each event, which is valid until it returns, in
 *	the thread that dispatches.  Events that come meanwhile wait.  May call
 *	anything of this library but dispatch and start, close included.
 * @arg: handed to @callback
 */
struct aoipool_listener_options {
	size_t size;
	unsigned int flags;
	size_t receive_bytes;
	void (*callback)(void *arg, const struct aoipool_event *event);
	void *arg;
};

/**
 * aoipool_listener_open() - subscribe to the module's events
 *
 * Events are kept from now on; the callback is not called before dispatch or
 * start.  The levels are taken to be none: where they are not, the first
 * dispatch says so.
 *
 * Return: 0 and *@listener, to be closed by the caller.
 * -EINVAL: no callback, an unknown flag, or a size that was never published;
 * -ENODEV: the module is not loaded (without AOIPOOL_LISTENER_WAIT);
 * -EPERM, -EACCES: the kernel does not let this process listen;
 * -EPROTONOSUPPORT: no generic netlink here;
 * -EMFILE, -ENFILE: no descriptor is left (it takes four, now and then one more);
 * -ENOMEM.
 * On an error *@listener is NULL and nothing is left behind.
 */
int aoipool_listener_open(struct aoipool_listener **listener,
			  const struct aoipool_listener_options *options);

/**
 * aoipool_listener_fd() - a descriptor to wait on with poll() or epoll
 *
 * Readable: call aoipool_listener_dispatch().  It stays the same as long as the
 * listener is open, whether the module is loaded or not, and becomes readable
 * now and then when there is nothing to tell.  The listener's: neither read nor
 * close it.
 *
 * Return: the descriptor; -EPERM: called in a fork()ed child.
 */
int aoipool_listener_fd(const struct aoipool_listener *listener);

/**
 * aoipool_listener_dispatch() - call the callback for what is there
 * @max: read no further after so many events, at least 1; an event that is lost
 *	is told together with the one behind it, so there may be a few more
 *
 * Does not wait for events.  Never from two threads at once.
 *
 * Return: how many events were told, 0 or more.  When the callback closed the
 * listener, it is gone by then.
 * -EINVAL: @max is 0;
 * -EINPROGRESS: the listener has a thread of its own, or is being dispatched:
 *	by another thread or by the caller of this callback;
 * -EPERM: called in a fork()ed child.
 */
int aoipool_listener_dispatch(struct aoipool_listener *listener,
			      unsigned int max);

/**
 * aoipool_listener_start() - let a thread of the library dispatch from now on
 *
 * It takes no signals, and ends with aoipool_listener_close().
 *
 * Return: 0; -EINPROGRESS: it has one, or is being dispatched; -EAGAIN: no
 * thread to be had; -EMFILE, -ENFILE; -EPERM: called in a fork()ed child.
 */
int aoipool_listener_start(struct aoipool_listener *listener);

/**
 * aoipool_listener_close() - end a listener
 *
 * After it the callback is not called any more: where the listener has a thread
 * of its own, a callback that runs is waited for, so hold no lock that it wants.
 * From within the callback it takes effect when that returns.  No other thread
 * may be in a call on this listener.  NULL is allowed.
 */
void aoipool_listener_close(struct aoipool_listener *listener);

/**
 * struct aoipool_host_state - the host, as the module sees it
 * @size: in, sizeof(struct aoipool_host_state)
 * @level: enum aoipool_pressure_level
 * @nr_pools: that exist
 * @seq: of the last event; the first one had 1
 * @lost: events that the module itself had to drop
 * @time_ns: of CLOCK_MONOTONIC
 * @available_bytes: of the host
 * @total_bytes: of the host
 * @pool_bytes: that pools have
 * @depot_bytes: kept ready
 * @idle_bytes: of parked slabs, when they were counted last
 * @reclaimed_bytes: taken from pools since the module was loaded
 * @received: of the listener, since it was opened: events that came, those of an
 *	unknown kind included
 * @missed: events that it told as lost
 * @overruns: times that its receive buffer was full
 * @restarts: times that the module was gone
 * @abi_version: AOIPOOL_ABI_VERSION of the module
 * @limit_bytes: bound on what pools and depot have
 * @reserved_bytes: what reserves keep of @idle_bytes
 * @apart_bytes: of parked slabs, what cannot be taken now: somebody pins it
 * @swept_slabs: of clients that died, since the module was loaded
 * @oom_calls: times that the OOM notifier ran
 * @oom_bytes: what it gave back
 * @failures: populates that got no memory
 */
struct aoipool_host_state {
	size_t size;
	enum aoipool_pressure_level level;
	uint32_t nr_pools;
	uint64_t seq;
	uint64_t lost;
	uint64_t time_ns;
	uint64_t available_bytes;
	uint64_t total_bytes;
	uint64_t pool_bytes;
	uint64_t depot_bytes;
	uint64_t idle_bytes;
	uint64_t reclaimed_bytes;
	uint64_t received;
	uint64_t missed;
	uint64_t overruns;
	uint64_t restarts;
	uint32_t abi_version;
	uint32_t reserved;
	uint64_t limit_bytes;
	uint64_t reserved_bytes;
	uint64_t apart_bytes;
	uint64_t swept_slabs;
	uint64_t oom_calls;
	uint64_t oom_bytes;
	uint64_t failures;
};

/**
 * aoipool_listener_state() - how the host does, and what was heard of it
 * @listener: NULL: without what concerns a listener
 *
 * From any thread, also while the listener is dispatched.
 *
 * Return: 0;
 * -ENODEV: the module is not loaded; what concerns the listener is there;
 * -EINVAL: state->size is not one that was ever published;
 * -ETIMEDOUT: the module did not answer within seconds;
 * -EPERM: called in a fork()ed child; -EMFILE, -ENFILE; -ENOMEM.
 */
int aoipool_listener_state(const struct aoipool_listener *listener,
			   struct aoipool_host_state *state);

/*
 * What there is.  Each of these asks the module, by a socket of its own, and then
 * calls @each for one after the other; nothing is held while it does, so @each
 * may do as it likes.  Pools and clients that come or go while the module
 * answers may be there or not; nobody is there twice.  From any thread.
 *
 * Return: 0; what @each returned, if that was not 0: it is not called again;
 * -ENODEV: the module is not loaded;
 * -EINTR: what is asked for changed again and again while it was read;
 * -ETIMEDOUT: the module did not answer within seconds;
 * -EPROTO: the module speaks another language;
 * -EMFILE, -ENFILE; -ENOMEM; -EPROTONOSUPPORT: no generic netlink here.
 */

/**
 * struct aoipool_node_state - a node with memory
 * @size: sizeof(struct aoipool_node_state) of the library, as below
 */
struct aoipool_node_state {
	size_t size;
	int node;
	enum aoipool_pressure_level level;
	uint64_t available_bytes;
	uint64_t total_bytes;
	uint64_t pool_bytes;
	uint64_t depot_bytes;
	uint64_t reclaimed_bytes;	/* since the module was loaded */
	uint64_t populated_bytes;	/* likewise, given to pools */
	uint64_t failures;		/* populates that got no memory */
};

int aoipool_for_each_node(int (*each)(void *arg,
				      const struct aoipool_node_state *node),
			  void *arg);

struct aoipool_pool_state {
	size_t size;
	uint64_t pool;			/* its number, never used again */
	enum aoipool_pressure_level level;
	uint32_t nr_slabs;		/* its bound */
	uint32_t held_slabs;
	uint32_t parked_slabs;
	uint32_t nr_clients;
	uint64_t slab_bytes;		/* of one */
	uint64_t pool_bytes;		/* that it has */
	uint64_t idle_bytes;		/* of parked slabs */
	uint64_t reclaimed_bytes;	/* since it was made */
	char name[AOIPOOL_EVENT_NAME_BYTES];
	char type[AOIPOOL_EVENT_NAME_BYTES];
	uint32_t uid;			/* of who made it */
	uint32_t reserved;
	uint64_t slot_bytes;		/* of one */
	uint64_t held_bytes;		/* populated */
	uint64_t reserved_bytes;	/* of idle_bytes, what the reserve keeps */
	uint64_t apart_bytes;		/* of parked slabs, what is pinned */
	uint64_t swept_slabs;		/* since it was made */
	uint64_t failures;		/* populates that got no memory */
};

/* Those that the caller may see. */
int aoipool_for_each_pool(int (*each)(void *arg,
				      const struct aoipool_pool_state *pool),
			  void *arg);

struct aoipool_holder_state {
	size_t size;
	struct aoipool_holder holder;
	uint32_t uid;			/* in the caller's user namespace */
	uint32_t held_slabs;
};

/* Every client of the pools that the caller may see. */
int aoipool_for_each_holder(int (*each)(void *arg,
					const struct aoipool_holder_state *),
			    void *arg);

/* A slab that somebody holds. */
struct aoipool_held_slab {
	size_t size;
	uint64_t pool;			/* number of the pool */
	uint64_t held_bytes;		/* populated */
	uint32_t slab;			/* its index */
	uint32_t client;
	uint32_t pid;			/* 0 where not to be known */
	uint32_t uid;			/* in the caller's user namespace */
	uint32_t generation;		/* of the slab word */
	int32_t node;
};

/**
 * aoipool_for_each_held_slab() - every slab that is held, of pools that the caller may
 *	see
 * @pool: the number of one pool; 0: of all
 *
 * -ENOENT, too: there is no such pool.
 */
int aoipool_for_each_held_slab(uint64_t pool,
			  int (*each)(void *arg,
				      const struct aoipool_held_slab *slab),
			  void *arg);

/* The reserves, too */
#define AOIPOOL_HOST_TRIM_RESERVE	(1U << 0)
/* What is left of max_bytes from the depot; needs CAP_SYS_ADMIN */
#define AOIPOOL_HOST_TRIM_DEPOT		(1U << 1)

/**
 * struct aoipool_host_trim - what is to be given back
 * @size: sizeof(struct aoipool_host_trim)
 * @flags: AOIPOOL_HOST_TRIM_*
 * @node: of this node only; AOIPOOL_EVENT_NODE_HOST: of all
 * @pool: of this pool only; 0: of all that the caller may see
 * @max_bytes: about so much at most, in whole slabs; UINT64_MAX: all
 * @freed_bytes: out, taken from pools
 * @depot_bytes: out, taken from the depot
 */
struct aoipool_host_trim {
	size_t size;
	unsigned int flags;
	int node;
	uint64_t pool;
	uint64_t max_bytes;
	uint64_t freed_bytes;
	uint64_t depot_bytes;
};

/**
 * aoipool_host_trim() - take what is idle, the oldest first, in any process
 *
 * Return: 0; -EPERM: the depot is for CAP_SYS_ADMIN; -ENOENT: no such pool;
 * -EINVAL: no such node, an unknown flag, a size that was never published;
 * -ENODEV: the module is not loaded; -ETIMEDOUT, -EMFILE, -ENFILE, -ENOMEM.
 */
int aoipool_host_trim(struct aoipool_host_trim *trim);

#ifdef __cplusplus
}
#endif

#endif /* AOIPOOL_EVENTS_H */
