// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "heap-none.h"

_Thread_local char heap_item[NONE_BYTES];

const char *heap_open(const struct heap_need *need, const char *mode)
{
	(void)mode;
	return need->bytes > NONE_BYTES ? "objects only" : NULL;
}

void heap_enter(void)
{
}

const char *heap_note(void)
{
	return "the loop alone (and the ring), a part of all other numbers";
}
