/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * genl - the events of a generic netlink family, by the socket alone: no library
 * between the kernel's message and the clock.
 */
#ifndef GENL_H
#define GENL_H

#include <stdbool.h>
#include <stdint.h>

/** Return: a socket that hears @group of @family; -1: there is no such thing. */
int genl_listen(const char *family, const char *group);

/**
 * genl_hear() - one message, if there is one
 * @attr: of the type u32 whose @value is wanted; 0 where the message has none
 * Return: its command; -1: there is none now.
 */
int genl_hear(int fd, int attr, uint32_t *value);

#endif
