// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "doctor_show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "json.h"
#include "terminal.h"

#define PLAIN_WIDTH	80
#define MOST_WIDTH	100

static const enum terminal_colour colours[] = {
	[SEVERITY_NOTE] = COLOUR_BOLD,
	[SEVERITY_WARNING] = COLOUR_YELLOW,
	[SEVERITY_CRITICAL] = COLOUR_RED,
};

static int width(void)
{
	int columns = terminal_width();

	if (columns < 40)
		return PLAIN_WIDTH;
	return columns < MOST_WIDTH ? columns : MOST_WIDTH;
}

/* Between words; the first line begins with @first, the others are indented. */
static void wrap(const char *first, const char *text)
{
	int indent = strlen(first), at = indent, bytes;

	fputs(first, stdout);
	for (; *text; text += strspn(text, " ")) {
		bytes = strcspn(text, " ");
		if (at > indent && at + 1 + bytes > width()) {
			printf("\n%*s", indent, "");
			at = indent;
		}
		at += printf("%s%.*s", at > indent ? " " : "", bytes, text);
		text += bytes;
	}
	putchar('\n');
}

static int compare(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;

	return (int)(*y)->severity - (int)(*x)->severity;
}

/* qsort() of glibc 2.36 and before is stable by luck only: insertion is. */
void doctor_sort(struct exam *exam)
{
	struct finding *moved;
	size_t i, k;

	for (i = 1; i < exam->nr_findings; i++) {
		moved = exam->findings[i];
		for (k = i; k && compare(&exam->findings[k - 1], &moved) > 0; k--)
			exam->findings[k] = exam->findings[k - 1];
		exam->findings[k] = moved;
	}
}

static void show_evidence(const struct finding *finding)
{
	const struct evidence *evidence = finding->evidence;
	int names = 0, texts = 0, bytes;

	for (size_t i = 0; i < finding->nr_evidence; i++) {
		bytes = strlen(evidence[i].name);
		names = bytes > names ? bytes : names;
		bytes = strlen(evidence[i].text);
		texts = bytes > texts && bytes <= 24 ? bytes : texts;
	}
	for (size_t i = 0; i < finding->nr_evidence; i++)
		printf("    %s%-*s%s  %-*s  %s%s%s\n",
		       terminal_colour(COLOUR_DIM), names, evidence[i].name,
		       terminal_colour(COLOUR_PLAIN), texts, evidence[i].text,
		       terminal_colour(COLOUR_DIM), evidence[i].source,
		       terminal_colour(COLOUR_PLAIN));
}

static void show_finding(const struct finding *finding)
{
	printf("%s%-8s%s  %s%s%s  %s\n",
	       terminal_colour(colours[finding->severity]),
	       severity_name(finding->severity), terminal_colour(COLOUR_PLAIN),
	       terminal_colour(COLOUR_BOLD), finding->check->id,
	       terminal_colour(COLOUR_PLAIN), finding->subject);
	wrap("  ", finding->summary);
	show_evidence(finding);
	wrap("  -> ", finding->advice ? finding->advice :
					finding->check->advice);
	putchar('\n');
}

static size_t number_of(const struct exam *exam, enum severity severity)
{
	size_t nr = 0;

	for (size_t i = 0; i < exam->nr_findings; i++)
		nr += exam->findings[i]->severity == severity;
	return nr;
}

static void show_sum(const struct exam *exam)
{
	size_t critical = number_of(exam, SEVERITY_CRITICAL);
	size_t warnings = number_of(exam, SEVERITY_WARNING);
	size_t notes = number_of(exam, SEVERITY_NOTE);

	printf("%zu critical, %zu warning%s, %zu note%s by %zu checks of the host",
	       critical, warnings, warnings == 1 ? "" : "s", notes,
	       notes == 1 ? "" : "s", exam->nr_checks);
	if (exam->nr_patients)
		printf(" and %zu process%s", exam->nr_patients,
		       exam->nr_patients == 1 ? "" : "es");
	printf(".\n");
}

static bool is_alike(const struct unseen *a, const struct unseen *b)
{
	return !strcmp(a->subject, b->subject) && !strcmp(a->reason, b->reason);
}

/* All checks that could not see the same for the same reason, in one. */
static void show_alike(const struct exam *exam, size_t first)
{
	const struct unseen *unseen = &exam->unseen[first];
	const char *comma = "";
	char *text = NULL;
	size_t bytes;
	FILE *line;

	for (size_t i = 0; i < first; i++)
		if (is_alike(&exam->unseen[i], unseen))
			return;
	line = open_memstream(&text, &bytes);
	if (!line)
		return;
	fprintf(line, "%s: %s: ", unseen->subject, unseen->reason);
	for (size_t i = first; i < exam->nr_unseen; i++) {
		if (!is_alike(&exam->unseen[i], unseen))
			continue;
		fprintf(line, "%s%s", comma, exam->unseen[i].check->id);
		comma = ", ";
	}
	if (!fclose(line))
		wrap("  ", text);
	free(text);
}

static void show_unseen(const struct exam *exam)
{
	if (!exam->nr_unseen)
		return;
	printf("\nNot looked at:\n");
	for (size_t i = 0; i < exam->nr_unseen; i++)
		show_alike(exam, i);
}

static bool is_whole(const struct exam *exam)
{
	for (size_t i = 0; i < exam->nr_findings; i++)
		if (!exam->findings[i]->subject || !exam->findings[i]->summary)
			return false;
	for (size_t i = 0; i < exam->nr_unseen; i++)
		if (!exam->unseen[i].subject || !exam->unseen[i].reason)
			return false;
	return !exam->failed;
}

int doctor_show_text(const struct exam *exam)
{
	if (!is_whole(exam))
		return -ENOMEM;
	for (size_t i = 0; i < exam->nr_findings; i++)
		show_finding(exam->findings[i]);
	show_sum(exam);
	show_unseen(exam);
	return 0;
}

static json_t *json_evidence(const struct finding *finding)
{
	const struct evidence *evidence = finding->evidence;
	json_t *list = json_array();

	for (size_t i = 0; list && i < finding->nr_evidence; i++, evidence++)
		if (json_array_append_new(list, json_pack(
			"{s:o, s:O, s:o, s:o}",
			"name", json_text(evidence->name),
			"value", evidence->value,
			"text", json_text(evidence->text),
			"source", json_text(evidence->source)))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *json_pid(int pid)
{
	return pid ? json_integer(pid) : json_null();
}

static json_t *json_finding(const struct finding *finding)
{
	const char *advice = finding->advice ? finding->advice :
					       finding->check->advice;

	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}",
			 "id", finding->check->id,
			 "severity", severity_name(finding->severity),
			 "subject", json_text(finding->subject),
			 "pid", json_pid(finding->pid),
			 "summary", json_text(finding->summary),
			 "evidence", json_evidence(finding),
			 "advice", json_text(advice));
}

static json_t *json_unseen(const struct unseen *unseen)
{
	return json_pack("{s:s, s:o, s:o, s:o}", "id", unseen->check->id,
			 "subject", json_text(unseen->subject),
			 "pid", json_pid(unseen->pid),
			 "reason", json_text(unseen->reason));
}

int doctor_show_json(const struct exam *exam)
{
	json_t *findings = json_array(), *unseen = json_array();
	int err = 0;

	if (!is_whole(exam))
		err = -ENOMEM;
	for (size_t i = 0; !err && i < exam->nr_findings; i++)
		err = json_array_append_new(findings,
					    json_finding(exam->findings[i]));
	for (size_t i = 0; !err && i < exam->nr_unseen; i++)
		err = json_array_append_new(unseen,
					    json_unseen(&exam->unseen[i]));
	if (err) {
		json_decref(findings);
		json_decref(unseen);
		return -ENOMEM;
	}
	return json_show(json_pack("{s:i, s:i, s:o, s:o}",
				   "checks", (int)exam->nr_checks,
				   "processes", (int)exam->nr_patients,
				   "findings", findings, "unseen", unseen),
			 JSON_INDENT(2));
}

static const char *of_name(const struct check *check)
{
	return check->of == CHECK_HOST ? "host" : "process";
}

int doctor_list_text(void)
{
	const struct check *check;

	for (size_t i = 0; check_groups[i]; i++)
		for (check = check_groups[i]; check->id; check++) {
			printf("%s%s%s  of %s\n", terminal_colour(COLOUR_BOLD),
			       check->id, terminal_colour(COLOUR_PLAIN),
			       check->of == CHECK_HOST ? "the host" :
							 "a process");
			wrap("    ", check->summary);
			wrap("    ", check->why);
			wrap("    -> ", check->advice);
			putchar('\n');
		}
	return 0;
}

int doctor_list_json(void)
{
	json_t *list = json_array();
	const struct check *check;

	for (size_t i = 0; check_groups[i]; i++)
		for (check = check_groups[i]; check->id; check++)
			if (json_array_append_new(list, json_pack(
				"{s:s, s:s, s:s, s:s, s:s}",
				"id", check->id, "of", of_name(check),
				"summary", check->summary, "why", check->why,
				"advice", check->advice))) {
				json_decref(list);
				return -ENOMEM;
			}
	return json_show(list, JSON_INDENT(2));
}
