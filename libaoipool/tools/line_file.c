// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "line_file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* Return: 0 or an errno value. */
static int why_not(FILE *file)
{
	struct stat stat;

	if (fstat(fileno(file), &stat))
		return errno;
	if (S_ISDIR(stat.st_mode))
		return EISDIR;
	if ((S_ISCHR(stat.st_mode) && !isatty(fileno(file))) ||
	    S_ISBLK(stat.st_mode))
		return ENOTSUP;
	return 0;
}

FILE *line_file_open(const char *path)
{
	FILE *file = fopen(path, "re");
	int err;

	if (!file)
		return NULL;
	err = why_not(file);
	if (!err)
		return file;
	fclose(file);
	errno = err;
	return NULL;
}
