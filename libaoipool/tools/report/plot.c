// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "plot.h"

#include "html.h"
#include "plot_axis.h"

#define USUAL_HEIGHT	240
#define MARK_RADIUS	4
#define LEAST_BAR	2	/* pixels: what was short must not vanish */

void plot_begin(struct plot *plot)
{
	if (!plot->height)
		plot->height = USUAL_HEIGHT;
	if (plot->to_ns <= plot->from_ns)
		plot->to_ns = plot->from_ns + 1000000000;
	plot_round_up(plot);
	fprintf(plot->to,
		"<svg id=\"%s\" role=\"img\" viewBox=\"0 0 %d %d\" aria-labelledby=\"%s-t %s-d\">\n"
		"<title id=\"%s-t\">",
		plot->id, PLOT_WIDTH, plot->height, plot->id, plot->id,
		plot->id);
	html_text(plot->to, plot->title);
	fprintf(plot->to, "</title>\n<desc id=\"%s-d\">", plot->id);
	html_text(plot->to, plot->description);
	fputs("</desc>\n", plot->to);
	plot_value_axis(plot);
	plot_time_axis(plot);
}

void plot_end(struct plot *plot)
{
	fprintf(plot->to,
		"<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n"
		"</svg>\n",
		PLOT_LEFT, PLOT_WIDTH - PLOT_RIGHT, plot_floor(plot),
		plot_floor(plot));
}

size_t plot_column(const struct plot *plot, uint64_t time_ns)
{
	uint64_t span = plot->to_ns > plot->from_ns ?
				plot->to_ns - plot->from_ns : 1;
	uint64_t at = time_ns < plot->from_ns ? 0 : time_ns - plot->from_ns;
	size_t column = (double)at / span * PLOT_COLUMNS;

	return column < PLOT_COLUMNS ? column : PLOT_COLUMNS - 1;
}

size_t plot_thin(const struct plot *plot, struct plot_point *points, size_t nr,
		 enum plot_keep keep)
{
	size_t kept = 0, column = 0;

	if (nr <= PLOT_COLUMNS)
		return nr;
	for (size_t i = 0; i < nr; i++) {
		size_t here = plot_column(plot, points[i].time_ns);

		if (!kept || here != column)
			points[kept++] = points[i];
		else if ((keep == PLOT_KEEP_MOST) ==
			 (points[i].value > points[kept - 1].value))
			points[kept - 1].value = points[i].value;
		column = here;
	}
	return kept;
}

static bool is_gap(const struct plot *plot, const struct plot_point *before,
		   const struct plot_point *after)
{
	uint64_t gap_ns = plot->gap_ns;
	uint64_t column_ns = (plot->to_ns - plot->from_ns) / PLOT_COLUMNS;

	/* thinned points are a column apart */
	if (gap_ns < 2 * column_ns)
		gap_ns = 2 * column_ns;
	return after->time_ns > before->time_ns &&
	       after->time_ns - before->time_ns > gap_ns;
}

static void put_point(const struct plot *plot, char verb,
		      const struct plot_point *point)
{
	fprintf(plot->to, "%c%.1f %.1f", verb, plot_x(plot, point->time_ns),
		plot_y(plot, point->value));
}

/* A point that stands alone is a dot: of a line without length. */
void plot_line(const struct plot *plot, const char *style,
	       const struct plot_point *points, size_t nr)
{
	bool breaks;

	if (!nr)
		return;
	fprintf(plot->to, "<path class=\"line %s\" d=\"", style);
	for (size_t i = 0; i < nr; i++) {
		breaks = !i || is_gap(plot, &points[i - 1], &points[i]);
		put_point(plot, breaks ? 'M' : 'L', &points[i]);
		if (breaks && (i + 1 == nr ||
			       is_gap(plot, &points[i], &points[i + 1])))
			fputs("h0.1", plot->to);
	}
	fputs("\"/>\n", plot->to);
}

static void put_area(const struct plot *plot, const char *style,
		     const struct plot_point *low,
		     const struct plot_point *high, size_t nr)
{
	struct plot_point floor = { 0 };

	fprintf(plot->to, "<path class=\"area %s\" d=\"", style);
	for (size_t i = 0; i < nr; i++)
		put_point(plot, i ? 'L' : 'M', &high[i]);
	for (size_t i = nr; i--;) {
		floor.time_ns = high[i].time_ns;
		put_point(plot, 'L', low ? &low[i] : &floor);
	}
	fputs("Z\"/>\n", plot->to);
}

void plot_area(const struct plot *plot, const char *style,
	       const struct plot_point *low, const struct plot_point *high,
	       size_t nr)
{
	size_t from = 0;

	for (size_t i = 1; i <= nr; i++) {
		if (i < nr && !is_gap(plot, &high[i - 1], &high[i]))
			continue;
		put_area(plot, style, low ? low + from : NULL, high + from,
			 i - from);
		from = i;
	}
}

static void put_box(const struct plot *plot, const char *style, double x,
		    double y, double width, double height, const char *title)
{
	fprintf(plot->to,
		"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>",
		style, x, y, width < LEAST_BAR ? LEAST_BAR : width,
		height < LEAST_BAR ? LEAST_BAR : height);
	html_text(plot->to, title);
	fputs("</title></rect>\n", plot->to);
}

void plot_bar(const struct plot *plot, const char *style, uint64_t time_ns,
	      double value, const char *title)
{
	double y = plot_y(plot, value), height = plot_floor(plot) - y;

	if (height < LEAST_BAR)
		y = plot_floor(plot) - LEAST_BAR;
	put_box(plot, style, plot_x(plot, time_ns) - 1, y, LEAST_BAR, height,
		title);
}

static double row_height(const struct plot *plot)
{
	return (plot_floor(plot) - PLOT_TOP) / plot->most;
}

void plot_band(const struct plot *plot, const char *style, int row,
	       uint64_t from_ns, uint64_t to_ns, double part, const char *title)
{
	double x = plot_x(plot, from_ns), room = row_height(plot) - 4;
	double bottom = PLOT_TOP + (row + 1) * row_height(plot) - 2;

	put_box(plot, style, x, bottom - part * room,
		plot_x(plot, to_ns) - x, part * room, title);
}

void plot_mark(const struct plot *plot, const char *style, int row,
	       uint64_t time_ns, const char *title)
{
	fprintf(plot->to,
		"<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\"><title>",
		style, plot_x(plot, time_ns),
		PLOT_TOP + (row + 0.5) * row_height(plot), MARK_RADIUS);
	html_text(plot->to, title);
	fputs("</title></circle>\n", plot->to);
}

void plot_row_name(const struct plot *plot, int row, const char *name)
{
	fprintf(plot->to, "<text class=\"y\" x=\"%d\" y=\"%.1f\">",
		PLOT_LEFT - 8,
		PLOT_TOP + (row + 0.5) * row_height(plot) + 4);
	html_text(plot->to, name);
	fputs("</text>\n", plot->to);
}
