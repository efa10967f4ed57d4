# SPDX-License-Identifier: GPL-2.0-only
# Draws an experiment of demo-oom: called by demo-oom.report, which sets the names
# of the files, the allocators and what the field had.
set terminal svg size 1200,860 font "sans-serif,13" background "white"
set output svg
set datafile separator ","
set multiplot layout 2,1 margins 0.09,0.88,0.08,0.95 spacing 0.06
set key outside right top Left reverse samplen 2
set grid lt 0 lc "gray80"
set border 3
set tics nomirror out

colour(name) = name eq "freelist" ? 0xc0392b : name eq "malloc" ? 0x2471a3 : name eq "aoipool" ? 0x1e8449 : 0x7d3c98
point(name) = name eq "freelist" ? 4 : name eq "malloc" ? 6 : 7
mib(bytes) = bytes / 1048576.0
is(name) = strcol(1) eq name

stats csv skip 1 using 2 nooutput
begin = floor(STATS_min / 10) * 10
end = ceil(STATS_max / 10) * 10
set xrange [begin:end]
set arrow 1 from 0, graph 0 to 0, graph 1 nohead dt 2 lc "gray40"
set label 1 "the hog starts" at 0, graph 0.97 offset 0.6, 0 tc "gray30"

set title "Resident memory of the engine, and of the hog beside it"
set ylabel "MiB"
set yrange [0:*]
set format x ""
last_name = word(names, words(names))
plot csv skip 1 using 2:(is(last_name) ? mib($12) : NaN) with filledcurves y1=0 \
		lc "gray70" fs solid 0.35 noborder title "hog", \
	for [i = 1:words(names)] csv skip 1 \
		using 2:(is(word(names, i)) && strcol(3) ne "gone" ? mib($5) : NaN) \
		with lines lw 2.2 lc rgb colour(word(names, i)) title word(names, i), \
	marks using 2:3:4 with points pt variable ps 1.6 lw 2.5 lc "black" notitle, \
	marks using 2:3:1 with labels left offset 1, 0.7 notitle

unset label 1
unset arrow 1
set arrow 2 from 0, graph 0 to 0, graph 1 nohead dt 2 lc "gray40"
set title "Time to take the frames of a panel and touch all their pages"
set ylabel "ms"
set xlabel "seconds from the hog's start"
set format x "%g"
set logscale y
set yrange [*:*]
set arrow 3 from begin, before to end, before nohead dt 3 lc "gray30"
set arrow 4 from begin, after to end, after nohead dt 3 lc "gray30"
set label 3 sprintf("field before\np99 %g ms", before) at end, before offset 0.5, 0 font ",11" tc "gray30"
set label 4 sprintf("field after\np99 %g ms", after) at end, after offset 0.5, 0 font ",11" tc "gray30"
plot for [i = 1:words(names)] gets \
	using 2:(is(word(names, i)) ? $3 : NaN) with points pt point(word(names, i)) ps 0.8 \
	lw 1.5 lc rgb colour(word(names, i)) title word(names, i)
unset multiplot
