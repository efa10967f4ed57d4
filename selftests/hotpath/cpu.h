/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUs: which node each is on, who runs where, and taking them off.
 *
 * Verbs return 0 or a negative errno.
 */
#ifndef CPU_H
#define CPU_H

#include <stdbool.h>
#include <sys/types.h>

#define NODES		2
#define NODE_CPUS	2
#define CPUS		(NODES * NODE_CPUS)

/* Two nodes with memory and two CPUs each: what the tests here are made for. */
bool cpu_machine_fits(void);

/* The @nth CPU of a node; -1: there is none. */
int cpu_of(int node, int nth);

/* @tid 0 is the caller. */
int cpu_pin(pid_t tid, int cpu);
/* Run wherever there is a CPU. */
int cpu_unpin(pid_t tid);

int cpu_set_online(int cpu, bool online);
bool cpu_is_online(int cpu);

#endif /* CPU_H */
