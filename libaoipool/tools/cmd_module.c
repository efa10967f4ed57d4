// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* aoipoolctl module - the module: is it there, does it fit, what is in the way. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <aoipool.h>
#include <linux/aoipool.h>

#include "cmd.h"
#include "complain.h"
#include "device_user.h"
#include "json.h"
#include "loaded_module.h"
#include "module_file.h"
#include "obstacle.h"
#include "terminal.h"

/**
 * struct view - all that is looked at
 */
struct view {
	struct module_file file;
	struct loaded_module loaded;
	struct device_users users;
	struct obstacles obstacles;
};

struct wish {
	const char *file;
	bool json;
};

static const struct argp_option options[] = {
	{ "file", 'f', "PATH", 0, "look at this aoipool.ko, not the one that is installed", 0 },
	{ "json", 'j', NULL, 0, "a JSON object", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct wish *wish = state->input;

	switch (key) {
	case 'f':
		wish->file = arg;
		break;
	case 'j':
		wish->json = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Show module aoipool: where it is installed, whether it is loaded, "
	       "with which parameters, who uses it, whether it fits to the library, "
	       "and what is in the way of loading it.\v"
	       "Exit status: 0 it is loaded and fits; 2 it is not loaded; 4 it does "
	       "not fit, or other trouble.",
};

static void view_close(struct view *view)
{
	obstacles_free(&view->obstacles);
	device_users_free(&view->users);
	loaded_module_free(&view->loaded);
	module_file_close(&view->file);
}

static int view_fill(struct view *view)
{
	int err = loaded_module_read(&view->loaded);

	if (!err && view->loaded.is_there)
		err = device_users_find(&view->users);
	if (!err)
		err = obstacles_find(&view->obstacles, &view->file,
				     &view->loaded);
	return err;
}

static int view_open(struct view *view, const char *path)
{
	int err;

	*view = (struct view){ 0 };
	err = module_file_open(&view->file, path);
	if (err)
		return err;
	err = view_fill(view);
	if (err)
		view_close(view);
	return err;
}

static void show_loaded(const struct loaded_module *loaded)
{
	if (!loaded->is_there) {
		puts("loaded      no");
		return;
	}
	printf("loaded      %s%s%s, version %s, build %s, ABI %u\n",
	       terminal_colour(COLOUR_GREEN), loaded->state,
	       terminal_colour(COLOUR_PLAIN), loaded->version,
	       loaded->srcversion, loaded->abi_version);
	fputs("parameters ", stdout);
	for (size_t i = 0; i < loaded->nr_parameters; i++)
		if (*loaded->parameters[i].value)
			printf(" %s=%s", loaded->parameters[i].name,
			       loaded->parameters[i].value);
	putchar('\n');
}

static void show_file(const struct module_file *file)
{
	if (!*file->path) {
		printf("installed   not for this kernel, %s\n", kernel_release());
		return;
	}
	printf("installed   %s, version %s, build %s\n", file->path,
	       file->version, file->srcversion);
	printf("            for Linux %.*s, %s%s\n",
	       (int)strcspn(file->vermagic, " "), file->vermagic,
	       file->is_signed ? "signed by " : "not signed", file->signer);
}

static void show_versions(void)
{
	printf("library     version %s; this tool: version %d.%d.%d, ABI %u\n",
	       aoipool_version(), AOIPOOL_VERSION_MAJOR, AOIPOOL_VERSION_MINOR,
	       AOIPOOL_VERSION_PATCH, AOIPOOL_ABI_VERSION);
}

static void show_users(const struct view *view)
{
	char how[256];

	if (!view->loaded.is_there)
		return;
	printf("in use      %lu times\n", view->loaded.users);
	for (size_t i = 0; i < view->users.nr; i++) {
		device_user_describe(&view->users.list[i], how, sizeof(how));
		printf("            process %d (%s): %s\n",
		       view->users.list[i].pid, view->users.list[i].comm, how);
	}
	if (view->users.hidden)
		printf("            %zu processes may not be looked into\n",
		       view->users.hidden);
}

static void show_obstacles(const struct obstacles *obstacles)
{
	for (size_t i = 0; i < obstacles->nr; i++) {
		const struct obstacle *obstacle = &obstacles->list[i];

		printf("\n%s%s%s: %s\n",
		       terminal_colour(obstacle->stops ? COLOUR_RED :
							 COLOUR_YELLOW),
		       obstacle->stops ? "in the way" : "note",
		       terminal_colour(COLOUR_PLAIN), obstacle->what);
		if (*obstacle->remedy)
			printf("  what to do: %s\n", obstacle->remedy);
	}
}

static int show(const struct view *view)
{
	show_loaded(&view->loaded);
	show_file(&view->file);
	show_versions();
	show_users(view);
	show_obstacles(&view->obstacles);
	return 0;
}

static json_t *text_or_null(const char *text)
{
	return *text ? json_text(text) : json_null();
}

static json_t *loaded_json(const struct loaded_module *loaded)
{
	json_t *parameters = json_object();

	for (size_t i = 0; i < loaded->nr_parameters; i++)
		json_object_set_new(parameters, loaded->parameters[i].name,
				    text_or_null(loaded->parameters[i].value));
	if (!loaded->is_there) {
		json_decref(parameters);
		return json_null();
	}
	return json_pack("{s:s, s:o, s:o, s:o, s:s, s:o, s:o}", "state",
			 loaded->state, "version", text_or_null(loaded->version),
			 "srcversion", text_or_null(loaded->srcversion), "abi",
			 loaded->abi_version ?
				 json_number(loaded->abi_version) : json_null(),
			 "taint", loaded->taint, "users",
			 json_number(loaded->users), "parameters", parameters);
}

static json_t *file_json(const struct module_file *file)
{
	if (!*file->path)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:b, s:o, s:b}", "path",
			 json_text(file->path), "version",
			 text_or_null(file->version), "srcversion",
			 text_or_null(file->srcversion), "vermagic",
			 text_or_null(file->vermagic), "signed", file->is_signed,
			 "signer", text_or_null(file->signer), "blacklisted",
			 file->is_blacklisted);
}

static json_t *user_json(const struct device_user *user)
{
	json_t *names = json_array();

	for (size_t i = 0; i < DEVICE_USER_POOLS; i++)
		if (*user->names[i])
			json_array_append_new(names, json_text(user->names[i]));
	return json_pack("{s:i, s:o, s:i, s:i, s:b, s:o}", "pid", user->pid,
			 "comm", json_text(user->comm), "devices", user->devices,
			 "pools", user->pools, "mapped", user->is_mapped,
			 "names", names);
}

static json_t *users_json(const struct device_users *users)
{
	json_t *list = json_array();

	for (size_t i = 0; i < users->nr; i++)
		json_array_append_new(list, user_json(&users->list[i]));
	return list;
}

static json_t *obstacles_json(const struct obstacles *obstacles)
{
	json_t *list = json_array();

	for (size_t i = 0; i < obstacles->nr; i++) {
		const struct obstacle *obstacle = &obstacles->list[i];

		json_array_append_new(list, json_pack(
			"{s:s, s:o, s:o, s:b}", "name", obstacle->name, "what",
			json_text(obstacle->what), "remedy",
			text_or_null(obstacle->remedy), "stops",
			obstacle->stops));
	}
	return list;
}

static bool fits(const struct view *view)
{
	return view->loaded.abi_version == AOIPOOL_ABI_VERSION;
}

static json_t *view_json(const struct view *view)
{
	return json_pack("{s:s, s:o, s:o, s:s, s:i, s:b, s:o, s:I, s:o}",
			 "kernel", kernel_release(), "loaded",
			 loaded_json(&view->loaded), "installed",
			 file_json(&view->file), "library_version",
			 aoipool_version(), "abi", AOIPOOL_ABI_VERSION, "fits",
			 fits(view), "users", users_json(&view->users),
			 "hidden_processes", (json_int_t)view->users.hidden,
			 "obstacles", obstacles_json(&view->obstacles));
}

static int status_of(const struct view *view)
{
	if (!view->loaded.is_there)
		return EXIT_NO_MODULE;
	return fits(view) ? EXIT_DONE : EXIT_TROUBLE;
}

static int run(int argc, char **argv)
{
	struct wish wish = { 0 };
	struct view view;
	int err, status;

	command_parse(&argp, argc, argv, &wish);
	err = view_open(&view, wish.file);
	if (err) {
		complain("cannot look at %s: %s",
			 wish.file ? wish.file : "the module", strerror(-err));
		return command_status(err);
	}
	err = wish.json ? json_show(view_json(&view), JSON_INDENT(2)) :
			  show(&view);
	status = status_of(&view);
	view_close(&view);
	return err ? complain_of(err, "cannot write") : status;
}

const struct command cmd_module = {
	.name = "module",
	.summary = "is the module there, who uses it, what is in the way",
	.run = run,
};
