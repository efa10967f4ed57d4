# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
# Draws the ratios of a run: gnuplot -e "tsv='in.tsv'; svg='out.svg'" plot.gp
set terminal svg size 1400,720 font "sans-serif,13" background "white"
set output svg
set datafile separator "\t"
set title "Best peer / variant, by line: above 1 is faster than every peer"
set ylabel "ratio of medians (log)"
set logscale y
set format y "%g"
set grid ytics lt 0
set key outside right
set xtics rotate by -55 font ",11"
set bmargin 9
set rmargin 18

names = system("awk -F '\t' 'NR > 1 && !a[$1]++ { printf \"%s \", $1 }' ".tsv)
who = system("awk -F '\t' 'NR > 1 && $6 != \"\" && !a[$2]++ { printf \"%s \", $2 }' ".tsv)
position(name) = sum [i = 1:words(names)] (word(names, i) eq name ? i : 0)

set xrange [0.5:words(names) + 0.5]
set for [i = 1:words(names)] xtics add (word(names, i) i)
set arrow from graph 0, first 1 to graph 1, first 1 nohead lw 2 lc "gray40"

plot for [i = 1:words(who)] tsv skip 1 \
	using (position(stringcolumn(1))):(stringcolumn(2) eq word(who, i) ? $6 : NaN) \
	with points pt (word(who, i) eq "aoipool" ? 7 : i % 6 + 8) \
	ps (word(who, i) eq "aoipool" ? 1.2 : 0.9) lc i lw 1.5 title word(who, i)
