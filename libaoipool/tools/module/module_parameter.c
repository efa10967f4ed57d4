// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "module_parameter.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const modes[] = { "clzero", "stosb", "pages", NULL };

const struct module_parameter module_parameters[] = {
	{ "limit_mib", 2, 4294967295UL, NULL, "MiB",
	  "bound on what pools and depots have; 0: 80 % of RAM" },
	{ "depot_low_blocks", 0, 65536, NULL, "blocks of 2 MiB",
	  "below this a worker fills the depot of a node" },
	{ "depot_high_blocks", 0, 65536, NULL, "blocks of 2 MiB",
	  "what the depot of a node keeps ready" },
	{ "clear_mode", 0, 0, modes, "",
	  "how blocks are cleared; as the CPU has it" },
	{ "populate_workers", 0, 16, NULL, "workers",
	  "on each node, that help a big populate" },
	{ 0 },
};

static const struct module_parameter *find(const char *name, size_t len)
{
	const struct module_parameter *parameter = module_parameters;

	for (; parameter->name; parameter++)
		if (strlen(parameter->name) == len &&
		    !strncmp(parameter->name, name, len))
			return parameter;
	return NULL;
}

static void list_names(char *text, size_t bytes)
{
	const struct module_parameter *parameter = module_parameters;
	size_t at = 0;

	*text = '\0';
	for (; parameter->name && at < bytes; parameter++)
		at += snprintf(text + at, bytes - at, "%s%s", at ? ", " : "",
			       parameter->name);
}

static bool is_word_of(const struct module_parameter *parameter,
		       const char *value)
{
	for (size_t i = 0; parameter->words[i]; i++)
		if (!strcmp(parameter->words[i], value))
			return true;
	return false;
}

/* As the kernel reads numbers: decimal, 0x and 0 for octal. */
static bool is_in_range(const struct module_parameter *parameter,
			const char *value)
{
	unsigned long number;
	char *end;

	if (*value < '0' || *value > '9')
		return false;
	errno = 0;
	number = strtoul(value, &end, 0);
	return !errno && !*end && (!number || number >= parameter->min) &&
	       number <= parameter->max;
}

static int check_value(const struct module_parameter *parameter,
		       const char *value, char *why)
{
	if (parameter->words && is_word_of(parameter, value))
		return 0;
	if (!parameter->words && is_in_range(parameter, value))
		return 0;
	if (parameter->words)
		snprintf(why, PARAMETER_WHY_BYTES,
			 "%s: \"%.60s\" is none of clzero, stosb, pages",
			 parameter->name, value);
	else
		snprintf(why, PARAMETER_WHY_BYTES,
			 "%s: \"%.60s\" is not a number of %s from %lu to %lu%s",
			 parameter->name, value, parameter->unit, parameter->min,
			 parameter->max, parameter->min ? ", or 0" : "");
	return -EINVAL;
}

int module_parameter_check(const char *text, char why[PARAMETER_WHY_BYTES])
{
	size_t len = strcspn(text, "=");
	const struct module_parameter *parameter = find(text, len);
	char names[128];

	if (text[len] != '=') {
		snprintf(why, PARAMETER_WHY_BYTES,
			 "\"%.60s\" is not of the form NAME=VALUE", text);
		return -EINVAL;
	}
	if (parameter)
		return check_value(parameter, text + len + 1, why);
	list_names(names, sizeof(names));
	snprintf(why, PARAMETER_WHY_BYTES,
		 "the module has no parameter \"%.*s\" to set: %s",
		 (int)(len < 60 ? len : 60), text, names);
	return -ENOENT;
}
