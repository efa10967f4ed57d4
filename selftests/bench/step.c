// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A worker is stepped from its request to its end, once with few pairs and once
 * with many: the difference is free of begin and end.
 *
 * Being stopped aborts a restartable sequence, which then would never come to
 * its end.  So after each step the tracer takes the thread's mark away that says
 * that it is in one: all instructions are the same, but the kernel lets it go on.
 * Nobody else runs on that list meanwhile, which makes that safe.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "child.h"
#include "step.h"

#define FEW	100
#define MANY	2100

/* an instruction or two a microsecond: far beyond any sound worker */
#define STEPS_MAX	20000000

/* struct rseq's member rseq_cs, and the request's number of Linux 5.13 */
#define RSEQ_CS			8
#ifndef PTRACE_GET_RSEQ_CONFIGURATION
#define PTRACE_GET_RSEQ_CONFIGURATION 0x420f
struct __ptrace_rseq_configuration {
	uint64_t rseq_abi_pointer;
	uint32_t rseq_abi_size;
	uint32_t signature;
	uint32_t flags;
	uint32_t pad;
};
#endif

struct tracee {
	pid_t pid;
	char *rseq_cs;	/* its address there; NULL: has no rseq */
};

static bool stopped(pid_t pid)
{
	int status;

	return waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status);
}

static bool seize(struct tracee *tracee, pid_t pid)
{
	struct __ptrace_rseq_configuration rseq = { 0 };

	*tracee = (struct tracee){ .pid = pid };
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) ||
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) || !stopped(pid))
		return false;
	if (ptrace(PTRACE_GET_RSEQ_CONFIGURATION, pid, sizeof(rseq), &rseq) > 0 &&
	    rseq.rseq_abi_pointer)
		tracee->rseq_cs = (char *)rseq.rseq_abi_pointer + RSEQ_CS;
	return true;
}

static bool leave_sequence(const struct tracee *tracee)
{
	long mark;

	if (!tracee->rseq_cs)
		return true;
	errno = 0;
	mark = ptrace(PTRACE_PEEKDATA, tracee->pid, tracee->rseq_cs, NULL);
	if (errno)
		return false;
	return !mark ||
	       !ptrace(PTRACE_POKEDATA, tracee->pid, tracee->rseq_cs, NULL);
}

/* Return: the steps until it ended; 0: that failed. */
static uint64_t step_to_end(const struct tracee *tracee)
{
	uint64_t steps = 0;
	int status;

	while (steps++ < STEPS_MAX) {
		if (!leave_sequence(tracee) ||
		    ptrace(PTRACE_SINGLESTEP, tracee->pid, NULL, NULL) ||
		    waitpid(tracee->pid, &status, __WALL) != tracee->pid)
			return 0;
		if (!WIFSTOPPED(status))
			return WIFEXITED(status) && !WEXITSTATUS(status) ?
				       steps :
				       0;
	}
	return 0;
}

static uint64_t count(const struct variant *variant, const char *folder,
		      unsigned int pairs)
{
	char number[16], text[CHILD_TEXT];
	char *args[] = { "--line", "pair-256", "--mode", (char *)variant->mode,
			 "--count", number, NULL };
	struct tracee tracee;
	struct child child;
	uint64_t steps = 0;

	snprintf(number, sizeof(number), "%u", pairs);
	if (child_start(&child, variant, folder, NULL, args))
		return 0;
	/* the first round is the warm-up */
	if (child_answer(&child, text) && child_round(&child) >= 0 &&
	    seize(&tracee, child.pid) && child_last_round(&child))
		steps = step_to_end(&tracee);
	if (steps)
		child_forget(&child);
	else
		child_kill(&child);
	return steps;
}

uint64_t step_pair(const struct variant *variant, const char *folder)
{
	uint64_t few = count(variant, folder, FEW);
	uint64_t many = few ? count(variant, folder, MANY) : 0;

	return many > few ? (many - few + (MANY - FEW) / 2) / (MANY - FEW) : 0;
}
