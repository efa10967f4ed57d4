// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl load - loads the module, or says what is in the way. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libkmod.h>

#include "cmd.h"
#include "complain.h"
#include "json.h"
#include "kernel_words.h"
#include "loaded_module.h"
#include "module_file.h"
#include "module_parameter.h"
#include "obstacle.h"

#define MAX_PARAMETERS	32

struct wish {
	const char *file;
	const char *parameters[MAX_PARAMETERS];
	size_t nr_parameters;
	bool json;
};

static const struct argp_option options[] = {
	{ "file", 'f', "PATH", 0, "this aoipool.ko, not the one that is installed", 0 },
	{ "json", 'j', NULL, 0, "a JSON object", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = state->input;
	char why[PARAMETER_WHY_BYTES];

	switch (key) {
	case 'f':
		wish->file = arg;
		break;
	case 'j':
		wish->json = true;
		break;
	case ARGP_KEY_ARG:
		if (module_parameter_check(arg, why))
			argp_error(state, "%s", why);
		if (wish->nr_parameters == MAX_PARAMETERS)
			argp_error(state, "too many parameters");
		wish->parameters[wish->nr_parameters++] = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static char *filter(int key, const char *text, void *input)
{
	const struct module_parameter *parameter = module_parameters;
	char *all = NULL;
	size_t bytes;
	FILE *file;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	file = open_memstream(&all, &bytes);
	if (!file)
		return (char *)text;
	fprintf(file, "Parameters:\n");
	for (; parameter->name; parameter++)
		fprintf(file, "  %-18s %s\n", parameter->name,
			parameter->meaning);
	fclose(file);
	return all;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[PARAMETER=VALUE]...",
	.doc = "Load module aoipool, as modprobe does: the one that is installed for "
	       "this kernel, with what modprobe.d says.\v ",
	.help_filter = filter,
};

/* Of what is in the way: the worst decides. */
static int show_obstacles(const struct obstacles *obstacles)
{
	int status = EXIT_REFUSED;

	for (size_t i = 0; i < obstacles->nr; i++) {
		const struct obstacle *obstacle = &obstacles->list[i];

		if (!obstacle->stops)
			continue;
		complain("%s%s%s", obstacle->what,
			 *obstacle->remedy ? ": " : "", obstacle->remedy);
		if (!obstacle->is_permission)
			status = EXIT_TROUBLE;
	}
	return status;
}

static int show_loaded(const struct wish *wish, const char *how)
{
	struct loaded_module loaded;
	int err = loaded_module_read(&loaded);

	if (err)
		return complain_of(err, "cannot look at the module");
	if (wish->json)
		err = json_show(json_pack("{s:s, s:s, s:s}", "module", how,
					  "version", loaded.version,
					  "srcversion", loaded.srcversion),
				JSON_INDENT(2));
	else
		printf("aoipool %s: %s\n", loaded.version, how);
	loaded_module_free(&loaded);
	return err ? complain_of(err, "cannot write") : EXIT_DONE;
}

static int loaded_already(const struct wish *wish)
{
	if (!wish->nr_parameters)
		return show_loaded(wish, "loaded already");
	complain("aoipool is loaded already, and parameters are for loading: see "
		 "'aoipoolctl tune', or unload it first");
	return EXIT_TROUBLE;
}

static int no_such_file(const struct wish *wish, int err)
{
	if (err == -EINVAL)
		complain("%s is another module than aoipool", wish->file);
	else if (err == -ENOEXEC)
		complain("%s is no kernel module", wish->file);
	else
		complain("cannot read %s: %s", wish->file ? wish->file : "the module",
			 strerror(-err));
	return command_status(err);
}

/* An older module has fewer parameters than this tool knows. */
static int check_parameters(const struct wish *wish,
			    const struct module_file *file)
{
	int status = EXIT_DONE;

	for (size_t i = 0; i < wish->nr_parameters; i++) {
		if (module_file_has_parameter(file, wish->parameters[i]))
			continue;
		complain("%s has no parameter \"%.*s\": %s", file->path,
			 (int)strcspn(wish->parameters[i], "="),
			 wish->parameters[i], file->parameters);
		status = EXIT_USAGE;
	}
	return status;
}

static int join(const struct wish *wish, char *text, size_t bytes)
{
	size_t at = 0;

	*text = '\0';
	for (size_t i = 0; i < wish->nr_parameters; i++) {
		at += snprintf(text + at, bytes - at, "%s%s", i ? " " : "",
			       wish->parameters[i]);
		if (at >= bytes)
			return -E2BIG;
	}
	return 0;
}

static int refused(int err, const char *words)
{
	complain("the kernel does not load it: %s", obstacle_of_error(err));
	if (*words)
		complain("its log says:\n%s", words);
	return command_status(err);
}

static int insert(const struct wish *wish, const struct module_file *file)
{
	char parameters[1024], words[KERNEL_WORDS_BYTES];
	int err = join(wish, parameters, sizeof(parameters)), log;

	if (err)
		return complain_of(err, "cannot pass the parameters");
	log = kernel_words_begin();
	err = kmod_module_probe_insert_module(
		file->module,
		KMOD_PROBE_FAIL_ON_LOADED | KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY,
		parameters, NULL, NULL, NULL);
	kernel_words_end(log, words);
	if (err == -EEXIST)
		return loaded_already(wish);
	return err < 0 ? refused(err, words) : EXIT_DONE;
}

static int check_result(const struct wish *wish, const struct module_file *file)
{
	struct loaded_module loaded;
	bool is_there;
	int err = loaded_module_read(&loaded);

	if (err)
		return complain_of(err, "cannot look at the module");
	is_there = loaded.is_there;
	loaded_module_free(&loaded);
	if (is_there)
		return show_loaded(wish, "loaded");
	complain("it is not loaded: modprobe.d has '%s' run instead; see "
		 "grep -rw aoipool /etc/modprobe.d",
		 file->install_command ? file->install_command : "something");
	return EXIT_TROUBLE;
}

static int load(const struct wish *wish, const struct module_file *file,
		const struct loaded_module *loaded)
{
	struct obstacles obstacles;
	int status, err = obstacles_find(&obstacles, file, loaded);

	if (err)
		return complain_of(err, "cannot look around");
	if (obstacles_stop(&obstacles)) {
		status = show_obstacles(&obstacles);
		obstacles_free(&obstacles);
		return status;
	}
	obstacles_free(&obstacles);
	status = check_parameters(wish, file);
	if (!status)
		status = insert(wish, file);
	return status ? status : check_result(wish, file);
}

static int run(int argc, char **argv)
{
	struct wish wish = { 0 };
	struct loaded_module loaded;
	struct module_file file;
	bool is_loaded;
	int err, status;

	command_parse(&argp, argc, argv, &wish);
	err = loaded_module_read(&loaded);
	if (err)
		return complain_of(err, "cannot look at the module");
	is_loaded = loaded.is_there;
	if (is_loaded) {
		loaded_module_free(&loaded);
		return loaded_already(&wish);
	}
	err = module_file_open(&file, wish.file);
	if (err)
		return no_such_file(&wish, err);
	status = load(&wish, &file, &loaded);
	module_file_close(&file);
	return status;
}

const struct command cmd_load = {
	.name = "load",
	.summary = "load the module, or say what is in the way",
	.run = run,
};
