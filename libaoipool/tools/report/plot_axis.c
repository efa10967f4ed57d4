// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "plot_axis.h"

#include <math.h>
#include <time.h>

#include "html.h"
#include "unit.h"

#define NS_PER_S	UINT64_C(1000000000)
#define MAX_TIMES	9	/* labels do not touch */
#define MAX_VALUES	5

double plot_floor(const struct plot *plot)
{
	return plot->height - PLOT_BOTTOM;
}

double plot_x(const struct plot *plot, uint64_t time_ns)
{
	double span = plot->to_ns - plot->from_ns;
	double at = time_ns < plot->from_ns ? 0 : time_ns - plot->from_ns;

	if (at > span)
		at = span;
	return PLOT_LEFT + at / span * (PLOT_WIDTH - PLOT_LEFT - PLOT_RIGHT);
}

/* 0 to 1 */
static double share(const struct plot *plot, double value)
{
	if (plot->scale != PLOT_TIMES)
		return value / plot->most;
	if (value <= plot->least)
		return 0;
	return log(value / plot->least) / log(plot->most / plot->least);
}

double plot_y(const struct plot *plot, double value)
{
	double part = fmin(fmax(share(plot, value), 0), 1);

	return plot_floor(plot) - part * (plot_floor(plot) - PLOT_TOP);
}

/* Seconds between two labels. */
static uint64_t time_step(uint64_t span_s)
{
	static const uint64_t steps[] = {
		1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
		10800, 21600, 43200, 86400, 172800, 604800,
	};
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(*steps) - 1; i++)
		if (span_s / steps[i] < MAX_TIMES)
			return steps[i];
	return span_s / MAX_TIMES / steps[i] * steps[i] + steps[i];
}

static void put_time(const struct plot *plot, uint64_t second, uint64_t step)
{
	double x = plot_x(plot, second * NS_PER_S);
	time_t time = second;
	struct tm local;
	char text[32];

	if (!localtime_r(&time, &local))
		return;
	strftime(text, sizeof(text),
		 step >= 86400 ? "%-d %b" : step >= 60 ? "%H:%M" : "%H:%M:%S",
		 &local);
	fprintf(plot->to,
		"<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%.1f\"/>"
		"<text class=\"x\" x=\"%.1f\" y=\"%.1f\">",
		x, x, PLOT_TOP, plot_floor(plot), x, plot_floor(plot) + 17);
	html_text(plot->to, text);
	fputs("</text>\n", plot->to);
}

/* At round times of the day where the reader is. */
void plot_time_axis(const struct plot *plot)
{
	uint64_t first = plot->from_ns / NS_PER_S + 1;
	uint64_t last = plot->to_ns / NS_PER_S;
	uint64_t step = time_step(last - plot->from_ns / NS_PER_S);
	time_t begin = first;
	struct tm local = { 0 };
	uint64_t local_s, next;

	localtime_r(&begin, &local);
	local_s = first + local.tm_gmtoff;
	next = first + (step - local_s % step) % step;
	for (; next <= last; next += step)
		put_time(plot, next, step);
}

static void put_value(const struct plot *plot, double value, const char *text)
{
	double y = plot_y(plot, value);

	fprintf(plot->to,
		"<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
		"<text class=\"y\" x=\"%d\" y=\"%.1f\">",
		PLOT_LEFT, PLOT_WIDTH - PLOT_RIGHT, y, y, PLOT_LEFT - 8, y + 4);
	html_text(plot->to, text);
	fputs("</text>\n", plot->to);
}

/* Of a power of 1024: 1, 2, 4, 8 and so on, so that labels are whole. */
static double byte_step(double most)
{
	double step = 1;

	while (most / step > MAX_VALUES)
		step *= 2;
	return step;
}

void plot_round_up(struct plot *plot)
{
	double step;

	if (plot->scale == PLOT_BYTES) {
		plot->most = fmax(plot->most, 1024);
		step = byte_step(plot->most);
		plot->most = ceil(plot->most / step) * step;
	} else if (plot->scale == PLOT_TIMES) {
		plot->least = pow(10, floor(log10(fmax(plot->least, 1))));
		plot->most = pow(10, ceil(log10(fmax(plot->most, 10))));
		if (plot->most <= plot->least)
			plot->most = plot->least * 10;
	}
}

/* Not every decade has a label where there are many. */
static void put_decades(const struct plot *plot)
{
	int decades = lround(log10(plot->most / plot->least));
	int each = (decades + MAX_VALUES) / (MAX_VALUES + 1);

	for (int i = 0; i <= decades; i++)
		if (i % (each ?: 1) == 0)
			put_value(plot, plot->least * pow(10, i),
				  unit_time(plot->least * pow(10, i)).text);
}

void plot_value_axis(const struct plot *plot)
{
	double step;

	if (plot->scale == PLOT_TIMES)
		put_decades(plot);
	if (plot->scale != PLOT_BYTES)
		return;
	step = byte_step(plot->most);
	for (double value = 0; value <= plot->most; value += step)
		put_value(plot, value, value ? unit_bytes(value).text : "0");
}
