/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The version of the module that is loaded. */
#ifndef MODULE_VERSION_H
#define MODULE_VERSION_H

#include "tunable.h"

/* "" where it is not known. */
void module_version(char version[TUNABLE_BYTES]);

#endif
