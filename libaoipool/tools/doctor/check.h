/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* One thing that the doctor looks for.  Those of a kind are a file, doctor_*.c. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>

struct exam;
struct patient;

enum check_of {
	CHECK_HOST,	/* run once, patient is NULL */
	CHECK_PROCESS,	/* run for each process */
};

/**
 * struct check - what is looked for
 * @id: what its findings are called, for good
 * @of: whom it is run for
 * @summary: a line
 * @why: what is behind it, and how it is judged
 * @advice: what to do, where a finding has no better one
 * @run: adds findings, and says what it could not see
 * @watches: wants the processes to be watched for a while
 */
struct check {
	const char *id;
	enum check_of of;
	const char *summary;
	const char *why;
	const char *advice;
	void (*run)(struct exam *exam, struct patient *patient,
		    const struct check *check);
	bool watches;
};

/* All of them, in the order in which they are run; ends with NULL. */
extern const struct check *const check_groups[];

/* Of each group, ended by one without an id. */
extern const struct check checks_oom[];
extern const struct check checks_host[];
extern const struct check checks_huge[];
extern const struct check checks_module[];
extern const struct check checks_growth[];
extern const struct check checks_resident[];
extern const struct check checks_maps[];
extern const struct check checks_pages[];
extern const struct check checks_node[];
extern const struct check checks_limits[];
extern const struct check checks_cgroup[];
extern const struct check checks_pool[];

#endif
