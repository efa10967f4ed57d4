/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Text that others have chosen, as a terminal may see it: names of processes hold
 * anything, and journals what somebody wrote into them.
 */
#ifndef PRINTABLE_H
#define PRINTABLE_H

/* A name: whatever is not printable ASCII is '?' from here on. */
void printable_name(char *name);

/* A message, with paths in it, which may be UTF-8: controls only are '?'. */
void printable_message(char *message);

#endif
