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

static void plan_line(struct tap *tap, const char *who, const char *rest)
{
	const char *reason;
	char *end;

	tap->plan = strtol(rest, &end, 10);
	reason = skip_prefix(skip_blanks(end), "# SKIP");
	if (tap->plan == 0 && reason) {
		tap->skipped++;
		channel_case(SKIP, who, "all #%s", reason);
	}
}

static void pass_line(struct tap *tap, const char *who, const char *rest)
{
	const char *name = description(rest), *reason = strstr(name, "# SKIP");

	if (!reason) {
		tap->passed++;
		channel_case(PASS, who, "%s", name);
		return;
	}
	tap->skipped++;
	if (reason == name)
		channel_case(SKIP, who, "%s %s", tap->running, name);
	else
		channel_case(SKIP, who, "%s", name);
}

static void fail_line(struct tap *tap, const char *who, const char *rest)
{
	tap->failed++;
	channel_case(FAIL, who, "%s", description(rest));
}

void tap_line(struct tap *tap, const char *who, const char *line)
{
	const char *rest;

	if ((rest = skip_prefix(line, "1..")))
		plan_line(tap, who, rest);
	else if ((rest = skip_prefix(line, "ok ")))
		pass_line(tap, who, rest);
	else if ((rest = skip_prefix(line, "not ok ")))
		fail_line(tap, who, rest);
	else if (skip_prefix(line, "Bail out!"))
		tap->bailed_out = true;
	else if ((rest = skip_prefix(line, "#  RUN ")))
		snprintf(tap->running, sizeof(tap->running), "%s", skip_blanks(rest));
	else if (skip_prefix(line, EXPECT_OOM))
		klog_expect_oom(true);
}
