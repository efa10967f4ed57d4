/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The module's generic netlink family: its numbers, which change with every
 * load of the module, and the controller's news of it.
 */
#ifndef FAMILY_H
#define FAMILY_H

#include <netlink/netlink.h>

struct family {
	int id;		/* 0: it is not there */
	int group;	/* of its events */
};

/* Return: 0; -ENODEV: the module is not loaded; another negative errno. */
int family_find(struct family *family);

/* The group to which the controller tells of families that come and go. */
int family_watch_group(int *group);

enum family_news {
	FAMILY_OTHER,	/* of another family, or of nothing that matters */
	FAMILY_CAME,
	FAMILY_WENT,
};

/**
 * family_hear() - understand a message of the controller
 * @id: out, of the family that came or went
 */
enum family_news family_hear(struct nlmsghdr *header, int *id);

#endif
