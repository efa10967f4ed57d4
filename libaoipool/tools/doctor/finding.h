/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What the doctor found: how bad, on whom, by which numbers, and what to do. */
#ifndef FINDING_H
#define FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct check;
struct exam;
struct patient;

enum severity {
	SEVERITY_NOTE,		/* worth knowing */
	SEVERITY_WARNING,	/* costs time or memory, or will */
	SEVERITY_CRITICAL,	/* takes the engine down, or has */
};

const char *severity_name(enum severity severity);

/* @text: for people; @value: for programs; @source: where it was read. */
struct evidence {
	char *name;
	char *text;
	json_t *value;
	char *source;
};

struct finding {
	const struct check *check;
	enum severity severity;
	int pid;		/* 0: the host */
	char *subject;
	char *summary;
	char *advice;		/* NULL: the check's own */
	struct evidence *evidence;
	size_t nr_evidence;
	bool *failed;		/* of the exam: no memory */
};

/* What could not be looked at, and why. */
struct unseen {
	const struct check *check;
	int pid;
	char *subject;
	char *reason;
};

/**
 * finding_add() - one more
 * @patient: NULL: the host
 * @format: of the summary, a sentence or two
 *
 * Never NULL; without memory the exam has failed, and says so in the end.
 */
__attribute__((format(printf, 5, 6))) struct finding *
finding_add(struct exam *exam, const struct check *check,
	    const struct patient *patient, enum severity severity,
	    const char *format, ...);

/* Another subject than the process or the host. */
__attribute__((format(printf, 2, 3))) void
finding_subject(struct finding *finding, const char *format, ...);

/* Another advice than the check's. */
__attribute__((format(printf, 2, 3))) void
finding_advise(struct finding *finding, const char *format, ...);

/*
 * Evidence: names say the unit, as everywhere ("_bytes", "_percent"); the format
 * is the source's.
 */
__attribute__((format(printf, 4, 5))) void
evidence_bytes(struct finding *finding, const char *name, uint64_t bytes,
	       const char *format, ...);
__attribute__((format(printf, 4, 5))) void
evidence_count(struct finding *finding, const char *name, uint64_t count,
	       const char *format, ...);
__attribute__((format(printf, 4, 5))) void
evidence_percent(struct finding *finding, const char *name, double percent,
		 const char *format, ...);
__attribute__((format(printf, 4, 5))) void
evidence_time(struct finding *finding, const char *name, uint64_t ns,
	      const char *format, ...);
__attribute__((format(printf, 4, 5))) void
evidence_text(struct finding *finding, const char *name, const char *text,
	      const char *format, ...);

/* Bytes, or a count where !is_bytes, a minute; @name: "..._per_minute". */
__attribute__((format(printf, 5, 6))) void
evidence_rate(struct finding *finding, const char *name, double per_minute,
	      bool is_bytes, const char *format, ...);

/**
 * unseen_add() - that something could not be looked at
 * @err: a negative errno value; 0: the format says all
 * @format: what it was
 *
 * Where the process is gone, it is marked so; that is told once.
 */
__attribute__((format(printf, 5, 6))) void
unseen_add(struct exam *exam, const struct check *check,
	   struct patient *patient, int err, const char *format, ...);

void finding_free(struct finding *finding);
void unseen_free(struct unseen *unseen);

#endif
