// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "module_version.h"

void module_version(char version[TUNABLE_BYTES])
{
	if (tunable_read("version", version))
		version[0] = '\0';
}
