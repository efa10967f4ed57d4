/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Errors, on stderr: "aoipoolctl trim: ...".  One says what was wrong and what is
 * to be done about it.
 */
#ifndef COMPLAIN_H
#define COMPLAIN_H

/* @who: "aoipoolctl", or with the command; kept, not copied. */
void complain_as(const char *who);

__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

/**
 * complain_of() - that something failed, and why
 * @err: a negative errno value, explained by aoipool_strerror()
 *
 * Return: the exit status for @err.
 */
__attribute__((format(printf, 2, 3))) int complain_of(int err,
						      const char *format, ...);

/* The same of a file of the caller's, where errno values mean what they always do. */
__attribute__((format(printf, 2, 3))) int complain_of_file(int err,
							   const char *format,
							   ...);

/* The module is not loaded: what that means, what can be done.  As above. */
int complain_no_module(void);

#endif
