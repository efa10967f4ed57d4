#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# Is the harness sane?  Says nothing of times.  OUT has the programs.
#
# shellcheck disable=SC2317 # called by try
set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
n=0

# NAME COMMAND...
try() {
	name=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		failed=1
	fi
}

quick() {
	"$OUT/bench" --quick --line pair-256 --tsv "$work/tsv" \
		--json "$work/json" >"$work/table" 2>"$work/log"
}

# Every variant that takes part is in the table, measured or skipped.
all_there() {
	for variant in aoipool glibc mimalloc jemalloc tcmalloc dpdk-ring \
		dpdk-stack '(loop)'; do
		grep -qF " $variant " "$work/table" ||
			grep -qF "*$variant " "$work/table" || return 1
	done
}

well_formed() {
	awk -F '\t' '
	NR == 1 {
		bad += $0 != "line\tvariant\tmedian_ns\tmin_ns\tmax_ns\tratio_to_best_peer"
		next
	}
	{
		bad += NF != 6 || $1 != "pair-256" || $4 > $3 || $3 > $5 || $4 <= 0
		bad += $2 == "(loop)" ? $6 != "" : $6 <= 0
		bad += seen[$2]++
	}
	END { exit bad > 0 || NR < 3 }' "$work/tsv"
}

# One of the peers is the best of them.
one_best() {
	awk -F '\t' '$6 == 1 && $2 != "aoipool" { best++ } END { exit !best }' \
		"$work/tsv"
}

json_agrees() {
	[ "$(grep -c '"state": *"done"' "$work/json")" = \
		"$(($(wc -l <"$work/tsv") - 1))" ]
}

# A worker that is told of a library that is not there must not pass for it.
no_false_name() {
	! "$OUT/worker-malloc" --line pair-256 --mode libother \
		</dev/null >"$work/out" 2>&1 && ! grep -q ready "$work/out"
}

crash_is_told() {
	mkdir "$work/crash" && cp "$OUT/bench" "$work/crash/" &&
		printf '#!/bin/sh\nkill -SEGV $$\n' >"$work/crash/worker-malloc" &&
		chmod +x "$work/crash/worker-malloc" || return 1
	"$work/crash/bench" --quick --line pair-256 >"$work/out" 2>&1
	[ $? = 2 ] && grep -q 'CRASHED' "$work/out" &&
		grep -q 'signal 11' "$work/out"
}

wrong_usage() {
	"$OUT/bench" --line nonsense 2>/dev/null
	[ $? = 1 ] || return 1
	"$OUT/bench" --rounds 0 2>/dev/null
	[ $? = 1 ] || return 1
	"$OUT/bench" --quick --line 'pair-64' --tsv /nonexistent/x >/dev/null 2>&1
	[ $? = 3 ]
}

echo 1..8
try "a quick run of one line" quick
try "all variants are in the table" all_there
try "the tsv is well-formed" well_formed
try "a peer is the best peer" one_best
try "json and tsv agree" json_agrees
try "no allocator under another's name" no_false_name
try "a crash is told, and is the exit status" crash_is_told
try "wrong usage and wrong files are told" wrong_usage
[ $failed = 0 ] || cat "$work/log" "$work/table" >&2
exit $failed
