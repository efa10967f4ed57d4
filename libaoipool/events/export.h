/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Included before everything else, by the compiler's command line: what the
 * public header declares is visible, everything else of the library is not.
 */
#pragma GCC visibility push(default)
#include "aoipool-events.h"
#pragma GCC visibility pop
