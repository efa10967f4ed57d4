/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family: questions and their answers. */
#ifndef AOIPOOL_NETLINK_H
#define AOIPOOL_NETLINK_H

struct genl_family;

extern struct genl_family aoipool_netlink_family;

int aoipool_netlink_init(void);
void aoipool_netlink_exit(void);

#endif /* AOIPOOL_NETLINK_H */
