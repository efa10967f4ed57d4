/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A plot over time, as inline SVG: areas on top of each other, lines, bars,
 * rows of bands, and marks.
 *
 * No library of Debian's does what a page that stands alone wants: colours that
 * the page's style sheet sets, for light, dark and paper; a title and a
 * description for who cannot see it; and names of anybody's pools in it, which
 * are not to be put into the script of another program.  gnuplot's SVG brings
 * fixed colours and a script, PLplot and cairo draw glyphs.
 */
#ifndef PLOT_H
#define PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum plot_scale {
	PLOT_BYTES,
	PLOT_TIMES,		/* ns, by decades */
	PLOT_ROWS,		/* no numbers: as many rows as it is high */
};

/**
 * struct plot - where one is drawn
 * @to: HTML goes there
 * @id: of the element; made of letters
 * @title, @description: plain text, escaped here
 * @from_ns, @to_ns: the time that it covers, of CLOCK_REALTIME
 * @gap_ns: a line is broken where points are further apart
 * @most: the largest value; of PLOT_ROWS, how many
 * @least: of PLOT_TIMES, the smallest
 * @height: of the whole, in pixels of a width of PLOT_WIDTH; 0 is usual
 */
struct plot {
	FILE *to;
	const char *id;
	const char *title;
	const char *description;
	uint64_t from_ns;
	uint64_t to_ns;
	uint64_t gap_ns;
	enum plot_scale scale;
	double most;
	double least;
	int height;
};

#define PLOT_WIDTH	960

struct plot_point {
	uint64_t time_ns;
	double value;
};

/* Which of those stays that fall on the same place. */
enum plot_keep { PLOT_KEEP_MOST, PLOT_KEEP_LEAST };

/* Frame, grid and axes; the rest is drawn between the two. */
void plot_begin(struct plot *plot);
void plot_end(struct plot *plot);

/* @style: a class of the style sheet, as all below. */
void plot_line(const struct plot *plot, const char *style,
	       const struct plot_point *points, size_t nr);

/**
 * plot_area() - between two lines over the same times
 * @low, @high: of the same times; NULL is the bottom
 */
void plot_area(const struct plot *plot, const char *style,
	       const struct plot_point *low, const struct plot_point *high,
	       size_t nr);

void plot_bar(const struct plot *plot, const char *style, uint64_t time_ns,
	      double value, const char *title);

/* A part of a row, counted from above; @part of its height, from below. */
void plot_band(const struct plot *plot, const char *style, int row,
	       uint64_t from_ns, uint64_t to_ns, double part, const char *title);

/* A dot in the middle of a row. */
void plot_mark(const struct plot *plot, const char *style, int row,
	       uint64_t time_ns, const char *title);

void plot_row_name(const struct plot *plot, int row, const char *name);

/**
 * plot_thin() - keep no more points than can be told apart
 *
 * Return: how many are left, in place.
 */
size_t plot_thin(const struct plot *plot, struct plot_point *points, size_t nr,
		 enum plot_keep keep);

/* The column of a time, for callers that thin by themselves. */
#define PLOT_COLUMNS	400
size_t plot_column(const struct plot *plot, uint64_t time_ns);

#endif
