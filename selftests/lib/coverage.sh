#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# Makes one line a source file of what gcov prints; its last, unnamed total is
# left out, since it counts headers of this suite too.

awk -F"[':% ]+" '
/^File/				{ file = $2 }
/^Lines/ && file != ""		{ covered[file] = $3; total[file] = $NF; file = "" }
END {
	for (file in total) {
		printf "%-20s %6.1f %% of %4d lines\n", file, covered[file],
			total[file] | "sort"
		sum += covered[file] * total[file] / 100
		all += total[file]
	}
	close("sort")
	if (all)
		printf "%-20s %6.1f %% of %4d lines\n", "all",
			100 * sum / all, all
}'
