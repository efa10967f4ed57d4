// SPDX-License-Identifier: GPL-2.0-only
/*
 * TAP as kselftest writes it. Only lines that begin at the left margin count:
 * nested results belong to the line that sums them up.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm.h"

/* A program whose purpose is to bring the out-of-memory killer says this. */
#define EXPECT_OOM	"# kernel log: out-of-memory report expected"
/* One that declares a page bad says this. */
#define EXPECT_ERROR	"# kernel log: memory error expected"

#define SKIPPED		"# SKIP"

static const char *skip_prefix(const char *text, const char *prefix)
{
	size_t bytes = strlen(prefix);

	return strncmp(text, prefix, bytes) ? NULL : text + bytes;
}

static const char *skip_blanks(const char *text)
{
	while (isblank((unsigned char)*text))
		text++;
	return text;
}

/* " 3 - name": the name. */
static const char *description(const char *text)
{
	text = skip_blanks(text);
	while (isdigit((unsigned char)*text))
		text++;
	text = skip_blanks(text);
	if (*text == '-')
		text = skip_blanks(text + 1);
	return text;
}

void tap_init(struct tap *tap)
{
	*tap = (struct tap){ .plan = -1 };
}

/* "  global.name ...": the name. */
static void running_line(struct tap *tap, const char *who, const char *rest)
{
	(void)who;
	rest = skip_blanks(rest);
	snprintf(tap->running, sizeof(tap->running), "%.*s",
		 (int)strcspn(rest, " "), rest);
}

static void plan_line(struct tap *tap, const char *who, const char *rest)
{
	const char *reason;
	char *end;

	tap->plan = strtol(rest, &end, 10);
	reason = skip_prefix(skip_blanks(end), SKIPPED);
	if (tap->plan == 0 && reason) {
		tap->skipped++;
		channel_case(SKIP, who, "all # SKIP%s", reason);
	}
}

static void skip_line(struct tap *tap, const char *who, const char *name)
{
	tap->skipped++;
	if (strstr(name, SKIPPED) == name)
		channel_case(SKIP, who, "%s %s", tap->running, name);
	else
		channel_case(SKIP, who, "%s", name);
}

static void pass_line(struct tap *tap, const char *who, const char *rest)
{
	const char *name = description(rest);

	if (strstr(name, SKIPPED)) {
		skip_line(tap, who, name);
		return;
	}
	tap->passed++;
	channel_case(PASS, who, "%s", name);
}

/* selftests/lib says this before the line of the test itself. */
static void reason_line(struct tap *tap, const char *who, const char *rest)
{
	(void)who;
	snprintf(tap->reason, sizeof(tap->reason), "%s", rest);
}

/* cmocka 1.1.5 says "not ok 2 # SKIP name" of a test that was skipped. */
static void fail_line(struct tap *tap, const char *who, const char *rest)
{
	const char *name = description(rest), *skipped = skip_prefix(name, SKIPPED);

	if (skipped) {
		tap->skipped++;
		channel_case(SKIP, who, "%s " SKIPPED " %s",
			     skip_blanks(skipped), tap->reason);
		tap->reason[0] = '\0';
		return;
	}
	tap->failed++;
	channel_case(FAIL, who, "%s", name);
}

static void oom_line(struct tap *tap, const char *who, const char *rest)
{
	(void)tap;
	(void)who;
	(void)rest;
	klog_expect_oom(true);
}

static void error_line(struct tap *tap, const char *who, const char *rest)
{
	(void)tap;
	(void)who;
	(void)rest;
	klog_expect_memory_error(true);
}

static void bail_line(struct tap *tap, const char *who, const char *rest)
{
	(void)who;
	(void)rest;
	tap->bailed_out = true;
}

static const struct {
	const char *prefix;
	void (*fn)(struct tap *tap, const char *who, const char *rest);
} lines[] = {
	{ "1..", plan_line },
	{ "ok ", pass_line },
	{ "not ok ", fail_line },
	{ "Bail out!", bail_line },
	{ "#  RUN ", running_line },
	{ "# skipped: ", reason_line },
	{ EXPECT_OOM, oom_line },
	{ EXPECT_ERROR, error_line },
};

void tap_line(struct tap *tap, const char *who, const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *rest = skip_prefix(line, lines[i].prefix);

		if (rest)
			lines[i].fn(tap, who, rest);
	}
}
