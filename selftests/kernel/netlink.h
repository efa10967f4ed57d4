/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's generic netlink family, as a program sees it: questions, dumps
 * and events, with every attribute in its place.
 *
 * Verbs return 0 or a negative errno.
 */
#ifndef NETLINK_H
#define NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/aoipool.h>

/* Answers of a dump that tests keep */
#define MESSAGES	1024

struct nl_sock;

struct netlink {
	struct nl_sock *sock;
	int family;
	int group;
	bool is_written_to;	/* without an address, as to any file */
	int receive_bytes;	/* at once; 0: as much as the kernel may put into one */
	char why[128];	/* what the kernel said to the last refusal */
};

struct message_holder {
	__u64 pool;
	char name[AOIPOOL_NAME_BYTES];
	__u32 client;
	__u32 pid;
	char comm[AOIPOOL_COMM_BYTES];
	__u64 held_bytes;
};

/* value[] has the numbers by attribute; what was not there is 0. */
struct message {
	int cmd;
	__u64 present;	/* bit n: attribute n was there */
	__u64 value[AOIPOOL_A_MAX + 1];
	char name[AOIPOOL_NAME_BYTES];
	char type[AOIPOOL_TYPE_BYTES];
	char comm[AOIPOOL_COMM_BYTES];
	int nr_holders;
	struct message_holder holders[AOIPOOL_MAX_HOLDERS];
};

bool message_has(const struct message *message, enum aoipool_genl_attr attr);

/* The answer about a pool of this name, and about this client where it is not 0. */
const struct message *messages_find(const struct message *messages, int nr, const char *name,
				    __u32 client);

/* Connects and resolves the family and its group. */
int netlink_open(struct netlink *netlink);
void netlink_close(struct netlink *netlink);
int netlink_subscribe(struct netlink *netlink);
/* Bytes that may wait to be read, whatever the limit. */
int netlink_buffer(struct netlink *netlink, int bytes);

/* What a request says, attribute by attribute. */
struct request {
	char data[256] __attribute__((aligned(8)));
	size_t bytes;
};

void request_u32(struct request *request, int attr, __u32 value);
void request_u64(struct request *request, int attr, __u64 value);
void request_flag(struct request *request, int attr);

/*
 * A request of @bytes bytes behind its headers, with more @flags.  Return: how
 * many answers were kept, @max at most.
 */
int netlink_request(struct netlink *netlink, int cmd, int flags, const void *data,
		    size_t bytes, struct message *answers, int max);
/* Not even a whole header. */
int netlink_request_cut(struct netlink *netlink);
int netlink_state(struct netlink *netlink, struct message *state);
int netlink_dump(struct netlink *netlink, int cmd, struct message *answers, int max);
/* Held slabs, of all pools where @pool is 0. */
int netlink_slabs(struct netlink *netlink, __u64 pool, struct message *answers, int max);
/* @request may be NULL: take all that is idle. */
int netlink_trim(struct netlink *netlink, const struct request *request,
		 struct message *answer);
/* A dump in two: what is between them the kernel has to live with. */
int netlink_dump_begin(struct netlink *netlink, int cmd);
int netlink_dump_end(struct netlink *netlink, struct message *answers, int max);

/* The id of a pool of this name; 0: none is seen. */
__u64 netlink_pool_id(struct netlink *netlink, const char *name);

/* The next event, if it comes in time: else -ETIMEDOUT; -ENOBUFS: some are lost. */
int netlink_event(struct netlink *netlink, struct message *event, int timeout_ms);
/* The next event of one kind that a pool of this name has; NULL: any. */
int netlink_await(struct netlink *netlink, int cmd, const char *name, struct message *event);

#endif /* NETLINK_H */
