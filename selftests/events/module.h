/* SPDX-License-Identifier: GPL-2.0-only */
/* The module, unloaded and loaded again as it was. */
#ifndef MODULE_H
#define MODULE_H

struct module {
	const char *path;
	char parameters[128];
};

/* Remember how it is loaded.  Return: 0; -ENOENT: its file is not there. */
int module_note(struct module *module);
/* Within five seconds: a listener that has just started asks, and is answered. */
int module_unload(void);
int module_load(const struct module *module);
/* Load it if it is not there. */
int module_restore(const struct module *module);

#endif
