// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "settings_file.h"

#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "line_file.h"
#include "textfile.h"

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

static int read_line(struct settings *settings, const struct tunables *tunables,
		     char *line, unsigned int number, char *why)
{
	char *name, *value;

	line[strcspn(line, "#")] = '\0';
	line = trim(line);
	if (!*line)
		return 0;
	value = strchr(line, '=');
	if (!value) {
		snprintf(why, SETTINGS_WHY_BYTES,
			 "\"%.100s\" is not of the form NAME = VALUE", line);
		return -EINVAL;
	}
	*value++ = '\0';
	name = trim(line);
	return settings_add(settings, tunables, name, trim(value), number, why);
}

static int read_lines(struct settings *settings,
		      const struct tunables *tunables, FILE *file,
		      const char *path,
		      void (*complain)(const char *path, unsigned int line,
				       const char *why))
{
	char *line = NULL, why[SETTINGS_WHY_BYTES];
	unsigned int number = 0;
	int err = 0, one;
	size_t room = 0;

	while (getline(&line, &room, file) >= 0) {
		one = read_line(settings, tunables, line, ++number, why);
		if (one == -ENOMEM)
			snprintf(why, sizeof(why), "no memory");
		if (one)
			complain(path, number, why);
		if (one)
			err = -EINVAL;
	}
	free(line);
	return err;
}

int settings_file_read(struct settings *settings,
		       const struct tunables *tunables, const char *path,
		       void (*complain)(const char *path, unsigned int line,
					const char *why))
{
	FILE *file = line_file_open(path);
	int err;

	if (!file)
		return -errno;
	errno = 0;
	err = read_lines(settings, tunables, file, path, complain);
	if (!err && ferror(file))
		err = errno ? -errno : -EIO;
	fclose(file);
	return err;
}

static int make_folder(const char *path)
{
	char *copy = strdup(path);
	int err;

	if (!copy)
		return -ENOMEM;
	err = mkdir(dirname(copy), 0755) && errno != EEXIST ? -errno : 0;
	free(copy);
	return err;
}

int settings_file_print(const struct settings *settings, FILE *file)
{
	char text[TUNABLE_BYTES];

	fputs("# Settings of module aoipool: 'aoipoolctl tune load' sets them;\n"
	      "# what is not here is left as it is.\n", file);
	for (size_t i = 0; i < settings->nr; i++) {
		const struct setting *setting = &settings->list[i];

		tunable_show(&setting->tunable, setting->value, text,
			     sizeof(text));
		fprintf(file, "\n# %s (%s)\n%s = %s\n",
			setting->tunable.kind->meaning, text,
			setting->tunable.name, setting->value);
	}
	return fflush(file) ? -errno : 0;
}

static int print_to_memory(const struct settings *settings, char **text,
			   size_t *bytes)
{
	FILE *file = open_memstream(text, bytes);
	int err;

	if (!file)
		return -ENOMEM;
	err = settings_file_print(settings, file);
	if (fclose(file) && !err)
		err = -ENOMEM;
	if (err)
		free(*text);
	return err;
}

int settings_file_write(const struct settings *settings, const char *path)
{
	size_t bytes;
	char *text;
	int err = make_folder(path);

	if (!err)
		err = print_to_memory(settings, &text, &bytes);
	if (err)
		return err;
	err = textfile_write(path, text, bytes);
	free(text);
	return err;
}
