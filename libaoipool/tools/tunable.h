/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The module's files below /sys/class/misc/aoipool: one value each, as text
 * without a newline.  kmod/docs/abi.md describes them.
 *
 * The environment variable AOIPOOL_SYSFS names another folder, for tests.
 */
#ifndef TUNABLE_H
#define TUNABLE_H

#include <stddef.h>
#include <stdint.h>

#define TUNABLE_BYTES	256

/* The folder; lives as long as the process. */
const char *tunable_folder(void);

/**
 * tunable_read() - the value of one file
 * @name: below the folder: "pressure/low_percent"
 *
 * Return: 0; -ENODEV: the module is not loaded; -ENOENT: there is no such file;
 * -EACCES and others of open() and read().
 */
int tunable_read(const char *name, char value[TUNABLE_BYTES]);

/** A number.  Return: as above; -EINVAL: it is none. */
int tunable_read_number(const char *name, uint64_t *value);

/** Return: as tunable_read(); -EINVAL: the module does not take it. */
int tunable_write(const char *name, const char *value);

#endif
