/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* complaint - why an input was refused, in words a person can act on. */
#ifndef COMPLAINT_H
#define COMPLAINT_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

struct complaint {
	char text[192];
};

/* Always -EBADMSG, so that a check reads "return complain(...)". */
__attribute__((format(printf, 2, 3))) static inline int
complain(struct complaint *complaint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(complaint->text, sizeof(complaint->text), format, args);
	va_end(args);
	return -EBADMSG;
}

#endif
