// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "finding.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "printable.h"
#include "exam.h"
#include "json.h"
#include "unit.h"

const char *severity_name(enum severity severity)
{
	static const char *const names[] = { "note", "warning", "critical" };

	return names[severity];
}

static char *text_of(bool *failed, const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) >= 0) {
		printable_message(text);
		return text;
	}
	*failed = true;
	return NULL;
}

static char *subject_of(bool *failed, const struct patient *patient)
{
	char *text;
	int n;

	if (patient)
		n = asprintf(&text, "process %d (%s)", patient->pid,
			     patient->comm);
	else
		n = asprintf(&text, "host");
	if (n >= 0)
		return text;
	*failed = true;
	return NULL;
}

/* Who is not kept is freed by nobody: there is no memory for anything, then. */
static struct finding *keep(struct exam *exam)
{
	static struct finding nobody;
	struct finding *finding = calloc(1, sizeof(*finding));

	if (finding &&
	    !array_add(&exam->findings, &exam->nr_findings, &finding))
		return finding;
	free(finding);
	exam->failed = true;
	return &nobody;
}

struct finding *finding_add(struct exam *exam, const struct check *check,
			    const struct patient *patient,
			    enum severity severity, const char *format, ...)
{
	struct finding *finding = keep(exam);
	va_list args;

	finding->check = check;
	finding->severity = severity;
	finding->failed = &exam->failed;
	finding->pid = patient ? patient->pid : 0;
	finding->subject = subject_of(&exam->failed, patient);
	va_start(args, format);
	finding->summary = text_of(&exam->failed, format, args);
	va_end(args);
	return finding;
}

void finding_subject(struct finding *finding, const char *format, ...)
{
	va_list args;

	free(finding->subject);
	va_start(args, format);
	finding->subject = text_of(finding->failed, format, args);
	va_end(args);
}

void finding_advise(struct finding *finding, const char *format, ...)
{
	va_list args;

	free(finding->advice);
	va_start(args, format);
	finding->advice = text_of(finding->failed, format, args);
	va_end(args);
}

static void evidence_add(struct finding *finding, const char *name,
			 const char *text, json_t *value, const char *format,
			 va_list args)
{
	struct evidence evidence = {
		.name = strdup(name),
		.text = strdup(text),
		.value = value,
		.source = text_of(finding->failed, format, args),
	};

	if (evidence.name && evidence.text && evidence.source &&
	    !array_add(&finding->evidence, &finding->nr_evidence, &evidence))
		return;
	*finding->failed = true;
	free(evidence.name);
	free(evidence.text);
	free(evidence.source);
	json_decref(value);
}

void evidence_bytes(struct finding *finding, const char *name, uint64_t bytes,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	evidence_add(finding, name, unit_bytes(bytes).text, json_number(bytes),
		     format, args);
	va_end(args);
}

void evidence_count(struct finding *finding, const char *name, uint64_t count,
		    const char *format, ...)
{
	char text[32];
	va_list args;

	snprintf(text, sizeof(text), "%llu", (unsigned long long)count);
	va_start(args, format);
	evidence_add(finding, name, text, json_number(count), format, args);
	va_end(args);
}

void evidence_percent(struct finding *finding, const char *name, double percent,
		      const char *format, ...)
{
	char text[32];
	va_list args;

	snprintf(text, sizeof(text), "%.1f %%", percent);
	va_start(args, format);
	evidence_add(finding, name, text, json_real(percent), format, args);
	va_end(args);
}

void evidence_time(struct finding *finding, const char *name, uint64_t ns,
		   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	evidence_add(finding, name, unit_time(ns).text, json_number(ns), format,
		     args);
	va_end(args);
}

void evidence_text(struct finding *finding, const char *name, const char *text,
		   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	evidence_add(finding, name, text, json_text(text), format, args);
	va_end(args);
}

void evidence_rate(struct finding *finding, const char *name, double per_minute,
		   bool is_bytes, const char *format, ...)
{
	double size = per_minute < 0 ? -per_minute : per_minute;
	char text[64];
	va_list args;

	if (is_bytes)
		snprintf(text, sizeof(text), "%s%s/min",
			 per_minute < 0 ? "-" : "", unit_bytes(size).text);
	else
		snprintf(text, sizeof(text), "%.1f/min", per_minute);
	va_start(args, format);
	evidence_add(finding, name, text, json_real(per_minute), format, args);
	va_end(args);
}

static const char *why_not(int err)
{
	switch (-err) {
	case EACCES:
	case EPERM:
		return "not allowed: run as root, or as its owner";
	case ENOENT:
		return "there is no such file here";
	case ENODATA:
		return "there is nothing in it, as of a kernel thread";
	default:
		return strerror(-err);
	}
}

/* A reason that stands already: of many checks for one process that is gone. */
static bool is_news(struct patient *patient, int *err)
{
	if (!patient)
		return true;
	if (patient->gone)
		return false;
	if (*err && !patient_lives(patient)) {
		patient->gone = true;
		*err = -ESRCH;
	}
	return true;
}

static char *reason_of(bool *failed, int err, const char *what)
{
	char *reason;
	int n;

	if (err == -ESRCH)
		n = asprintf(&reason, "the process ended meanwhile");
	else if (err)
		n = asprintf(&reason, "%s: %s", what, why_not(err));
	else
		n = asprintf(&reason, "%s", what);
	if (n >= 0)
		return reason;
	*failed = true;
	return NULL;
}

void unseen_add(struct exam *exam, const struct check *check,
		struct patient *patient, int err, const char *format, ...)
{
	struct unseen unseen = { .check = check };
	va_list args;
	char *what;

	if (!is_news(patient, &err))
		return;
	va_start(args, format);
	what = text_of(&exam->failed, format, args);
	va_end(args);
	unseen.pid = patient ? patient->pid : 0;
	unseen.subject = subject_of(&exam->failed, patient);
	unseen.reason = reason_of(&exam->failed, err, what ? what : "");
	free(what);
	if (array_add(&exam->unseen, &exam->nr_unseen, &unseen)) {
		exam->failed = true;
		unseen_free(&unseen);
	}
}

void finding_free(struct finding *finding)
{
	for (size_t i = 0; i < finding->nr_evidence; i++) {
		free(finding->evidence[i].name);
		free(finding->evidence[i].text);
		free(finding->evidence[i].source);
		json_decref(finding->evidence[i].value);
	}
	free(finding->evidence);
	free(finding->subject);
	free(finding->summary);
	free(finding->advice);
	free(finding);
}

void unseen_free(struct unseen *unseen)
{
	free(unseen->subject);
	free(unseen->reason);
}
