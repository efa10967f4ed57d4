/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * aoipool.ko as it lies on the disk: that which is installed for the running
 * kernel, or another one.
 */
#ifndef MODULE_FILE_H
#define MODULE_FILE_H

#include <limits.h>
#include <stdbool.h>

#define MODULE_NAME	"aoipool"

struct kmod_ctx;
struct kmod_module;

/**
 * struct module_file - what is known of it
 * @path: "" where it is not there
 * @vermagic: which kernel it was built for, and how
 * @signer: "" where it is not signed, or by nobody who has a name
 * @parameters: names, each with a space behind it
 * @install_command: of modprobe.d, which takes the place of loading; or NULL
 * @is_blacklisted: by modprobe.d; it is loaded by name all the same
 */
struct module_file {
	struct kmod_ctx *ctx;
	struct kmod_module *module;
	char path[PATH_MAX];
	char version[32];
	char srcversion[32];
	char vermagic[128];
	char signer[128];
	char parameters[512];
	const char *install_command;
	bool is_signed;
	bool is_blacklisted;
};

/**
 * module_file_open() - find it and read about it
 * @path: NULL: the one that is installed for the running kernel
 *
 * Where none is installed, file->path is "", which is no error.
 *
 * Return: 0, and module_file_close() is the caller's to call; -ENOENT: there is no
 * @path; -ENOEXEC: it is no module; -EINVAL: it is another one; -ENOMEM and others.
 */
int module_file_open(struct module_file *file, const char *path);

void module_file_close(struct module_file *file);

bool module_file_has_parameter(const struct module_file *file, const char *name);

/* "6.1.0-50-amd64" */
const char *kernel_release(void);

#endif
