// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "module_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <libkmod.h>

#include "host_file.h"

const char *kernel_release(void)
{
	static struct utsname name;

	if (!*name.release)
		uname(&name);
	return name.release;
}

/* libkmod says on stderr what it returns as an error, too. */
static void say_nothing(void *data, int priority, const char *file, int line,
			const char *fn, const char *format, va_list args)
{
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)fn;
	(void)format;
	(void)args;
}

static int context_open(struct module_file *file)
{
	char folder[256];

	snprintf(folder, sizeof(folder), "/lib/modules/%s", kernel_release());
	file->ctx = kmod_new(host_path(folder).text, NULL);
	if (!file->ctx)
		return -ENOMEM;
	kmod_set_log_fn(file->ctx, say_nothing, NULL);
	return 0;
}

static void copy(char *to, size_t room, const char *from)
{
	snprintf(to, room, "%s", from ? from : "");
}

/* "NAME:what it means" */
static void note_parameter(struct module_file *file, const char *value)
{
	size_t len = strlen(file->parameters);

	snprintf(file->parameters + len, sizeof(file->parameters) - len,
		 "%.*s ", (int)strcspn(value, ":"), value);
}

static void note(struct module_file *file, const char *key, const char *value)
{
	if (!strcmp(key, "version"))
		copy(file->version, sizeof(file->version), value);
	else if (!strcmp(key, "srcversion"))
		copy(file->srcversion, sizeof(file->srcversion), value);
	else if (!strcmp(key, "vermagic"))
		copy(file->vermagic, sizeof(file->vermagic), value);
	else if (!strcmp(key, "signer"))
		copy(file->signer, sizeof(file->signer), value);
	else if (!strcmp(key, "parm"))
		note_parameter(file, value);
	if (!strcmp(key, "sig_id") || !strcmp(key, "signer"))
		file->is_signed = true;
}

static int read_info(struct module_file *file)
{
	struct kmod_list *list = NULL, *at;
	int err = kmod_module_get_info(file->module, &list);

	if (err < 0)
		return err;
	kmod_list_foreach(at, list)
		note(file, kmod_module_info_get_key(at),
		     kmod_module_info_get_value(at));
	kmod_module_info_free_list(list);
	return 0;
}

static bool is_blacklisted(struct kmod_ctx *ctx)
{
	struct kmod_config_iter *at = kmod_config_get_blacklists(ctx);
	bool found = false;

	while (at && !found && kmod_config_iter_next(at))
		found = !strcmp(kmod_config_iter_get_key(at), MODULE_NAME);
	if (at)
		kmod_config_iter_free_iter(at);
	return found;
}

static int find_installed(struct module_file *file)
{
	const char *path;
	int err = kmod_module_new_from_name(file->ctx, MODULE_NAME,
					    &file->module);

	if (err < 0)
		return err;
	path = kmod_module_get_path(file->module);
	copy(file->path, sizeof(file->path), path);
	file->install_command = kmod_module_get_install_commands(file->module);
	file->is_blacklisted = is_blacklisted(file->ctx);
	/* An index that names a file that is gone is as good as none. */
	if (path && access(path, F_OK))
		*file->path = '\0';
	return *file->path ? read_info(file) : 0;
}

static int find_named(struct module_file *file, const char *path)
{
	int err;

	if (access(path, R_OK))
		return -errno;
	if (!realpath(path, file->path))
		return -errno;
	err = kmod_module_new_from_path(file->ctx, file->path, &file->module);
	if (err < 0)
		return err;
	if (strcmp(kmod_module_get_name(file->module), MODULE_NAME))
		return -EINVAL;
	return read_info(file) ? -ENOEXEC : 0;
}

int module_file_open(struct module_file *file, const char *path)
{
	int err;

	*file = (struct module_file){ 0 };
	err = context_open(file);
	if (!err)
		err = path ? find_named(file, path) : find_installed(file);
	if (err)
		module_file_close(file);
	return err;
}

void module_file_close(struct module_file *file)
{
	if (file->module)
		kmod_module_unref(file->module);
	if (file->ctx)
		kmod_unref(file->ctx);
	file->module = NULL;
	file->ctx = NULL;
}

bool module_file_has_parameter(const struct module_file *file, const char *name)
{
	const char *at = file->parameters;
	size_t len = strcspn(name, "=");

	for (; *at; at += strcspn(at, " ") + 1)
		if (!strncmp(at, name, len) && at[len] == ' ')
			return true;
	return false;
}
