// SPDX-License-Identifier: GPL-2.0-only
/*
 * What kmemleak finds, where the kernel has it: memory that nothing points to. A
 * stock kernel has none of it, and every call finds nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vm.h"

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
#define SHOWN_LINES	200

/* It takes no notice of what is younger than five seconds. */
#define YOUTH_SECONDS	6

bool kmemleak_is_there(void)
{
	return !access(KMEMLEAK, F_OK);
}

static void command(const char *text)
{
	int fd = open(KMEMLEAK, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		channel_die("kmemleak: cannot write '%s': %s", text, strerror(errno));
	close(fd);
}

void kmemleak_forget(void)
{
	if (!kmemleak_is_there())
		return;
	command("scan");
	command("clear");
}

static unsigned int report(const char *who)
{
	FILE *file = fopen(KMEMLEAK, "re");
	unsigned int leaks = 0, shown = 0;
	char line[LINE_BYTES];

	if (!file)
		channel_die("kmemleak: %s", strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		leaks += !strncmp(line, "unreferenced object", 19);
		if (shown++ < SHOWN_LINES)
			channel_text(who, line);
	}
	fclose(file);
	return leaks;
}

/* A pointer that moves while it is looked for is missed by one scan, not by two. */
unsigned int kmemleak_count(const char *who)
{
	unsigned int leaks;

	if (!kmemleak_is_there())
		return 0;
	sleep(YOUTH_SECONDS);
	command("scan");
	command("scan");
	leaks = report(who);
	command("clear");
	return leaks;
}
