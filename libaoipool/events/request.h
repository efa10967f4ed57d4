/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Questions to the module, each by a socket of its own: what waits to be read
 * elsewhere, or was lost there, is none of its business.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdint.h>

#include <netlink/msg.h>
#include <netlink/netlink.h>

struct request {
	int family;	/* 0: to be found */
	uint8_t command;
	int flags;	/* NLM_F_DUMP or 0 */
	unsigned int patience_s;	/* 0: that of a question */
	/* adds attributes, where it is not NULL.  Return: 0; -ENOMEM. */
	int (*put)(void *arg, struct nl_msg *message);
	/* called with each answer; an error ends the request */
	int (*hear)(void *arg, struct nlmsghdr *header);
	void *arg;
};

/**
 * request_run() - ask, and hear all answers
 *
 * Return: 0; what @hear returned; -ENODEV: the module is not loaded; -EINTR: a
 * dump is not of one piece, ask again; -ENOENT: what an attribute names is not
 * there; -ETIMEDOUT; another negative errno.
 */
int request_run(const struct request *request);

#endif
