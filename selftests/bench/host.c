// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host.h"

/* What follows @key and a colon; of arm64 processors there is no such name. */
static void read_after(const char *path, const char *key, char *value,
		       size_t size)
{
	FILE *file = fopen(path, "re");
	char text[512], *colon;

	snprintf(value, size, "unknown");
	while (file && fgets(text, sizeof(text), file)) {
		colon = strchr(text, ':');
		if (strncmp(text, key, strlen(key)) || !colon)
			continue;
		text[strcspn(text, "\n")] = '\0';
		snprintf(value, size, "%s", colon + 2);
		break;
	}
	if (file)
		fclose(file);
}

/* The word in brackets. */
static void read_choice(const char *path, char *value, size_t size)
{
	FILE *file = fopen(path, "re");
	char text[128];

	snprintf(value, size, "unknown");
	if (!file)
		return;
	if (fgets(text, sizeof(text), file) && strchr(text, '[')) {
		snprintf(value, size, "%s", strchr(text, '[') + 1);
		value[strcspn(value, "]")] = '\0';
	}
	fclose(file);
}

void host_look(struct host *host)
{
	struct utsname name;

	*host = (struct host){ .cpus = (unsigned int)sysconf(
				       _SC_NPROCESSORS_ONLN) };
	uname(&name);
	snprintf(host->kernel, sizeof(host->kernel), "%.60s %.60s",
		 name.sysname, name.release);
	getloadavg(&host->load, 1);
	read_after("/proc/cpuinfo", "model name", host->processor,
		   sizeof(host->processor));
	read_choice("/sys/kernel/mm/transparent_hugepage/enabled",
		    host->huge_pages, sizeof(host->huge_pages));
}
