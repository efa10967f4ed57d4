/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The frame of a plot, and where in it a value is. */
#ifndef PLOT_AXIS_H
#define PLOT_AXIS_H

#include "plot.h"

#define PLOT_LEFT	84
#define PLOT_RIGHT	16
#define PLOT_TOP	10
#define PLOT_BOTTOM	26

double plot_x(const struct plot *plot, uint64_t time_ns);
double plot_y(const struct plot *plot, double value);
double plot_floor(const struct plot *plot);

/* Lines of the grid, with what they mean. */
void plot_time_axis(const struct plot *plot);
void plot_value_axis(const struct plot *plot);

/* Room above the largest value, up to a number that is round. */
void plot_round_up(struct plot *plot);

#endif
