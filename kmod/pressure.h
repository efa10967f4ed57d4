/* SPDX-License-Identifier: GPL-2.0-only */
/* Pressure: what level the host and each node are on. */
#ifndef AOIPOOL_PRESSURE_H
#define AOIPOOL_PRESSURE_H

#include <linux/aoipool.h>

enum aoipool_pressure aoipool_pressure_of_host(void);
enum aoipool_pressure aoipool_pressure_of_node(int nid);

#endif /* AOIPOOL_PRESSURE_H */
