/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A process or a thread, as /proc shows it to everybody. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct process - what it does
 * @pid: of the process, or number of the thread
 * @uid: its owner
 * @state: as ps(1) has it: R runs, S sleeps, D waits for the kernel and cannot be
 *	ended, T is stopped, t is being traced, Z is dead and nobody has noticed
 * @is_kernel_thread: it has no memory of its own
 * @not_run_ns: since when it has not had a CPU; 0 is unknown, or just now
 * @name: printable; '?' for what is not
 */
struct process {
	pid_t pid;
	uint32_t uid;
	char state;
	bool is_kernel_thread;
	uint64_t not_run_ns;
	char name[16];
};

/* Return: 0; -ESRCH: there is no such process. */
int process_look(pid_t pid, struct process *process);

/* The same, but for not_run_ns, which costs a look at each thread. */
int process_look_briefly(pid_t pid, struct process *process);

/**
 * process_look_at_thread() - the same of one thread
 * @tid: its number in the process's own PID namespace
 *
 * Return: 0; -ESRCH: it has ended, or the process has.
 */
int process_look_at_thread(pid_t pid, pid_t tid, struct process *thread);

/**
 * process_hint() - what is odd about it, for people: "stopped", "ran 3 min
 *	20 s ago"; "" is nothing
 * @text: PROCESS_HINT_BYTES
 *
 * A thread that has something and has not run for long is one that hangs, or one
 * that waits for work: who reads has to know which.
 */
void process_hint(const struct process *process, char *text);

#define PROCESS_HINT_BYTES	64

#endif
