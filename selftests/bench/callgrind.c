// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The same worker twice, with few pairs and with many: the difference is free of
 * start and end.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callgrind.h"
#include "child.h"

#define FEW	10000
#define MANY	60000

static uint64_t read_collected(int file)
{
	static const char key[] = "Collected : ";
	static char text[65536];
	ssize_t n = pread(file, text, sizeof(text) - 1, 0);
	char *found;

	text[n > 0 ? n : 0] = '\0';
	found = strstr(text, key);
	return found ? strtoull(found + strlen(key), NULL, 10) : 0;
}

static bool run(const struct variant *variant, const char *folder,
		unsigned int pairs, const char *log)
{
	char option[128], count[16], text[CHILD_TEXT];
	char *instrument[] = { "valgrind", "--tool=callgrind",
			       "--callgrind-out-file=/dev/null", option, NULL };
	char *args[] = { "--line", "pair-256", "--mode", (char *)variant->mode,
			 "--count", count, NULL };
	struct child child;
	bool done;

	snprintf(option, sizeof(option), "--log-file=%s", log);
	snprintf(count, sizeof(count), "%u", pairs);
	if (child_start(&child, variant, folder, instrument, args))
		return false;
	done = child_answer(&child, text) && child_round(&child) >= 0;
	return child_end(&child, NULL) && done;
}

static uint64_t collect(const struct variant *variant, const char *folder,
			unsigned int pairs)
{
	char log[] = "/tmp/aoipool-callgrind-XXXXXX";
	int file = mkstemp(log);
	uint64_t collected = 0;

	if (file < 0)
		return 0;
	if (run(variant, folder, pairs, log)) {
		/* valgrind may have made the file anew */
		close(file);
		file = open(log, O_RDONLY | O_CLOEXEC);
		collected = read_collected(file);
	}
	close(file);
	unlink(log);
	return collected;
}

uint64_t callgrind_pair(const struct variant *variant, const char *folder)
{
	uint64_t few = collect(variant, folder, FEW);
	uint64_t many = few ? collect(variant, folder, MANY) : 0;

	return many > few ? (many - few + (MANY - FEW) / 2) / (MANY - FEW) : 0;
}
