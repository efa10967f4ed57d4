/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * probes - how long calls of a kernel function took, where somebody has put a
 * probe on its entry and one on its return.
 *
 * bench-vm.guest does: kprobe events NAME_in and NAME_out of the group
 * aoipool_bench, in a trace buffer of their own whose clock is the CPU's counter,
 * for the text of a trace has the other clocks in microseconds only.  No tracer of
 * whole call graphs is used: it would patch the scheduler while all CPUs run it.
 */
#ifndef PROBES_H
#define PROBES_H

/** Return: NULL; why there are none here. */
const char *probes_open(void);

/** Forget the calls so far. */
void probes_clear(void);

/**
 * probes_median() - of the calls that this process made since then
 * @name: of the probes
 * Return: ns, what the probes themselves cost included; the worker dies where
 * there was no call.
 */
double probes_median(const char *name);

#endif
