/* SPDX-License-Identifier: GPL-2.0-only */
/* Events that no module sent. */
#ifndef FORGE_H
#define FORGE_H

/*
 * Send one to each socket of generic netlink that this process has open.
 * Return: how many were sent; a negative errno.
 */
int forge_sweeps(void);

#endif
