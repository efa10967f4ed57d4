// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl tune - looks at the module's tunables and sets them. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "complain.h"
#include "json.h"
#include "profile.h"
#include "settings.h"
#include "settings_file.h"
#include "table.h"
#include "terminal.h"
#include "tunables.h"

#define WIDE	120	/* columns, for all that there is to list */

/**
 * struct wish - what is wanted
 * @args: what follows the verb
 */
struct wish {
	const char *verb;
	char **args;
	size_t nr_args;
	bool all;
	bool show;
	bool json;
	struct tunables tunables;
	struct settings settings;
};

struct verb {
	const char *name;
	size_t least, most;	/* arguments */
	const char *args;
	int (*run)(struct wish *wish);
};

static const struct argp_option options[] = {
	{ "all", 'a', NULL, 0, "save: values that are the default, too", 0 },
	{ "show", 's', NULL, 0, "profile: only say what it would set, and why", 0 },
	{ "json", 'j', NULL, 0, "JSON", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = state->input;

	switch (key) {
	case 'a':
		wish->all = true;
		break;
	case 's':
		wish->show = true;
		break;
	case 'j':
		wish->json = true;
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			wish->args[wish->nr_args++] = arg;
		else
			wish->verb = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[list]\n"
		    "get NAME...\n"
		    "set NAME=VALUE...\n"
		    "diff [FILE]\n"
		    "save [FILE]\n"
		    "load [FILE]\n"
		    "profile latency|balance|thrift",
	.doc = "Look at what can be tuned in module aoipool, and set it: all that "
	       "is asked for, or nothing where one of it is wrong.\v"
	       "Values have units: 512M, 10s, 20%.  \"node*\" in a name stands "
	       "for every node.  FILE is " SETTINGS_FILE " if none is named; - is "
	       "stdin or stdout.  See man aoipoolctl-tune.",
};

static int failed(int err, const char *why)
{
	complain("%s", why);
	return command_status(err);
}

/* Of a file, not of a pool, of which aoipool_strerror() would speak. */
static int failed_file(int err, const char *what, const char *path)
{
	complain("cannot %s %s: %s", what, path, strerror(-err));
	return command_status(err);
}

static int written(int err)
{
	return err ? failed_file(err, "write", "the output") : EXIT_DONE;
}

/* list, get, diff: a tunable as an object. */
static json_t *describe(const struct tunable *tunable, const char *value)
{
	char initial[TUNABLE_BYTES], range[TUNABLE_WHY_BYTES];
	int err = tunable_default(tunable, initial);

	tunable_range(tunable, range, sizeof(range));
	return json_pack("{s:s, s:o, s:o, s:b, s:s, s:s, s:s}", "name",
			 tunable->name, "value", tunable_json(tunable, value),
			 "default", err ? json_null() :
					  tunable_json(tunable, initial),
			 "is_default", !err && !strcmp(value, initial), "unit",
			 tunable_unit_name(tunable), "range", range, "meaning",
			 tunable->kind->meaning);
}

/* What it is set to, also where the default follows the host's memory. */
static json_t *describe_now(const struct tunable *tunable)
{
	char now[TUNABLE_BYTES], value[TUNABLE_BYTES];
	json_t *object;

	if (tunable_current(tunable, now) || tunable_read(tunable->name, value))
		return NULL;
	object = describe(tunable, now);
	json_object_set_new(object, "value", tunable_json(tunable, value));
	return object;
}

static int list_json(const struct wish *wish)
{
	json_t *list = json_array();

	for (size_t i = 0; i < wish->tunables.nr; i++)
		json_array_append_new(list,
				      describe_now(&wish->tunables.list[i]));
	return written(json_show(list, JSON_INDENT(2)));
}

static const struct table_column list_columns[] = {
	{ "NAME", false, false },    { "VALUE", true, false },
	{ "DEFAULT", true, false },  { "MEANING", false, true },
	{ "RANGE", false, true },    { NULL, false, false },
};

static const struct table_column narrow_columns[] = {
	{ "NAME", false, false },    { "VALUE", true, false },
	{ "DEFAULT", true, false },  { "MEANING", false, true },
	{ NULL, false, false },
};

/* A terminal for which ranges leave no room shows none. */
static bool is_narrow(void)
{
	return terminal_width() && terminal_width() < WIDE;
}

static int list_row(struct table *table, const struct tunable *tunable)
{
	char value[TUNABLE_BYTES], now[TUNABLE_BYTES], initial[TUNABLE_BYTES];
	char text[64], range[TUNABLE_WHY_BYTES];
	int err = tunable_read(tunable->name, value) ?:
		  tunable_current(tunable, now);

	if (err)
		return err;
	if (tunable_default(tunable, initial))
		*initial = '\0';
	table_add(table, "%s", tunable->name);
	tunable_show(tunable, value, text, sizeof(text));
	table_add_coloured(table, strcmp(now, initial) ? COLOUR_BOLD :
							 COLOUR_PLAIN,
			   "%s", text);
	tunable_show(tunable, initial, text, sizeof(text));
	table_add(table, "%s", text);
	table_add(table, "%s", tunable->kind->meaning);
	tunable_range(tunable, range, sizeof(range));
	if (!is_narrow())
		table_add(table, "%s", range);
	return 0;
}

static int list_table(const struct wish *wish)
{
	struct table *table = table_new(is_narrow() ? narrow_columns :
						      list_columns);
	int err = table ? 0 : -ENOMEM;

	for (size_t i = 0; i < wish->tunables.nr && !err; i++)
		err = list_row(table, &wish->tunables.list[i]);
	if (!err)
		err = table_print(table);
	table_free(table);
	return err ? complain_of(err, "cannot list the tunables") : EXIT_DONE;
}

static int run_list(struct wish *wish)
{
	return wish->json ? list_json(wish) : list_table(wish);
}

/* Whether a name stands for anything; says if not. */
static bool is_known(const struct wish *wish, const char *name)
{
	for (size_t i = 0; i < wish->tunables.nr; i++)
		if (tunable_is(&wish->tunables.list[i], name))
			return true;
	complain("there is no tunable \"%s\": 'aoipoolctl tune' lists them",
		 name);
	return false;
}

static int get_one(const struct tunable *tunable, json_t *all)
{
	char value[TUNABLE_BYTES];
	int err = tunable_read(tunable->name, value);

	if (err)
		return failed_file(err, "read", tunable->name);
	if (all)
		json_object_set_new(all, tunable->name,
				    tunable_json(tunable, value));
	else
		printf("%s = %s\n", tunable->name, value);
	return EXIT_DONE;
}

static int get_all(const struct wish *wish, json_t *all)
{
	int status = EXIT_DONE;

	for (size_t a = 0; a < wish->nr_args; a++)
		for (size_t i = 0; i < wish->tunables.nr && !status; i++)
			if (tunable_is(&wish->tunables.list[i], wish->args[a]))
				status = get_one(&wish->tunables.list[i], all);
	return status;
}

static int run_get(struct wish *wish)
{
	json_t *all = NULL;
	int status;

	for (size_t a = 0; a < wish->nr_args; a++)
		if (!is_known(wish, wish->args[a]))
			return EXIT_USAGE;
	if (wish->json)
		all = json_object();
	status = get_all(wish, all);
	if (wish->json && !status)
		return written(json_show(all, JSON_INDENT(2)));
	json_decref(all);
	return status;
}

/* set, load, profile: what was changed, or would be. */
static json_t *changes_json(const struct settings *settings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < settings->nr; i++) {
		const struct setting *setting = &settings->list[i];
		const struct tunable *tunable = &setting->tunable;

		if (setting->is_changed)
			json_array_append_new(list, json_pack(
				"{s:s, s:o, s:o}", "name", tunable->name,
				"before", tunable_json(tunable, setting->before),
				"value", tunable_json(tunable, setting->value)));
	}
	return json_pack("{s:o}", "changed", list);
}

static void print_changes(const struct settings *settings)
{
	char before[64], value[64];
	size_t nr = 0;

	for (size_t i = 0; i < settings->nr; i++) {
		const struct setting *setting = &settings->list[i];

		if (!setting->is_changed)
			continue;
		tunable_show(&setting->tunable, setting->before, before,
			     sizeof(before));
		tunable_show(&setting->tunable, setting->value, value,
			     sizeof(value));
		printf("%s: %s -> %s\n", setting->tunable.name, before, value);
		nr++;
	}
	if (!nr)
		puts("all as it was");
}

static int show_changes(const struct wish *wish)
{
	if (wish->json)
		return written(json_show(changes_json(&wish->settings),
					 JSON_INDENT(2)));
	print_changes(&wish->settings);
	return EXIT_DONE;
}

static int apply(struct wish *wish)
{
	char why[SETTINGS_WHY_BYTES];
	int err = settings_check(&wish->settings, why);

	if (!err)
		err = settings_apply(&wish->settings, why);
	return err ? failed(err, why) : show_changes(wish);
}

static int add_argument(struct wish *wish, char *arg)
{
	char why[SETTINGS_WHY_BYTES] = "no memory";
	char *value = strchr(arg, '=');
	int err;

	if (!value) {
		complain("\"%s\" is not of the form NAME=VALUE", arg);
		return EXIT_USAGE;
	}
	*value++ = '\0';
	err = settings_add(&wish->settings, &wish->tunables, arg, value, 0, why);
	if (!err)
		return EXIT_DONE;
	complain("%s", why);
	return err == -ENOMEM ? EXIT_TROUBLE : EXIT_USAGE;
}

static int run_set(struct wish *wish)
{
	int status = EXIT_DONE, one;

	for (size_t a = 0; a < wish->nr_args; a++) {
		one = add_argument(wish, wish->args[a]);
		status = status ? status : one;
	}
	return status ? status : apply(wish);
}

static const char *file_of(const struct wish *wish)
{
	return wish->nr_args ? wish->args[0] : SETTINGS_FILE;
}

static void complain_of_line(const char *path, unsigned int line,
			     const char *why)
{
	complain("%s:%u: %s", path, line, why);
}

static int read_file(struct wish *wish)
{
	const char *path = file_of(wish);
	int err = settings_file_read(&wish->settings, &wish->tunables,
				     strcmp(path, "-") ? path : "/dev/stdin",
				     complain_of_line);

	if (err == -EINVAL)
		complain("nothing is changed");
	else if (err == -ENOENT)
		complain("there is no %s: 'aoipoolctl tune save' writes it",
			 path);
	else if (err)
		return failed_file(err, "read", path);
	return err ? EXIT_TROUBLE : EXIT_DONE;
}

static int run_load(struct wish *wish)
{
	int status = read_file(wish);

	return status ? status : apply(wish);
}

static int add_current(struct wish *wish, const struct tunable *tunable)
{
	char now[TUNABLE_BYTES], initial[TUNABLE_BYTES];
	char why[SETTINGS_WHY_BYTES] = "no memory";
	int err = tunable_current(tunable, now);

	if (err)
		return failed_file(err, "read", tunable->name);
	if (!wish->all && !tunable_default(tunable, initial) &&
	    !strcmp(now, initial))
		return EXIT_DONE;
	err = settings_add(&wish->settings, &wish->tunables, tunable->name, now,
			   0, why);
	return err ? failed(err, why) : EXIT_DONE;
}

static int add_all_current(struct wish *wish)
{
	int status = EXIT_DONE;

	for (size_t i = 0; i < wish->tunables.nr && !status; i++)
		status = add_current(wish, &wish->tunables.list[i]);
	return status;
}

static int run_save(struct wish *wish)
{
	const char *path = file_of(wish);
	int status = add_all_current(wish), err;

	if (status)
		return status;
	if (!strcmp(path, "-"))
		return written(settings_file_print(&wish->settings, stdout));
	err = settings_file_write(&wish->settings, path);
	if (err)
		return failed_file(err, "write", path);
	if (wish->json)
		return written(json_show(json_pack(
			"{s:o, s:o}", "file", json_text(path), "saved",
			json_number(wish->settings.nr)), JSON_INDENT(2)));
	printf("%zu values saved in %s\n", wish->settings.nr, path);
	return EXIT_DONE;
}

/* Beside the defaults, for want of a file. */
static int wish_defaults(struct wish *wish)
{
	char initial[TUNABLE_BYTES], why[SETTINGS_WHY_BYTES] = "no memory";
	int err = 0;

	for (size_t i = 0; i < wish->tunables.nr && !err; i++) {
		const struct tunable *tunable = &wish->tunables.list[i];

		if (!tunable_default(tunable, initial))
			err = settings_add(&wish->settings, &wish->tunables,
					   tunable->name, initial, 0, why);
	}
	return err ? failed(err, why) : EXIT_DONE;
}

static json_t *differences_json(const struct settings *settings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < settings->nr; i++) {
		const struct setting *setting = &settings->list[i];

		if (setting->is_changed)
			json_array_append_new(list,
				describe_now(&setting->tunable));
	}
	return list;
}

static void print_differences(const struct settings *settings, bool of_file)
{
	char now[64], other[64];

	for (size_t i = 0; i < settings->nr; i++) {
		const struct setting *setting = &settings->list[i];

		if (!setting->is_changed)
			continue;
		tunable_show(&setting->tunable, setting->before, now,
			     sizeof(now));
		tunable_show(&setting->tunable, setting->value, other,
			     sizeof(other));
		printf("%s is %s, %s %s\n", setting->tunable.name, now,
		       of_file ? "in the file" : "by default", other);
	}
}

static int run_diff(struct wish *wish)
{
	char why[SETTINGS_WHY_BYTES];
	int status = wish->nr_args ? read_file(wish) : wish_defaults(wish);
	int err = status ? 0 : settings_check(&wish->settings, why);

	if (status || err)
		return status ? status : failed(err, why);
	if (wish->json)
		return written(json_show(differences_json(&wish->settings),
					 JSON_INDENT(2)));
	print_differences(&wish->settings, wish->nr_args);
	return EXIT_DONE;
}

static json_t *profile_json(const struct wish *wish,
			    const struct profile *profile)
{
	json_t *list = json_array();

	for (size_t i = 0; i < wish->settings.nr; i++) {
		const struct setting *setting = &wish->settings.list[i];
		const struct tunable *tunable = &setting->tunable;

		json_array_append_new(list, json_pack(
			"{s:s, s:o, s:o, s:s}", "name", tunable->name, "now",
			tunable_json(tunable, setting->before), "value",
			tunable_json(tunable, setting->value), "reason",
			profile_reason(profile, tunable)));
	}
	return json_pack("{s:s, s:s, s:o}", "profile", profile->name, "purpose",
			 profile->purpose, "settings", list);
}

static const struct table_column profile_columns[] = {
	{ "NAME", false, false }, { "NOW", true, false },
	{ "VALUE", true, false }, { "REASON", false, true },
	{ NULL, false, false },
};

static int profile_table(const struct wish *wish, const struct profile *profile)
{
	struct table *table = table_new(profile_columns);
	char text[64];
	int err;

	if (!table)
		return -ENOMEM;
	for (size_t i = 0; i < wish->settings.nr; i++) {
		const struct setting *setting = &wish->settings.list[i];

		table_add(table, "%s", setting->tunable.name);
		tunable_show(&setting->tunable, setting->before, text,
			     sizeof(text));
		table_add(table, "%s", text);
		tunable_show(&setting->tunable, setting->value, text,
			     sizeof(text));
		table_add(table, "%s", text);
		table_add(table, "%s",
			  profile_reason(profile, &setting->tunable));
	}
	err = table_print(table);
	table_free(table);
	return err;
}

static int show_profile(const struct wish *wish, const struct profile *profile)
{
	if (wish->json)
		return written(json_show(profile_json(wish, profile),
					 JSON_INDENT(2)));
	printf("%s: %s\n\n", profile->name, profile->purpose);
	return written(profile_table(wish, profile));
}

static int run_profile(struct wish *wish)
{
	const struct profile *profile = profile_find(wish->args[0]);
	char why[SETTINGS_WHY_BYTES];
	int err;

	if (!profile) {
		complain("there is no profile \"%s\": latency, balance or thrift",
			 wish->args[0]);
		return EXIT_USAGE;
	}
	err = profile_settings(profile, &wish->tunables, &wish->settings, why);
	if (err)
		return failed(err, why);
	if (!wish->show)
		return apply(wish);
	err = settings_check(&wish->settings, why);
	return err ? failed(err, why) : show_profile(wish, profile);
}

static const struct verb verbs[] = {
	{ "list", 0, 0, "no arguments", run_list },
	{ "get", 1, -1UL, "NAME...", run_get },
	{ "set", 1, -1UL, "NAME=VALUE...", run_set },
	{ "diff", 0, 1, "a FILE at most", run_diff },
	{ "save", 0, 1, "a FILE at most", run_save },
	{ "load", 0, 1, "a FILE at most", run_load },
	{ "profile", 1, 1, "latency, balance or thrift", run_profile },
	{ 0 },
};

static const struct verb *find_verb(const struct wish *wish)
{
	const struct verb *verb = verbs;

	while (verb->name && strcmp(verb->name, wish->verb))
		verb++;
	if (!verb->name)
		complain("there is no \"%s\": list, get, set, diff, save, load or profile",
			 wish->verb);
	else if (wish->nr_args < verb->least || wish->nr_args > verb->most)
		complain("%s takes %s", verb->name, verb->args);
	else
		return verb;
	return NULL;
}

static int obey(struct wish *wish)
{
	const struct verb *verb = find_verb(wish);
	int err, status;

	if (!verb)
		return EXIT_USAGE;
	err = tunables_list(&wish->tunables);
	if (err == -ENODEV)
		return complain_no_module();
	if (err)
		return complain_of(err, "cannot list the tunables");
	status = verb->run(wish);
	settings_free(&wish->settings);
	tunables_free(&wish->tunables);
	return status;
}

static int run(int argc, char **argv)
{
	struct wish wish = { .verb = "list" };
	int status;

	wish.args = calloc(argc, sizeof(*wish.args));
	if (!wish.args)
		return complain_of(-ENOMEM, "cannot begin");
	command_parse(&argp, argc, argv, &wish);
	status = obey(&wish);
	free(wish.args);
	return status;
}

const struct command cmd_tune = {
	.name = "tune",
	.summary = "look at what can be tuned, and set it",
	.run = run,
};
