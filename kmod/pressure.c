// SPDX-License-Identifier: GPL-2.0-only
/* Pressure: what level the host and each node are on. */
#include "pressure.h"

enum aoipool_pressure aoipool_pressure_of_host(void)
{
	return AOIPOOL_PRESSURE_NONE;
}

enum aoipool_pressure aoipool_pressure_of_node(int nid)
{
	return AOIPOOL_PRESSURE_NONE;
}
