/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef PSI_H
#define PSI_H

/**
 * psi_open() - be told of threads that wait for memory
 * @path: /proc/pressure/memory, or memory.pressure of a cgroup
 *
 * The descriptor says POLLPRI for each spell of waiting, and POLLERR when its
 * cgroup is gone.  Return: it; -errno where the kernel tells nothing, or not us.
 */
int psi_open(const char *path);

#endif
